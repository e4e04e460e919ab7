import type { Address } from '../model/measured/observation.ts'
import type { Tables } from '../model/tables/tables.ts'
import { addressKey } from './case.ts'
import { providerOfAddress } from './provider-blocks.ts'

/**
 * How two addresses stand to each other: of one network or provider; of different ones; or `unlike`, where nothing
 * tells their networks and they only look unlike (the first 16 bits of IPv4, 32 of IPv6, differ).
 */
export type Kinship = 'same' | 'different' | 'unlike'

/** Compares two addresses by network number, else by the provider whose blocks hold them, else by their first bits. */
export function kinship(a: Address, b: Address, tables: Tables): Kinship {
  const left = addressKey(a.address)
  const right = addressKey(b.address)
  if (left === right) return 'same'
  if (a.asn !== undefined && b.asn !== undefined && a.asn !== 0 && b.asn !== 0) {
    if (a.asn === b.asn) return 'same'
    const provider = tables.providers.get(a.asn)
    return provider !== undefined && provider === tables.providers.get(b.asn) ? 'same' : 'different'
  }
  if (sameBlock(left, right)) return 'same'
  const ours = providerOf(a, tables)
  const theirs = providerOf(b, tables)
  if (ours !== undefined && theirs !== undefined) return ours.id === theirs.id ? 'same' : 'different'
  return ours?.blocks_whole === true || theirs?.blocks_whole === true ? 'different' : 'unlike'
}

/** Whether two addresses belong to one network or one provider, as far as the measurement and the tables tell. */
export const sameNetwork = (a: Address, b: Address, tables: Tables): boolean => kinship(a, b, tables) === 'same'

interface Kin {
  readonly id: string
  readonly blocks_whole: boolean
}

/** By its network the provider is known for sure, and then its list of blocks says nothing more. */
export function providerOf(address: Address, tables: Tables): Kin | undefined {
  const byNetwork = address.asn === undefined ? undefined : tables.providers.get(address.asn)
  return byNetwork === undefined
    ? providerOfAddress(address.address, tables)
    : { id: byNetwork.id, blocks_whole: false }
}

const blockOf = (address: string): string => address.split(/[.:]/, 2).join(address.includes(':') ? ':' : '.')

/** Whether two addresses of one family begin alike: the first 16 bits of IPv4, 32 of IPv6. */
export const sameBlock = (a: string, b: string): boolean =>
  a.includes(':') === b.includes(':') && blockOf(addressKey(a)) === blockOf(addressKey(b))
