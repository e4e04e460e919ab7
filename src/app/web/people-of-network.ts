import type { Network } from '../../core/model/tables/tables.ts'
import type { PeopleBehind } from '../../web/flood/limits.ts'
import type { Networks } from '../../runtime/tables/networks.ts'

const BY_USE = {
  access: 'many',
  hosting: 'few',
  corporate: 'some',
  unknown: 'some',
} as const satisfies Readonly<Record<Network['use'], PeopleBehind>>

/** How many people may be behind an address, by the use of its network where a table of ranges knows it. */
export function peopleOfNetwork(networks: Pick<Networks, 'lookup' | 'network'>, address: string): PeopleBehind {
  const asn = networks.lookup(address)
  const network = asn === undefined ? undefined : networks.network(asn)
  return network === undefined ? 'some' : BY_USE[network.use]
}
