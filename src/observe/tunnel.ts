import type { TunnelObservation } from '../model/observation.ts'
import { seconds } from '../model/units.ts'
import type { TunnelRow } from '../ooni/tunnels.ts'
import { carried, type Context } from './context.ts'

/** An attempt to bring a tunnel up, as a row. */
export function observeTunnel(row: TunnelRow, context: Context): TunnelObservation {
  const { address, port } = row
  const where = address === undefined || port === undefined ? {} : { address, port }
  return {
    kind: 'tunnel',
    ...carried(row),
    side: 'probe',
    hop: 0,
    part: context.partOf(where),
    protocol: row.protocol,
    ...(row.transport === undefined ? undefined : { transport: row.transport }),
    ...where,
    ...(row.bootstrap === undefined ? undefined : { bootstrap: seconds(row.bootstrap) }),
    ...(row.progress === undefined ? undefined : { progress: row.progress }),
  }
}
