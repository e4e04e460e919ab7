import { canonicalAddress } from '../model/address.ts'
import type { Address } from '../model/observation.ts'
import type { Tables } from '../model/tables.ts'

/**
 * Whether two addresses belong to one network or one provider. Where a measurement does not tell the network of
 * one of them, the first 16 bits (IPv4) or 32 bits (IPv6) stand for it.
 */
export function sameNetwork(a: Address, b: Address, tables: Tables): boolean {
  const left = canonicalAddress(a.address)
  const right = canonicalAddress(b.address)
  if (left === undefined || right === undefined) return false
  if (left === right) return true
  if (a.asn !== undefined && b.asn !== undefined && a.asn !== 0 && b.asn !== 0) {
    if (a.asn === b.asn) return true
    const provider = tables.providers.get(a.asn)
    return provider !== undefined && provider === tables.providers.get(b.asn)
  }
  return a.family === b.family && blockOf(left) === blockOf(right)
}

const blockOf = (address: string): string => address.split(/[.:]/, 2).join(address.includes(':') ? ':' : '.')
