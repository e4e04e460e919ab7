import type { TcpObservation } from '../model/measured/observation.ts'
import type { Writable } from '../ooni/decode/decoder.ts'
import type { ConnectRow } from '../ooni/decode/tcp-connects.ts'
import { carry, type Context } from './context.ts'
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
  const { address, port } = row
  const name = nameOfFlow(row, context) ?? context.book.nameOf(address)
  const made: Writable<TcpObservation> = {
    kind: 'tcp',
    source: row.source,
    side: 'probe',
    hop: context.hops.ofName(row, name),
    part: context.partOf(name, address, port),
    address,
    port,
    family: address.includes(':') ? 6 : 4,
    origin: context.book.originOf(address),
  }
  carry(made, row)
  if (name !== undefined) made.name = name
  if (row.role !== undefined) made.role = row.role
  return made
}
