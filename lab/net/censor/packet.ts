/** What a censor reads of an IPv4 packet. */
export interface Packet {
  readonly bytes: Buffer
  readonly protocol: 'tcp' | 'udp'
  readonly source: Buffer
  readonly target: Buffer
  readonly sourcePort: number
  readonly targetPort: number
  readonly payload: Buffer
  /** TCP only; 0 for UDP. */
  readonly sequence: number
  readonly acknowledged: number
}

const TCP = 6
const UDP = 17

/** Reads a packet; undefined for what is no whole TCP or UDP over IPv4. Source: RFC 791, 9293, 768. */
export function readPacket(bytes: Buffer): Packet | undefined {
  if (bytes.length < 28 || bytes[0]! >> 4 !== 4) return undefined // the length was checked before the byte is read
  const header = (bytes[0]! & 15) * 4 // as above
  const protocol = bytes[9]
  if ((protocol !== TCP && protocol !== UDP) || bytes.length < header + (protocol === TCP ? 20 : 8)) return undefined
  const inner = bytes.subarray(header)
  const offset = protocol === UDP ? 8 : (inner[12]! >> 4) * 4 // twenty bytes were checked
  return {
    bytes,
    protocol: protocol === TCP ? 'tcp' : 'udp',
    source: bytes.subarray(12, 16),
    target: bytes.subarray(16, 20),
    sourcePort: inner.readUInt16BE(0),
    targetPort: inner.readUInt16BE(2),
    payload: inner.subarray(offset),
    sequence: protocol === TCP ? inner.readUInt32BE(4) : 0,
    acknowledged: protocol === TCP ? inner.readUInt32BE(8) : 0,
  }
}

/** The flow of a packet, for tables of flows. */
export const flowOf = ({ protocol, source, target, sourcePort, targetPort }: Packet): string =>
  `${protocol} ${source.join('.')}:${sourcePort} ${target.join('.')}:${targetPort}`

/** Checksum of IP, TCP and UDP. Source: RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at)
  if (bytes.length % 2 === 1) sum += bytes[bytes.length - 1]! << 8 // an odd length is at least one
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** IPv4 packet around a TCP or UDP segment whose checksum, at `checksumAt`, is filled in. */
function wrap(
  source: Buffer,
  target: Buffer,
  segment: Buffer,
  options: { protocol: number; checksumAt: number },
): Buffer {
  const pseudo = Buffer.alloc(12)
  source.copy(pseudo, 0)
  target.copy(pseudo, 4)
  pseudo[9] = options.protocol
  pseudo.writeUInt16BE(segment.length, 10)
  segment.writeUInt16BE(checksum(Buffer.concat([pseudo, segment])) || 0xffff, options.checksumAt)
  const header = Buffer.alloc(20)
  header[0] = 0x45
  header.writeUInt16BE(20 + segment.length, 2)
  header[8] = 64
  header[9] = options.protocol
  source.copy(header, 12)
  target.copy(header, 16)
  header.writeUInt16BE(checksum(header), 10)
  return Buffer.concat([header, segment])
}

/** An answer to a UDP packet, as if its target had sent it. */
export function answerUdp(question: Packet, payload: Buffer): Buffer {
  const segment = Buffer.alloc(8 + payload.length)
  segment.writeUInt16BE(question.targetPort, 0)
  segment.writeUInt16BE(question.sourcePort, 2)
  segment.writeUInt16BE(segment.length, 4)
  payload.copy(segment, 8)
  return wrap(question.target, question.source, segment, { protocol: UDP, checksumAt: 6 })
}

const FLAGS = { fin: 0x01, rst: 0x04, psh: 0x08, ack: 0x10 } as const

/** An answer to a TCP packet, as if its target had sent it: data and the end of the connection, or a reset. */
export function answerTcp(question: Packet, answer: { readonly end: 'fin' | 'rst'; readonly data?: Buffer }): Buffer {
  const data = answer.data ?? Buffer.alloc(0)
  const segment = Buffer.alloc(20 + data.length)
  segment.writeUInt16BE(question.targetPort, 0)
  segment.writeUInt16BE(question.sourcePort, 2)
  segment.writeUInt32BE(question.acknowledged, 4)
  segment.writeUInt32BE((question.sequence + question.payload.length) >>> 0, 8)
  segment[12] = 0x50
  segment[13] = FLAGS[answer.end] | FLAGS.ack | (data.length > 0 ? FLAGS.psh : 0)
  segment.writeUInt16BE(64_240, 14)
  data.copy(segment, 20)
  return wrap(question.target, question.source, segment, { protocol: TCP, checksumAt: 16 })
}
