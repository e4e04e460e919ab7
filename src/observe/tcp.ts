import type { TcpObservation } from '../model/observation.ts'
import type { ConnectRow } from '../ooni/tcp-connects.ts'
import { carried, type Context } from './context.ts'
import { nameOf } from './name.ts'

/** Name sent over the connection, by the flow that ties the rows together. */
function nameOfFlow(row: ConnectRow, context: Context): string | undefined {
  if (row.transaction === undefined) return undefined
  for (const handshake of context.set.tlsHandshakes)
    if (handshake.transaction === row.transaction && handshake.serverName !== undefined)
      return nameOf(handshake.serverName)
  return undefined
}

/** A connection attempt as a row. */
export function observeTcp(row: ConnectRow, context: Context): TcpObservation {
  const name = nameOfFlow(row, context) ?? context.book.nameOf(row.address)
  return {
    kind: 'tcp',
    ...carried(row),
    side: 'probe',
    hop: context.hops.ofName(row, name),
    part: context.partOf({ ...(name === undefined ? undefined : { name }), address: row.address, port: row.port }),
    address: row.address,
    port: row.port,
    family: row.address.includes(':') ? 6 : 4,
    origin: context.book.originOf(row.address),
    ...(name === undefined ? undefined : { name }),
  }
}
