import { createHmac, randomBytes } from 'node:crypto'
import { unmappedBytes } from '../core/model/address.ts'

/**
 * Turns an address into a key that cannot be traced back: HMAC-SHA-256 of its prefix (24 bits of IPv4, 48 of IPv6)
 * under a key that lives in this process's memory alone.
 */
export function openPrefixKeys(): (address: string) => string {
  const secret = randomBytes(32)
  return (address) => {
    const bytes = unmappedBytes(address)
    const prefix = bytes === undefined ? [] : bytes.length === 4 ? bytes.slice(0, 3) : bytes.slice(0, 6)
    return createHmac('sha256', secret).update(Uint8Array.from(prefix)).digest('base64')
  }
}
