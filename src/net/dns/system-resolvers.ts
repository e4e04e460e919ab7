import { getServers } from 'node:dns'
import { addressFamily, splitEndpoint } from '../../core/model/address.ts'
import type { Destination } from '../tools.ts'

/**
 * Resolvers that the line uses, in their order. They lead to the owner's provider or home: ask them, never store or
 * send them. Empty where the system names none.
 */
export function systemResolvers(servers: readonly string[] = getServers()): readonly Destination[] {
  return servers.flatMap((server) => {
    const bare = server.replace(/^\[|\]$/g, '')
    if (addressFamily(bare) !== undefined) return [{ address: bare, port: 53 }]
    const split = splitEndpoint(server)
    return split === undefined ? [] : [split]
  })
}
