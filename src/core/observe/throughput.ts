import type { ThroughputObservation } from '../model/measured/observation.ts'
import { seconds } from '../model/units.ts'
import type { Writable } from '../ooni/decode/decoder.ts'
import type { TransferRow } from '../ooni/decode/transfers.ts'
import { carry, type Context } from './context.ts'
import { nameOf } from './name.ts'

/** Whose bytes they are: said by the test, or told by the exchange of the same flow. */
function whoseBytes(row: TransferRow, context: Context): { readonly name?: string; readonly address?: string } {
  if (row.serverName !== undefined)
    return { name: nameOf(row.serverName), ...(row.address === undefined ? undefined : { address: row.address }) }
  if (row.transaction === undefined) return {}
  const { requests } = context.set
  const index = requests.findIndex((other) => other.transaction === row.transaction)
  const connect = context.set.connects.find((other) => other.transaction === row.transaction)
  const name = context.urls[index]?.host
  const address = requests[index]?.address ?? connect?.address
  return { ...(name === undefined ? undefined : { name }), ...(address === undefined ? undefined : { address }) }
}

/** A transfer as a row. */
export function observeThroughput(row: TransferRow, context: Context): ThroughputObservation {
  const whose = whoseBytes(row, context)
  const made: Writable<ThroughputObservation> = {
    kind: 'throughput',
    source: row.source,
    side: 'probe',
    hop: context.hops.ofName(row, whose.name),
    part: context.partOf(whose.name, whose.address),
    direction: row.direction,
    bytes: row.bytes,
    duration: seconds(row.duration),
  }
  carry(made, row)
  if (whose.name !== undefined) made.name = whose.name
  if (whose.address !== undefined) made.address = whose.address
  if (row.port !== undefined) made.port = row.port
  if (row.role !== undefined) made.role = row.role
  if (row.status !== undefined) made.status = row.status
  if (row.arrivals !== undefined) made.arrivals = row.arrivals.map(([at, bytes]) => [seconds(at), bytes] as const)
  return made
}
