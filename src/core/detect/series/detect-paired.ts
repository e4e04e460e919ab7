import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import type { DetectedIncident } from '../../model/incident/incident.ts'
import { instant, type Instant } from '../../model/units.ts'
import { lowerBound, sliceColumns, targetOf, type Columns } from '../chain/columns.ts'
import { detectSeries, resumeSeries } from './detect-series.ts'
import type { DetectOptions, PairedState, SeriesResult, SettledState, SlowMark } from './series-result.ts'
import type { DetectSettings } from '../chain/settings.ts'
import { findSlowness, type Slowness, type Throttling } from './throttle.ts'
import { spanOf, THROTTLE_MECHANISM, throttledIncident, type ThrottledSpan } from './throttled-incident.ts'
import { limitsUntil, markSlow, SLOW_LOOKBACK_DAYS, type MarkedColumns } from '../throttling/slow.ts'
import type { Interval } from '../throttling/windows.ts'

/** No window of slowness may end so long before a series is settled: later ones reach back a day and look six hours around. */
const CLEAR = 31 * HOUR_MS
/** Intervals that were slow are remembered as long as a baseline may look back. */
const REMEMBERED = 140 * DAY_MS
/** A day before the day of the baseline, its fourteen days, and one to spare. */
const LOOKBACK = 17 * DAY_MS
/** The weighing of a cause looks so far before an incident. */
const BEFORE = 3 * HOUR_MS

/**
 * `detectSeries` with throttling: slow readings are marked before the chain sees them, and each slowness that the rule of
 * docs/methods/throttling.md finds becomes an incident, or the `slowdown` of the one that the chain found. Series without
 * timed pairs give what `detectSeries` gives.
 */
export function detectPaired(columns: Columns, settings: DetectSettings, options: DetectOptions): SeriesResult {
  const all = received(columns, options.until)
  if (!hasRatio(all)) return detectSeries(all, settings, options)
  const marked = markSlow(all)
  const slowness = slownessOf(marked.columns, settings) ?? NOTHING
  const result = detectSeries(marked.columns, settings, { ...options, maySettle: maySettle(slowness) })
  return finish(result, { marked, slowness, settings, options, since: 0 })
}

/** What a series is taken up again with. */
export interface Resumed {
  readonly settled: SettledState
  /**
   * All readings from `lookbackOf(settled)` on, or from later where that is undefined; those before `settled.at` serve
   * only as baseline.
   */
  readonly columns: Columns
}

/**
 * From when on the readings of a settled series are needed as a baseline; undefined for a series without timed pairs.
 */
export function lookbackOf({ at, paired }: SettledState): Instant | undefined {
  if (paired === undefined) return undefined
  const day = Math.floor(at / DAY_MS) * DAY_MS
  let from = Math.min(firstDay(at) - LOOKBACK, day - SLOW_LOOKBACK_DAYS * DAY_MS)
  // What was set aside is replaced by what was before it.
  for (const { from: slow, until } of paired.aside.toReversed())
    if (until > from) from -= Math.ceil((until - slow) / DAY_MS) * DAY_MS + DAY_MS
  return instant(from)
}

/**
 * `resumeSeries` with throttling: gives what the whole series would give, or undefined where the whole series must be
 * detected, also because a slowness left too few earlier readings at hand.
 */
export function resumePaired(
  { settled, columns }: Resumed,
  settings: DetectSettings,
  options: DetectOptions,
): SeriesResult | undefined {
  const all = received(columns, options.until)
  const from = lowerBound(all.at, settled.at)
  const since = (one: Columns): Columns => sliceColumns(one, from, one.size)
  if (settled.paired === undefined && !hasRatio(all)) return resumeSeries(settled, since(all), settings, options)
  const { limits = {}, aside = [] } = settled.paired ?? {}
  const marked = markSlow(all, limits)
  const known = { from: firstDay(settled.at), aside }
  const slowness = slownessOf(marked.columns, settings, known)
  if (slowness === undefined) return undefined
  const result = resumeSeries(settled, since(marked.columns), settings, { ...options, maySettle: maySettle(slowness) })
  return result && finish(result, { marked, slowness, settings, options, since: settled.at })
}

const NOTHING: Slowness = { found: [], aside: [] }

const received = (columns: Columns, until: number): Columns =>
  sliceColumns(columns, 0, lowerBound(columns.at, until + 1))
const hasRatio = ({ lnRatio }: Columns): boolean => lnRatio.some(Number.isFinite)

/** The first day whose windows are looked for again; all windows before it are known and far enough. */
const firstDay = (settledAt: number): number => Math.floor((settledAt - CLEAR) / DAY_MS) * DAY_MS

function slownessOf(
  columns: Columns,
  { scheduleMinutes, seed }: DetectSettings,
  known?: { readonly from: number; readonly aside: readonly Interval[] },
): Slowness | undefined {
  // A target that failed has no ratio, even if a table gives one.
  const lnRatio = columns.lnRatio.map((ratio, k) => (passes(columns.outcome[k]!) ? ratio : Number.NaN)) // one length
  let last = columns.size - 1
  while (last >= 0 && !Number.isFinite(lnRatio[last]!)) last--
  const until = columns.at[last] ?? 0
  return findSlowness({ ...columns, lnRatio }, { scheduleMinutes, seed }, { until, ...(known && { known }) })
}

const passes = (outcome: number): boolean => targetOf(outcome) === 'ok' || targetOf(outcome) === 'slow'

/**
 * A series may be settled so long after every window of slowness, or so early before it, that windows which later readings
 * show neither join nor touch what was found before.
 */
