import { addressFamily, parseAddress } from '../../core/model/address.ts'
import type { ControlAnswer } from '../../core/model/measured/service-run.ts'

/** How far from an address its neighbours are looked for. */
const REACH = 4

/** The addresses next to one of IPv4 in its /24, nearest first; none for IPv6, where most neighbours are unused. */
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
export const confirmedAbroad = (answer: ControlAnswer | undefined, port: number): ReadonlySet<string> =>
  triedAbroad(answer, port, true)

/** Addresses that a control abroad says it could not connect to on a port either. */
export const silentAbroad = (answer: ControlAnswer | undefined, port: number): ReadonlySet<string> =>
  triedAbroad(answer, port, false)

function triedAbroad(answer: ControlAnswer | undefined, port: number, stood: boolean): ReadonlySet<string> {
  const found = new Set<string>()
  if (answer?.kind !== 'answer' || !isRecord(answer.json)) return found
  const tried = answer.json['tcp_connect']
  if (!isRecord(tried)) return found
  for (const [endpoint, result] of Object.entries(tried)) {
    const address = endpoint.endsWith(`:${port}`) ? endpoint.slice(0, -`:${port}`.length).replace(/^\[|\]$/g, '') : ''
    if (isRecord(result) && result['status'] === stood && addressFamily(address) !== undefined) found.add(address)
  }
  return found
}
