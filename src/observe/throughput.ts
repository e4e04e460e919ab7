import type { ThroughputObservation } from '../model/observation.ts'
import { seconds } from '../model/units.ts'
import type { TransferRow } from '../ooni/transfers.ts'
import { carried, type Context } from './context.ts'
import { nameOf } from './name.ts'

/** A transfer as a row. */
export function observeThroughput(row: TransferRow, context: Context): ThroughputObservation {
  const name = row.serverName === undefined ? undefined : nameOf(row.serverName)
  return {
    kind: 'throughput',
    ...carried(row),
    side: 'probe',
    hop: 0,
    part: context.partOf(name === undefined ? {} : { name }),
    ...(name === undefined ? undefined : { name }),
    direction: row.direction,
    bytes: row.bytes,
    duration: seconds(row.duration),
  }
}
