import { addressFamily } from '../../../model/address.ts'
import { optionalPort, optionalText, type JsonRecord } from '../decoder.ts'
import { decodeOperations, type OperationSet } from '../operations.ts'
import { readFailure } from '../read-failure.ts'
import type { TunnelRow } from '../tunnels.ts'

/** stunreachability: one binding request over UDP to a server by name. */
export function decodeStun(testKeys: JsonRecord): readonly OperationSet[] {
  const at = '/test_keys'
  const set = decodeOperations(testKeys, at)
  const endpoint = optionalText(testKeys, 'endpoint', at) ?? ''
  const colon = endpoint.lastIndexOf(':')
  const port = optionalPort({ port: endpoint.slice(colon + 1) || null }, 'port', at)
  const host = endpoint.slice(0, colon)
  const address = addressFamily(host) !== undefined ? host : set.queries.flatMap((row) => row.answers)[0]?.address
  const failure = readFailure(testKeys, at, 'tunnel')
  const tunnel: TunnelRow = {
    source: at,
    tags: [],
    protocol: 'stun',
    transport: 'udp',
    ...(address === undefined || port === undefined ? undefined : { address, port }),
    ...(failure && { failure }),
  }
  return [{ ...set, tunnels: [tunnel] }]
}
