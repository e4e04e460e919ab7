/** Source: RFC 8999 (what every version shares) and RFC 9000 §17. */
export const QUIC_V1 = 0x0000_0001

export interface LongHeader {
  readonly kind: 'initial' | 'zero-rtt' | 'handshake' | 'retry' | 'versions'
  readonly version: number
  readonly destinationId: Buffer
  readonly sourceId: Buffer
  /** Versions that the sender speaks; empty unless `kind` is `versions`. */
  readonly versions: readonly number[]
  /** Where what follows the connection ids begins. */
  readonly end: number
}

const KINDS = ['initial', 'zero-rtt', 'handshake', 'retry'] as const

/** Reads the header of a long-header packet of version 1 or of a version negotiation; undefined for anything else. */
export function readLongHeader(packet: Buffer): LongHeader | undefined {
  if (packet.length < 7 || (packet[0]! & 0x80) === 0) return undefined // long enough by the condition before
  const version = packet.readUInt32BE(1)
  const destinationId = readId(packet, 5)
  if (destinationId === undefined) return undefined
  const sourceId = readId(packet, 6 + destinationId.length)
  if (sourceId === undefined) return undefined
  const end = 7 + destinationId.length + sourceId.length
  const ids = { version, destinationId, sourceId, end }
  if (version === 0) {
    const versions = readVersions(packet.subarray(end))
    return versions === undefined ? undefined : { ...ids, kind: 'versions', versions }
  }
  if (version !== QUIC_V1 || (packet[0]! & 0x40) === 0) return undefined // the fixed bit, RFC 9000 §17.2
  return { ...ids, kind: KINDS[(packet[0]! >> 4) & 3]!, versions: [] } // two bits give one of four
}

function readId(packet: Buffer, at: number): Buffer | undefined {
  const length = packet[at]
  if (length === undefined || length > 20 || at + 1 + length > packet.length) return undefined
  return packet.subarray(at + 1, at + 1 + length)
}

function readVersions(rest: Buffer): readonly number[] | undefined {
  if (rest.length === 0 || rest.length % 4 !== 0) return undefined
  return Array.from({ length: rest.length / 4 }, (_, nth) => rest.readUInt32BE(nth * 4))
}

/** The two ids of our first packet: an answer repeats ours as its destination. */
export interface OwnIds {
  readonly sourceId: Uint8Array
  readonly destinationId: Uint8Array
}

/**
 * What a first answer is: `quic` where a packet of version 1 carries our id, `versions` where the peer refuses version 1
 * as RFC 9000 §6.2 wants it (both ids repeated, version 1 not among those listed), `stranger` for anything else.
 */
export function sortAnswer(datagram: Buffer, own: OwnIds): 'quic' | 'versions' | 'stranger' {
  const header = readLongHeader(datagram)
  if (header === undefined || !header.destinationId.equals(own.sourceId)) return 'stranger'
  if (header.kind !== 'versions') return header.kind === 'zero-rtt' ? 'stranger' : 'quic'
  const ours = header.sourceId.equals(own.destinationId) && !header.versions.includes(QUIC_V1)
  return ours ? 'versions' : 'stranger'
}

/** A variable-length integer of RFC 9000 §16 and where it ends; undefined where the bytes are too few or above 2^53. */
export function readVarint(bytes: Buffer, at: number): readonly [value: number, end: number] | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  const length = 1 << (first >> 6)
  if (at + length > bytes.length) return undefined
  let value = first & 0x3f
  for (let nth = 1; nth < length; nth++) value = value * 256 + bytes[at + nth]! // inside by the condition before
  return Number.isSafeInteger(value) ? [value, at + length] : undefined
}

/** Bytes of a variable-length integer below 2^30. */
export function varint(value: number): Buffer {
  if (value < 0x40) return Buffer.of(value)
  const bytes = Buffer.alloc(value < 0x4000 ? 2 : 4)
  if (bytes.length === 2) bytes.writeUInt16BE(0x4000 | value)
  else bytes.writeUInt32BE(0x8000_0000 + value)
  return bytes
}
