import type { Address, DnsObservation } from '../model/observation.ts'
import type { QueryRow } from '../ooni/queries.ts'
import { carried, type Context } from './context.ts'
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
  return {
    kind: 'dns',
    ...carried(row),
    side: 'probe',
    hop: context.hops.ofName(row, name),
    part: context.partOf({ name }),
    name,
    queryType: row.queryType,
    resolver: row.resolver,
    ...(row.resolverAddress === undefined ? undefined : { resolverAddress: row.resolverAddress }),
    answers: addressesOf(row, context),
    canonicalNames: row.answers.flatMap((answer) =>
      answer.canonicalName === undefined ? [] : [nameOf(answer.canonicalName)],
    ),
    duplicate,
  }
}
