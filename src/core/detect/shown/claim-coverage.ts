import { DAY_MS } from '../../model/duration.ts'
import type { CoverageDay } from '../../model/incident/claim.ts'
import type { Asn, Instant } from '../../model/units.ts'

/** A day is watched with this many hours and probes, a period with this share of its days, a service on this many owners. */
export const WATCHED = { hours: 23, probes: 2, share: 0.95, owners: 2 } as const

export interface Watch {
  readonly from: Instant
  readonly until: Instant
  /** Owner of a network: two networks of one owner are one. */
  readonly owner: (asn: Asn) => string
}

/**
 * Whether a service was watched through a period so closely that "nothing was restricted" may be concluded.
 * Rule and its limits: docs/methods/claims.md.
 */
export function isWatched(service: string, coverage: readonly CoverageDay[], { from, until, owner }: Watch): boolean {
  const first = Math.floor(from / DAY_MS)
  const days = Math.ceil(until / DAY_MS) - first
  if (days <= 0) return false
  const seen = new Map<Asn, Set<number>>()
  for (const row of coverage) {
    if (row.service !== service || row.hours < WATCHED.hours || row.probes < WATCHED.probes) continue
    const day = Math.floor(row.day / DAY_MS)
    if (day < first || day >= first + days) continue
    const known = seen.get(row.asn)
    if (known === undefined) seen.set(row.asn, new Set([day]))
    else known.add(day)
  }
  const owners = new Set<string>()
  for (const [asn, watched] of seen) if (watched.size >= WATCHED.share * days) owners.add(owner(asn))
  return owners.size >= WATCHED.owners
}
