import { defined } from '../../core/model/defined.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { CrowdOutcome, CrowdSignal } from '../../core/model/people/crowd-check.ts'
import { FEWEST_REPORTERS, settledBefore, SLOT_MS } from '../../core/model/people/report.ts'
import { instant, type Asn, type Instant } from '../../core/model/units.ts'
import type { CrowdCount } from '../registry/contract.ts'

const SLOTS_OF_HOUR = HOUR_MS / SLOT_MS

/** What counts as a failure and as an opening; the rest says neither. */
const KINDS = {
  reachable: 'opens',
  slow: 'opens',
  'not-the-site': 'fails',
  interference: 'fails',
  'black-hole': 'fails',
  unstable: undefined,
  unknown: undefined,
} satisfies Record<CrowdOutcome, 'opens' | 'fails' | undefined>

/** Whether an outcome says that the service opened or did not; undefined: neither. */
export const kindOf = (outcome: CrowdOutcome): 'opens' | 'fails' | undefined => KINDS[outcome]

/** How far back counts are needed. */
export const SHOWN_MS = 3 * HOUR_MS

interface Series {
  readonly service: string
  readonly asn: Asn
  readonly fails: Map<number, number>
  readonly opens: Map<number, number>
}

/**
 * What may be shown of counts at a time (docs/formats/crowd-check.md, "Shown"): slots of 15 minutes that are settled
 * and in which at least five people counted, those of the last four added up; where none of a whole hour of the clock
 * reached five, that hour. A number of which a smaller one would follow by subtraction is never made: an hour is shown
 * only where none of its quarters was. Networks that are not known are left out.
 */
export function shownChecks(counts: readonly CrowdCount[], now: Instant): readonly CrowdSignal[] {
  const end = settledBefore(now)
  return [...seriesOf(counts, end)].flatMap(([, series]) => {
    const quarters = Array.from({ length: SLOTS_OF_HOUR }, (_, nth) => end - (nth + 1) * SLOT_MS)
    const hour = Math.floor(end / HOUR_MS) * HOUR_MS - HOUR_MS
    const fails = shownOf(series.fails, quarters, hour)
    const opens = shownOf(series.opens, quarters, hour)
    if (fails === undefined && opens === undefined) return []
    const known = [fails, opens].flatMap((one) => (one === undefined ? [] : [one]))
    return [
      {
        service: series.service,
        asn: series.asn,
        since: instant(Math.min(...known.map(({ since }) => since))),
        until: instant(Math.max(...known.map(({ until }) => until))),
        ...defined({ fails: fails?.count, opens: opens?.count }),
        rising: isRising(series, end),
      },
    ]
  })
}

function seriesOf(counts: readonly CrowdCount[], end: number): ReadonlyMap<string, Series> {
  const all = new Map<string, Series>()
  for (const { service, asn, slot, outcome, state, count } of counts) {
    const kind = kindOf(outcome)
    if (kind === undefined || state !== 'counted' || asn === 0 || slot >= end) continue
    const key = `${service} ${asn}`
    const series = all.get(key) ?? { service, asn, fails: new Map(), opens: new Map() }
    all.set(key, series)
    const of = kind === 'fails' ? series.fails : series.opens
    of.set(slot, (of.get(slot) ?? 0) + count)
  }
  return all
}

interface Shown {
  readonly count: number
  readonly since: number
  readonly until: number
}

function shownOf(counts: ReadonlyMap<number, number>, quarters: readonly number[], hour: number): Shown | undefined {
  const enough = quarters.filter((slot) => (counts.get(slot) ?? 0) >= FEWEST_REPORTERS)
  const sum = (slots: readonly number[]): number => slots.reduce((total, slot) => total + (counts.get(slot) ?? 0), 0)
  if (enough.length > 0) return { count: sum(enough), since: Math.min(...enough), until: Math.max(...enough) + SLOT_MS }
  const within = Array.from({ length: SLOTS_OF_HOUR }, (_, nth) => hour + nth * SLOT_MS)
  const total = sum(within)
  if (total < FEWEST_REPORTERS || within.some((slot) => (counts.get(slot) ?? 0) >= FEWEST_REPORTERS)) return undefined
  return { count: total, since: hour, until: hour + HOUR_MS }
}

function isRising({ fails, opens }: Series, end: number): boolean {
  const last = end - SLOT_MS
  const now = fails.get(last) ?? 0
  const before = Array.from({ length: SLOTS_OF_HOUR }, (_, nth) => fails.get(last - (nth + 1) * SLOT_MS) ?? 0)
  const mean = before.reduce((total, one) => total + one, 0) / SLOTS_OF_HOUR
  return now >= FEWEST_REPORTERS && now >= 2 * mean && now > (opens.get(last) ?? 0)
}
