import dnsPacket, { type Answer, type DecodedPacket } from 'dns-packet'
import { randomInt } from 'node:crypto'
import { addressFamily } from '../../core/model/address.ts'
import type { FailureCode } from '../../core/model/measured/failure.ts'
import type { LookupAnswer } from '../../core/model/measured/operation.ts'
import type { Address } from '../../core/model/measured/observation.ts'
import type { Millis } from '../../core/model/units.ts'

/** Addresses and canonical names of one message that are read, and bytes of it that are kept. */
const MOST_ANSWERS = 64
const MOST_RAW = 4_096

export type QueryType = 'A' | 'AAAA'

/** A question ready to be sent: its bytes and the id that an answer has to bear. */
export interface DnsQuestion {
  readonly id: number
  readonly bytes: Uint8Array
}

/** What a message says to our question. */
export type DnsReply =
  | { readonly kind: 'answer'; readonly answer: LookupAnswer; readonly truncated: boolean }
  | { readonly kind: 'wrong-id' }
  | { readonly kind: 'other' } // no message of DNS, no response, or the answer to another question

/** Whether a name can be in a question. Source: RFC 1035 §2.3.4. */
export const isDomainName = (name: string): boolean =>
  name.length > 0 &&
  name.length <= 253 &&
  name.split('.').every((label) => label.length > 0 && label.length <= 63 && /^[\x21-\x7e]+$/.test(label)) &&
  addressFamily(name) === undefined

/** A recursive question with a random id, or id 0 as HTTPS wants it. Source: RFC 1035 §4, RFC 8484 §4.1. */
export function encodeQuestion(name: string, queryType: QueryType, id = randomInt(65_536)): DnsQuestion {
  const bytes = dnsPacket.encode({
    type: 'query',
    id,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type: queryType, name, class: 'IN' }],
  })
  return { id, bytes: new Uint8Array(bytes) }
}

/** The same question as it goes over TCP, with its length in front. Source: RFC 1035 §4.2.2. */
export function frameMessage(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(message.length + 2)
  new DataView(framed.buffer).setUint16(0, message.length)
  framed.set(message, 2)
  return framed
}

/** Reads what came as the answer to a question; never throws, on any bytes. */
export function readReply(
  bytes: Uint8Array,
  asked: { readonly id: number; readonly name: string; readonly queryType: QueryType },
  at: Millis,
): DnsReply {
  const message = decode(bytes)
  if (message === undefined || message.type !== 'response') return { kind: 'other' }
  const question = message.questions?.[0]
  const same =
    message.questions?.length === 1 &&
    question?.type === asked.queryType &&
    question.name.toLowerCase() === asked.name.replace(/\.$/, '').toLowerCase()
  if (!same) return { kind: 'other' }
  if (message.id !== asked.id) return { kind: 'wrong-id' }
  const { answers, canonicalNames } = readAnswers(message.answers ?? [], asked.queryType)
  const raw = Uint8Array.from(bytes.subarray(0, MOST_RAW))
  const answer = { at, answers, canonicalNames, rcode: rcodeOf(bytes), raw }
  return { kind: 'answer', answer, truncated: message.flag_tc }
}

function decode(bytes: Uint8Array): DecodedPacket | undefined {
  try {
    return dnsPacket.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  } catch {
    return undefined
  }
}

/** Lower four bits of the fourth byte. */
const rcodeOf = (bytes: Uint8Array): number => (bytes[3] ?? 0) & 15

function readAnswers(rows: readonly Answer[], queryType: QueryType): Pick<LookupAnswer, 'answers' | 'canonicalNames'> {
  const answers: (Address & { ttl?: number })[] = []
  const canonicalNames: string[] = []
  for (const row of rows.slice(0, MOST_ANSWERS)) {
    if (row.type === 'CNAME') canonicalNames.push(row.data.slice(0, 255))
    if (row.type !== queryType || (row.type !== 'A' && row.type !== 'AAAA')) continue
    const family = addressFamily(row.data)
    if (family === undefined) continue
    answers.push({ address: row.data, family, ...(typeof row.ttl === 'number' ? { ttl: row.ttl } : {}) })
  }
  return { answers, canonicalNames }
}

/** What an answer without addresses amounts to; undefined where it holds some. Source: docs/formats/ooni.md. */
export function failureOfAnswer(answer: LookupAnswer): FailureCode | undefined {
  if (answer.rcode === 3) return 'dns_nxdomain_error'
  if (answer.rcode === 5) return 'dns_refused_error'
  if (answer.rcode === 2) return 'dns_servfail_error'
  if (answer.rcode !== undefined && answer.rcode !== 0) return 'dns_server_misbehaving'
  return answer.answers.length === 0 ? 'dns_no_answer' : undefined
}