const maySettle =
  ({ aside }: Slowness) =>
  (at: number): boolean =>
    aside.every(({ from, until }) => until <= firstDay(at) || from >= at)

interface Finished {
  readonly marked: MarkedColumns
  readonly slowness: Slowness
  readonly settings: DetectSettings
  readonly options: DetectOptions
  /** Incidents that ended before are not given again. */
  readonly since: number
}

function finish(result: SeriesResult, { marked, slowness, settings, options, since }: Finished): SeriesResult {
  const { columns } = marked
  const series = { columns, settings, gaps: result.gaps, opine: options.opine }
  const found = slowness.found.filter((one) => spanOf(one).until >= since)
  const incidents = merged(result.incidents, found, (one) => throttledIncident(one, series)).map((one) =>
    one.slowdown === undefined ? one : { ...one, slowAbove: slowAboveOf(marked, spanOf(one)) },
  )
  const { settled, ...rest } = result
  return {
    ...rest,
    incidents,
    slow: marksOf(columns, incidents),
    ...(settled === undefined ? {} : { settled: { ...settled, paired: pairedState(settled.at, marked, slowness) } }),
  }
}

function pairedState(at: number, { limits }: MarkedColumns, { aside }: Slowness): PairedState {
  const first = firstDay(at)
  return {
    limits: limitsUntil(limits, at),
    aside: aside.filter(({ until }) => until <= first && until > first - REMEMBERED),
  }
}

/**
 * Both findings of one series. A slowness belongs to incidents that the chain found in at least half of its time, if they
 * were not over when it first showed: they get its `slowdown`. Else it stands by itself; what the chain took for
 * throttling or found too little for within it is the same thing, and what it took for a restriction stays beside it.
 * A slowness that rests on one probe belongs to none.
 * The chain alone calls nothing throttled: the rule wants three probes, each against its own past.
 */
function merged(
  chain: readonly DetectedIncident[],
  found: readonly Throttling[],
  incidentOf: (one: Throttling) => DetectedIncident,
): readonly DetectedIncident[] {
  const carried = new Map<DetectedIncident, Throttling>()
  const replaced = new Set<DetectedIncident>()
  const added: DetectedIncident[] = []
  for (const one of found) {
    const span = spanOf(one)
    const near = chain.filter((other) => spanOf(other).until >= one.shownAt && shared(span, spanOf(other)) > 0)
    const carriers = near.filter(({ state }) => state !== 'insufficient')
    const covered = carriers.reduce((sum, other) => sum + shared(span, spanOf(other)), 0)
    const length = Math.min(span.until, FAR) - span.from
    const belongs = covered * 2 >= length
    for (const other of near) {
      const slowOnly = other.state === 'throttled' || other.state === 'insufficient'
      if (!belongs && slowOnly) replaced.add(other)
      else if (other.state !== 'insufficient' && !one.restsOnOne) carried.set(other, one)
    }
    if (!belongs) added.push(incidentOf(one))
  }
  const kept = chain
    .filter((one) => !replaced.has(one))
    .map((one): DetectedIncident => {
      const slowness = carried.get(one)
      if (slowness !== undefined) return withSlowness(one, slowness)
      return one.state === 'throttled' ? { ...one, state: 'insufficient' } : one
    })
  return [...kept, ...added].toSorted((a, b) => spanOf(a).from - spanOf(b).from)
}

/** An incident of the chain with its slowness; the alarm is the earlier one of the two, both told from what was known then. */
function withSlowness(one: DetectedIncident, { ratio, raisedAt }: Throttling): DetectedIncident {
  const { state, alarm } = one
  const shape = state === 'throttled' ? { mechanism: one.mechanism ?? THROTTLE_MECHANISM } : {}
  const earlier = state === 'throttled' && !(alarm?.floorMet === true && alarm.raisedAt <= raisedAt)
  return { ...one, ...shape, slowdown: ratio, ...(earlier ? { alarm: { ...alarm, raisedAt, floorMet: true } } : {}) }
}

/** Where what runs is taken to end, so that two of them share a finite time. */
const FAR = Date.UTC(2200, 0, 1)
const shared = (a: ThrottledSpan, b: ThrottledSpan): number =>
  Math.min(a.until, b.until, FAR) - Math.max(a.from, b.from)

/** The limit that stood for each probe of an incident on the day of its start. */
function slowAboveOf(
  { columns, limits }: MarkedColumns,
  { from, until }: ThrottledSpan,
): Readonly<Record<string, number>> {
  const day = Math.floor(from / DAY_MS)
  const inside = columns.probe.subarray(lowerBound(columns.at, from), lowerBound(columns.at, until))
  const names = [...new Set(inside)].flatMap((index) => columns.probes[index] ?? [])
  return Object.fromEntries(
    names.toSorted().flatMap((name) => {
      const limit = limits[name]?.findLast(([one]) => one <= day)
      return limit === undefined ? [] : [[name, limit[1]] as const]
    }),
  )
}

/** Slow readings around incidents, for the weighing of their causes. */
function marksOf(columns: Columns, incidents: readonly DetectedIncident[]): readonly SlowMark[] {
  const marks: SlowMark[] = []
  let next = 0
  for (const { from, until } of incidents.map(spanOf)) {
    const end = lowerBound(columns.at, until + 1)
    for (let k = Math.max(next, lowerBound(columns.at, from - BEFORE)); k < end; k++) {
      const probe = columns.probes[columns.probe[k]!] // as many as there are readings, here and below
      if (targetOf(columns.outcome[k]!) === 'slow') marks.push({ at: instant(columns.at[k]!), probe: probe ?? '' })
    }
    next = Math.max(next, end)
  }
  return marks
}
