import type { Address, DnsObservation } from '../model/measured/observation.ts'
import type { Writable } from '../ooni/decode/decoder.ts'
import type { QueryRow } from '../ooni/decode/queries.ts'
import { carry, type Context } from './context.ts'
import { nameOf } from './name.ts'

function addressesOf(row: QueryRow, context: Context): readonly Address[] {
  const addresses: Address[] = []
  for (const { address, asn } of row.answers) {
    if (address === undefined) continue
    const family = address.includes(':') ? 6 : 4 // decoded answers hold addresses only
    const network = asn ?? context.book.asnOf(address)
    addresses.push(network === undefined ? { family, address } : { family, address, asn: network })
  }
  return addresses
}

/** A lookup as a row. `duplicate`: a late second answer. */
export function observeDns(row: QueryRow, context: Context, duplicate: boolean): DnsObservation {
  const name = nameOf(row.hostname)
  const made: Writable<DnsObservation> = {
    kind: 'dns',
    source: row.source,
    side: 'probe',
    hop: context.hops.ofName(row, name),
    part: context.partOf(name),
    name,
    queryType: row.queryType,
    resolver: row.resolver,
    answers: addressesOf(row, context),
    canonicalNames: canonicalNamesOf(row),
    duplicate,
  }
  carry(made, row)
  if (row.resolverAddress !== undefined) made.resolverAddress = row.resolverAddress
  return made
}

function canonicalNamesOf(row: QueryRow): readonly string[] {
  const names: string[] = []
  for (const { canonicalName } of row.answers) if (canonicalName !== undefined) names.push(nameOf(canonicalName))
  return names
}
