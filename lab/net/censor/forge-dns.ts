import type { DnsAnswer } from './rules.ts'

const RCODES = { nxdomain: 3, servfail: 2, refused: 5, empty: 0 } as const
const TYPES = { 1: 4, 28: 6 } as const

/** Name and type of the first question of a DNS message; undefined where there is none. Source: RFC 1035 §4. */
export function questionOf(
  message: Buffer,
): { readonly name: string; readonly type: number; readonly end: number } | undefined {
  if (message.length < 17 || (message.readUInt8(2) & 0x80) !== 0) return undefined
  const labels: string[] = []
  let at = 12
  for (;;) {
    const length = message[at]
    if (length === undefined || length > 63) return undefined
    if (length === 0) break
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  if (at + 5 > message.length) return undefined
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 }
}

const bytesOf = (address: string): Buffer => Buffer.from(address.split('.').map(Number))

/** An answer that says what the censor wants to one question. AAAA is answered as if the name had none. */
export function forgeAnswer(question: Buffer, end: number, answer: DnsAnswer): Buffer {
  const type = question.readUInt16BE(end - 4)
  const family = type === 1 || type === 28 ? TYPES[type] : undefined
  const addresses =
    answer.kind === 'addresses' && family === 4 ? answer.addresses.filter((one) => !one.includes(':')) : []
  const head = Buffer.from(question.subarray(0, end))
  head.writeUInt8(0x81, 2)
  head.writeUInt8(0x80 | (answer.kind === 'addresses' ? 0 : RCODES[answer.kind]), 3)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(addresses.length, 6)
  head.writeUInt32BE(0, 8)
  // name by pointer to the question, type A, class IN, 60 seconds
  const records = addresses.map((one) => Buffer.concat([Buffer.from('c00c000100010000003c0004', 'hex'), bytesOf(one)]))
  return Buffer.concat([head, ...records])
}
