import { unmappedBytes } from '../../core/model/address.ts'

/** What one household or one address of a mobile operator shares: IPv4 /32, IPv6 /56. */
const PREFIX_BYTES = { 4: 4, 16: 7 } as const

/** An address without the mapping of IPv4 into IPv6, as a socket of both names it, and without a zone. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')

/** First bytes of an address that one sender shares; undefined for a text that is no address. */
export function senderPrefix(address: string): Uint8Array | undefined {
  const bytes = unmappedBytes(address)
  return bytes === undefined ? undefined : Uint8Array.from(bytes.slice(0, PREFIX_BYTES[bytes.length === 4 ? 4 : 16]))
}
