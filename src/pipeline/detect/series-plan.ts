import { lookbackOf } from '../../core/detect/series/detect-paired.ts'
import type { SettledState } from '../../core/detect/series/series-result.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { Instant } from '../../core/model/units.ts'
import type { SeriesKey } from '../../store/warehouse/contract.ts'
import type { DetectState } from './detect-state.ts'
import { seriesId } from '../../core/model/measured/series.ts'
import { seriesOf } from './sources.ts'
import { widestOf } from '../../core/derive/window.ts'

/**
 * Everything; what differs from the state of the last detection; what was inserted since, the state being in memory.
 */
export type DetectionScope = 'all' | 'changed' | 'new'

/** A series to be detected again, whole or from where it was settled. */
export interface PlannedSeries {
  readonly key: SeriesKey
  readonly settled?: SettledState
}

export interface PlanAbout {
  readonly scope: DetectionScope
  /**
   * Earliest row inserted since the last detection, by series; what has none has no new rows. Read with scope `new`.
   */
  readonly fresh: ReadonlyMap<string, Instant>
  readonly comparisons: readonly string[]
  readonly published: readonly Incident[]
  /** Names the outages that mask failures of a series; absent: none. */
  readonly outages?: (key: SeriesKey) => string | undefined
}

const lineOf = ({ asn, simulated }: Pick<SeriesKey, 'asn' | 'simulated'>): string => `${asn} ${simulated}`

/**
 * Which series are detected again: those whose rows changed, those whose network's comparison services changed (they
 * are its canaries), those of which other outages are known, those with a running incident, which ends also when nothing is measured, and those with an
 * incident whose weight looks at a changed series next to it. A series continues from its settled
 * state where nothing was inserted before that.
 */
export function planSeries(
  keys: readonly SeriesKey[],
  state: DetectState,
  { scope, fresh, comparisons, published, outages }: PlanAbout,
): readonly PlannedSeries[] {
  if (scope === 'all') return keys.map((key) => ({ key }))
  const masked = new Set(
    keys.filter((key) => state.series.get(seriesId(key))?.outages !== outages?.(key)).map(seriesId),
  )
  const changed = keys.filter(
    (key) => masked.has(seriesId(key)) || (scope === 'new' ? fresh.has(seriesId(key)) : isChanged(key, state)),
  )
  const ids = new Set(changed.map(seriesId))
  const lines = new Map<string, Instant>()
  for (const key of changed) {
    if (!comparisons.includes(key.service)) continue
    const earliest = fresh.get(seriesId(key)) ?? key.earliest
    const known = lines.get(lineOf(key))
    if (known === undefined || earliest < known) lines.set(lineOf(key), earliest)
  }
  const running = new Set(
    published.filter((one) => one.running && !one.withdrawn).map((one) => seriesId(seriesOf(one))),
  )
  const beside = besideChanged(changed, fresh, published)
  return keys
    .filter((key) => lines.has(lineOf(key)) || [ids, running, beside].some((one) => one.has(seriesId(key))))
    .map((key) => {
      const settled = state.series.get(seriesId(key))?.settled
      const earliest = [fresh.get(seriesId(key)), lines.get(lineOf(key))].filter((one) => one !== undefined)
      const from = beside.get(seriesId(key)) ?? Infinity
      const goesOn =
        scope === 'new' &&
        settled !== undefined &&
        settled.at <= from &&
        !masked.has(seriesId(key)) &&
        earliest.every((one) => one >= settled.at)
      return goesOn ? { key, settled } : { key }
    })
}

/** So long after its end an incident next to another may still come to light. */
const LATER_MS = 6 * HOUR_MS

/**
 * Series with a finished incident that is weighed by what a changed series shows at its time: the same service on
 * another network, another service on the same one. Gives the earliest start of such incidents, by series.
 */
function besideChanged(
  changed: readonly SeriesKey[],
  fresh: ReadonlyMap<string, Instant>,
  published: readonly Incident[],
): ReadonlyMap<string, number> {
  const spans = changed.map((key) => ({ key, earliest: fresh.get(seriesId(key)) ?? key.earliest }))
  const found = new Map<string, number>()
  for (const one of published) {
    if (one.withdrawn || one.running) continue
    const { from, until } = widestOf(one)
    const touched = spans.some(
      ({ key, earliest }) =>
        key.simulated === one.simulated &&
        (key.service === one.service) !== (key.asn === one.asn) &&
        earliest <= until + LATER_MS &&
        key.latest >= from,
    )
    const id = seriesId(seriesOf(one))
    if (touched) found.set(id, Math.min(from, found.get(id) ?? Infinity))
  }
  return found
}

const isChanged = (key: SeriesKey, state: DetectState): boolean => {
  const known = state.series.get(seriesId(key))
  return known === undefined || known.insertion !== key.insertion || known.count !== key.count
}

/** Readings of one call to a thread, and series: one large series alone, or many small ones together. */
const READINGS_AT_ONCE = 200_000
const SERIES_AT_ONCE = 400
/** Series that were settled about the same time are read with one question. */
const SETTLED_TOGETHER_MS = 3 * DAY_MS

/**
 * Series that are read and detected together: all whole, or all from about one time on; never simulated with real.
 */
export function portionsOf(planned: readonly PlannedSeries[]): readonly (readonly PlannedSeries[])[] {
  const portions: PlannedSeries[][] = []
  const groups = Map.groupBy(planned, ({ key, settled }) =>
    settled === undefined
      ? `whole ${key.simulated}`
      : `${Math.floor((lookbackOf(settled) ?? settled.at) / SETTLED_TOGETHER_MS)} ${key.simulated}`,
  )
  for (const group of groups.values()) {
    let portion: PlannedSeries[] = []
    let readings = 0
    for (const one of group) {
      const count = one.settled === undefined ? one.key.count : 0
      if (portion.length > 0 && (readings + count > READINGS_AT_ONCE || portion.length >= SERIES_AT_ONCE)) {
        portions.push(portion)
        portion = []
        readings = 0
      }
      portion.push(one)
      readings += count
    }
    portions.push(portion)
  }
  return portions
}
