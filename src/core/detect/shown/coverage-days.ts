import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import type { CoverageDay } from '../../model/incident/claim.ts'
import { instant, type Asn } from '../../model/units.ts'
import { canaryOf, targetOf, type Columns } from '../chain/columns.ts'

/** Which series of which world the columns are of. */
export interface CoverageOf {
  readonly service: string
  readonly asn: Asn
  readonly simulated: boolean
}

/** Whether a reading could have shown a restriction: it was tried, and did not fail with the line itself. */
const wouldShow = (outcome: number): boolean =>
  targetOf(outcome) !== 'none' && !(targetOf(outcome) === 'fail' && canaryOf(outcome) === 'fail')

/**
 * How well one series was watched, day by day of UTC: hours with a reading that says something of the service, and
 * distinct probes with one. A reading of an unknown probe fills an hour and does not count as a probe
 * (docs/methods/claims.md).
 */
export function coverageDays(
  columns: Pick<Columns, 'size' | 'at' | 'probe' | 'outcome'>,
  of: CoverageOf,
): readonly CoverageDay[] {
  const days = new Map<number, { readonly hours: Set<number>; readonly probes: Set<number> }>()
  for (let index = 0; index < columns.size; index++) {
    const [at = Number.NaN, probe = -1, outcome = 0] = [columns.at[index], columns.probe[index], columns.outcome[index]]
    if (!Number.isFinite(at) || !wouldShow(outcome)) continue
    const day = Math.floor(at / DAY_MS)
    const found = days.get(day) ?? { hours: new Set<number>(), probes: new Set<number>() }
    days.set(day, found)
    found.hours.add(Math.floor(at / HOUR_MS))
    if (probe >= 0) found.probes.add(probe)
  }
  return [...days]
    .toSorted(([a], [b]) => a - b)
    .map(([day, { hours, probes }]) => ({ ...of, day: instant(day * DAY_MS), hours: hours.size, probes: probes.size }))
}
