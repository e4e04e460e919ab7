/**
 * The search for addresses of version 6 as the rules of the public form first had it: every candidate found by one
 * regular expression, every run of groups inside it read as an address. It is slow for hostile texts and kept to say
 * what the fast one has to give: digests of public forms depend on each byte.
 */
import { addressFamily, canonicalAddress } from '../../../src/core/model/address.ts'

const SCRUBBED = '[scrubbed]'
const CANDIDATE_V6 = /(?:[0-9a-f]{0,4}(?::|%3a|-)){2,16}[0-9a-f]{0,4}(?:(?:\.\d{1,3}){3})?/gi

function eraseRuns(found: string, isOurs: (address: string) => boolean): string {
  const plain = found.replace(/%3a|-/gi, ':')
  const edges = [0, ...[...plain.matchAll(/:/g)].flatMap((match) => [match.index, match.index + 1]), plain.length]
  for (const from of edges)
    for (const to of edges.toReversed())
      if (to - from >= 3 && isOurs(plain.slice(from, to)))
        return plain.slice(0, from) + SCRUBBED + eraseRuns(plain.slice(to), isOurs)
  return found
}

const household = (canonical: string): string => canonical.split(':').slice(0, 4).join(':')

/** Erases every address of the /64 of each of these addresses. */
export function eraseHouseholdsBySearch(text: string, addresses: readonly string[]): string {
  const households = new Set(addresses.map((address) => household(canonicalAddress(address) ?? address)))
  return text.replace(CANDIDATE_V6, (found) =>
    eraseRuns(found, (one) => {
      const canonical = canonicalAddress(one)
      return canonical !== undefined && households.has(household(canonical))
    }),
  )
}

/** Erases every address, of version 6 or dotted behind a separator. */
export const eraseAnyBySearch = (text: string): string =>
  text.replace(CANDIDATE_V6, (found) => eraseRuns(found, (one) => addressFamily(one) !== undefined))
