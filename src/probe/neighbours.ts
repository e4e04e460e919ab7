import { addressFamily, parseAddress } from '../model/address.ts'
import type { ControlAnswer } from '../model/service-run.ts'

/** How far from an address its neighbours are looked for. */
const REACH = 4

/** The addresses next to one of IPv4 in its /24, nearest first; none for IPv6, where most neighbours are nobody. */
export function neighboursOf(address: string): readonly string[] {
  const bytes = parseAddress(address)
  if (bytes === undefined || bytes.length !== 4) return []
  const last = bytes[3]! // four bytes
  const near = Array.from({ length: REACH }, (_, index) => [last + index + 1, last - index - 1]).flat()
  return near
    .filter((byte) => byte > 0 && byte < 255)
    .map((byte) => [...bytes.slice(0, 3), byte].join('.'))
    .filter((other) => addressFamily(other) === 4)
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** Addresses that a control abroad says it could connect to on a port. */
export function confirmedAbroad(answer: ControlAnswer | undefined, port: number): ReadonlySet<string> {
  const confirmed = new Set<string>()
  if (answer?.kind !== 'answer' || !isRecord(answer.json)) return confirmed
  const tried = answer.json['tcp_connect']
  if (!isRecord(tried)) return confirmed
  for (const [endpoint, result] of Object.entries(tried)) {
    const address = endpoint.endsWith(`:${port}`) ? endpoint.slice(0, -`:${port}`.length).replace(/^\[|\]$/g, '') : ''
    if (isRecord(result) && result['status'] === true && addressFamily(address) !== undefined) confirmed.add(address)
  }
  return confirmed
}
