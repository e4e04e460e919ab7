import type { TunnelObservation } from '../model/measured/observation.ts'
import { seconds } from '../model/units.ts'
import type { Writable } from '../ooni/decode/decoder.ts'
import type { TunnelRow } from '../ooni/decode/tunnels.ts'
import { carry, type Context } from './context.ts'

/** An attempt to bring a tunnel up, as a row. */
export function observeTunnel(row: TunnelRow, context: Context): TunnelObservation {
  const { address, port } = row
  const complete = address !== undefined && port !== undefined
  const made: Writable<TunnelObservation> = {
    kind: 'tunnel',
    source: row.source,
    side: 'probe',
    hop: 0,
    part: complete ? context.partOf(undefined, address, port) : context.partOf(),
    protocol: row.protocol,
  }
  carry(made, row)
  if (row.transport !== undefined) made.transport = row.transport
  if (complete) {
    made.address = address
    made.port = port
  }
  if (row.bootstrap !== undefined) made.bootstrap = seconds(row.bootstrap)
  if (row.progress !== undefined) made.progress = row.progress
  if (row.shape !== undefined) made.shape = row.shape
  return made
}
