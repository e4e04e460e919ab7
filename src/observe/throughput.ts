import type { ThroughputObservation } from '../model/observation.ts'
import { seconds } from '../model/units.ts'
import type { TransferRow } from '../ooni/transfers.ts'
import { carried, type Context } from './context.ts'
import { nameOf } from './name.ts'
import { parseRequestUrl } from './request-url.ts'

/** Whose bytes they are: said by the test, or told by the exchange of the same flow. */
function whoseBytes(row: TransferRow, context: Context): { readonly name?: string; readonly address?: string } {
  if (row.serverName !== undefined) return { name: nameOf(row.serverName) }
  if (row.transaction === undefined) return {}
  const request = context.set.requests.find((other) => other.transaction === row.transaction)
  const connect = context.set.connects.find((other) => other.transaction === row.transaction)
  const name = request?.url === undefined ? undefined : parseRequestUrl(request.url)?.host
  const address = request?.address ?? connect?.address
  return { ...(name === undefined ? undefined : { name }), ...(address === undefined ? undefined : { address }) }
}

/** A transfer as a row. */
export function observeThroughput(row: TransferRow, context: Context): ThroughputObservation {
  const whose = whoseBytes(row, context)
  return {
    kind: 'throughput',
    ...carried(row),
    side: 'probe',
    hop: context.hops.ofName(row, whose.name),
    part: context.partOf(whose),
    ...whose,
    direction: row.direction,
    bytes: row.bytes,
    duration: seconds(row.duration),
  }
}
