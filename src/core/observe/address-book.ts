import { canonicalAddress } from '../model/address.ts'
import type { AddressOrigin } from '../model/measured/observation.ts'
import type { Asn } from '../model/units.ts'
import type { HelperControl } from '../ooni/decode/control.ts'
import type { OperationSet } from '../ooni/decode/operations.ts'
import { nameOf } from './name.ts'

/** How addresses of one set of operations became known, in which network they are, and whose they are. */
export interface AddressBook {
  originOf(address: string): AddressOrigin
  /** How the addresses of a name became known, where an old client does not tell the address it used. */
  originOfName(name: string | undefined): AddressOrigin
  asnOf(address: string): Asn | undefined
  /** A name with this address, the first that was answered. */
  nameOf(address: string): string | undefined
}

/**
 * Strongest first: an address that the person's own resolver gave is on the person's path, even if others gave it too.
 */
const STRENGTH = { literal: 5, system: 4, udp: 3, doh: 2, helper: 1, unknown: 0 } as const satisfies Record<
  AddressOrigin,
  number
>
const ORIGIN_OF_RESOLVER = {
  system: 'system',
  udp: 'udp',
  tcp: 'udp',
  dot: 'doh',
  doh: 'doh',
  unknown: 'unknown',
} as const

interface Entry {
  origin: AddressOrigin
  asn: Asn | undefined
  name: string | undefined
}

/** One spelling of an address: IPv6 has many, IPv4 one. */
type KeyOf = (address: string) => string

/** Spellings already read: the same address is in many rows. */
function keys(): KeyOf {
  let known: Map<string, string> | undefined
  return (address) => {
    if (!address.includes(':')) return address
    known ??= new Map<string, string>()
    const key = known.get(address) ?? canonicalAddress(address) ?? address
    known.set(address, key)
    return key
  }
}

function put(book: Map<string, Entry>, key: string, entry: Entry): void {
  const known = book.get(key)
  if (known === undefined) {
    book.set(key, entry)
    return
  }
  if (STRENGTH[entry.origin] > STRENGTH[known.origin]) known.origin = entry.origin
  known.asn ??= entry.asn
  known.name ??= entry.name
}

/**
 * The address book of a set. `usual` is how this test comes by addresses of which no lookup was recorded; `literals`
 * are addresses in the input or in a URL.
 */
export function addressBook(
  set: OperationSet,
  control: HelperControl | undefined,
  context: {
    readonly literals: ReadonlySet<string>
    readonly usual: AddressOrigin
    /** What an address is that no recorded lookup gave. */
    readonly unlisted?: AddressOrigin
  },
): AddressBook {
  const keyOf = keys()
  const book = new Map<string, Entry>()
  const byName = new Map<string, AddressOrigin>()
  for (const row of set.queries) {
    const origin = ORIGIN_OF_RESOLVER[row.resolver]
    const name = nameOf(row.hostname)
    const known = byName.get(name)
    if (known === undefined || STRENGTH[origin] > STRENGTH[known]) byName.set(name, origin)
    for (const answer of row.answers) {
      if (answer.address === undefined) continue
      put(book, keyOf(answer.address), { origin, asn: answer.asn, name })
    }
  }
  if (control !== undefined) {
    for (const address of control.lookup?.addresses ?? [])
      put(book, keyOf(address), { origin: 'helper', asn: undefined, name: undefined })
    for (const [address, asn] of control.networks) put(book, keyOf(address), { origin: 'helper', asn, name: undefined })
  }
  const literals = new Set<string>()
  for (const address of context.literals) literals.add(keyOf(address))
  // A recorded lookup without this address: some other way led to it, unless the test dials addresses by design.
  const unlisted =
    context.usual === 'system' && set.queries.length > 0 ? (context.unlisted ?? 'unknown') : context.usual
  return {
    originOf: (address) => {
      const key = keyOf(address)
      return literals.has(key) ? 'literal' : (book.get(key)?.origin ?? unlisted)
    },
    originOfName: (name) => (name === undefined ? 'unknown' : (byName.get(name) ?? 'system')),
    asnOf: (address) => book.get(keyOf(address))?.asn,
    nameOf: (address) => book.get(keyOf(address))?.name,
  }
}
