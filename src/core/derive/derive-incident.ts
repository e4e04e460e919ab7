import { lowerBound, sliceColumns, type Columns } from '../detect/chain/columns.ts'
import { detectPaired, lookbackOf, resumePaired } from '../detect/series/detect-paired.ts'
import { pooledStart } from '../detect/shown/pool-onsets.ts'
import { maskColumns } from '../detect/series/outages.ts'
import { opine } from '../detect/opinions/opine.ts'
import type { SeriesResult, SettledState } from '../detect/series/series-result.ts'
import type { DetectSettings } from '../detect/chain/settings.ts'
import { defined } from '../model/defined.ts'
import type { Digest } from '../model/tables/parse-tables.ts'
import type { KnownOutage } from '../model/tables/others.ts'
import { seriesId, type SeriesOf } from '../model/measured/series.ts'
import { instant, type Instant } from '../model/units.ts'
import { asPublished } from './as-published.ts'
import type { Draft } from './draft.ts'
import type { MeasuredSet } from './measured.ts'
import { outagesNear } from './outages-near.ts'
import { namedOf, namedPeriod } from './named.ts'
import { detectionVersion, incidentRules } from './rules.ts'
import { slowKey, type ShownIncident, type StandingOf } from './shown.ts'
import { MOST_VERDICTS, weighPeriods, weighShown, type WeighTables } from './weigh-shown.ts'
import { asOf, overlap, windowOf, type IncidentWindow } from './window.ts'
import { canariesOf, canaryToleranceMs, withCanaries } from './with-canaries.ts'

/** From where a series is derived: its first reading, or a state of the chain that is stated and not derived. */
export type Begins = { readonly kind: 'first-reading' } | { readonly kind: 'settled'; readonly state: SettledState }

/** What the incidents of a series are derived from besides measurements and tables. */
export interface SeriesInputs {
  readonly series: SeriesOf
  /** Nothing later than this had been received. */
  readonly until: Instant
  readonly settings: DetectSettings
  readonly begins: Begins
  /**
   * Incidents that the weighing looks at and that are not derived here: published ones of other series, and those of this
   * series that ended before it was settled.
   */
  readonly others: readonly StandingOf[]
  /** Outages that others measured of the network or its country, in which failures count as not measured. */
  readonly outages: readonly KnownOutage[]
}

/** What incidents are derived with. */
export interface DeriveTools {
  readonly tables: WeighTables
  readonly digest: Digest
}

/**
 * Readings of a series as the detector takes them: from where it begins on, with what the same probes saw of the comparison
 * services. Those before a settled state serve only as baseline and need no canaries.
 */
export function seenColumns(
  set: Pick<MeasuredSet, 'columns'>,
  inputs: Omit<SeriesInputs, 'others'>,
  { comparisons }: Pick<WeighTables, 'comparisons'>,
): Columns {
  const { series, until, settings, begins, outages } = inputs
  const end = instant(until + 1)
  const since = begins.kind === 'settled' ? (lookbackOf(begins.state) ?? begins.state.at) : instant(0)
  const columns = set.columns(series, { since, until: end })
  if (comparisons.includes(series.service)) return maskColumns(columns, outages)
  const tolerance = canaryToleranceMs(settings.scheduleMinutes)
  const early = instant(begins.kind === 'settled' ? begins.state.at - tolerance : 0)
  const compared = comparisons.map((service) => set.columns({ ...series, service }, { since: early, until: end }))
  return maskColumns(withCanaries(columns, canariesOf(compared), tolerance), outages)
}

function detect(set: MeasuredSet, inputs: SeriesInputs, tables: WeighTables): SeriesResult | undefined {
  const { until, settings, begins } = inputs
  const columns = seenColumns(set, inputs, tables)
  const options = { until, opine }
  return begins.kind === 'first-reading'
    ? detectPaired(columns, settings, options)
    : resumePaired({ settled: begins.state, columns }, settings, options)
}

/**
 * A state from which a series may be taken up again, of its readings before an instant; undefined where there is none.
 * `columns` are those of `seenColumns` from the first reading on.
 */
export function settledStateBefore(
  columns: Columns,
  before: Instant,
  settings: DetectSettings,
): SettledState | undefined {
  const part = sliceColumns(columns, 0, lowerBound(columns.at, before))
  if (part.size === 0) return undefined
  return detectPaired(part, settings, { until: instant(before - 1) }).settled
}

/** Incidents of a series as its measurements show them, not yet weighed; undefined where it cannot go on from its state. */
export function deriveShown(
  set: MeasuredSet,
  inputs: SeriesInputs,
  tables: WeighTables,
): readonly ShownIncident[] | undefined {
  const result = detect(set, inputs, tables)
  if (result === undefined) return undefined
  const slow = new Set(result.slow?.map(({ at, probe }) => slowKey(at, probe)))
  return result.incidents.map((one) => ({
    series: inputs.series,
    detected: asPublished(asOf(one, inputs.until)),
    slow,
  }))
}

/** The incident that shares most time with a window, or lies nearest to it; the earlier one of two alike. */
export function nearestTo(window: IncidentWindow, shown: readonly ShownIncident[]): ShownIncident | undefined {
  const shared = (one: ShownIncident): number => overlap(windowOf(one.detected), window)
  return shown.toSorted((a, b) => shared(b) - shared(a))[0]
}

/** Weighs one derived incident and gives all that would be published of it, bounds of people aside. */
export function draftOf(
  one: ShownIncident,
  about: { readonly set: MeasuredSet; readonly shown: readonly ShownIncident[]; readonly inputs: SeriesInputs },
  { tables, digest }: DeriveTools,
): Draft {
  const { set, shown, inputs } = about
  const { series, until, settings } = inputs
  const periods = weighPeriods(one, until)
  const near = set.series.filter(
    ({ service, asn, simulated }) =>
      simulated === series.simulated && (service === series.service || asn === series.asn),
  )
  const { cause, verdictRules } = weighShown(one, {
    periods,
    verdicts: set.verdicts(series, periods.verdicts, MOST_VERDICTS),
    watched: set.watched(series, periods.watched),
    beside: set.counts(near, periods.beside),
    others: Map.groupBy<string, StandingOf>([...inputs.others, ...shown], (other) => seriesId(other.series)),
    tables,
    scheduleMinutes: settings.scheduleMinutes,
  })
  const others = inputs.others.flatMap(({ series: { service, asn }, detected, published }) =>
    published === undefined ? [] : [{ ...published, service, asn, state: detected.state, start: detected.start }],
  )
  const named = namedOf(set.readings(series, namedPeriod(one.detected, until)))
  return {
    ...one.detected,
    ...series,
    rulesVersion: incidentRules(verdictRules, detectionVersion(settings, tables.causes.digest, digest)),
    cause,
    ...defined({ pooledStart: pooledStart({ ...one.detected, ...series }, others) }),
    ...defined({ outages: outagesNear(one.detected, inputs.outages) }),
    measurements: named.flatMap(({ id }) => id ?? []),
  }
}
