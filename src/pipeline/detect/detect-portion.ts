import { columnsOf, joinColumns, lowerBound, sliceColumns, type Columns } from '../../core/detect/chain/columns.ts'
import { maskColumns } from '../../core/detect/series/outages.ts'
import { lookbackOf } from '../../core/detect/series/detect-paired.ts'
import type { SeriesResult, SettledState } from '../../core/detect/series/series-result.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { outagesOf } from '../../core/model/tables/others.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { SeriesName } from '../../store/warehouse/contract.ts'
import type { DetectCall, DetectReply, SeriesCall } from './detect-calls.ts'
import type { PlannedSeries } from './series-plan.ts'
import { seriesId } from '../../core/model/measured/series.ts'
import type { DetectSources } from './sources.ts'
import { canariesOf, canaryToleranceMs, withCanaries } from '../../core/derive/with-canaries.ts'
import type { BaselineCache } from './yardsticks.ts'

/** A series with what was found in it, and from where it was taken up in the end. */
export interface FoundSeries {
  readonly planned: PlannedSeries
  readonly result: SeriesResult
}

/** What every portion of one detection is detected with. */
export interface PortionAbout {
  readonly until: Instant
  readonly yardsticks: BaselineCache
  readonly outages: ReturnType<typeof outagesOf>
}

/** What the detector finds in each series of a portion. What cannot go on from its settled state is read as a whole. */
export async function detectPortion(
  portion: readonly PlannedSeries[],
  about: PortionAbout,
  sources: DetectSources,
): Promise<readonly FoundSeries[]> {
  const { until, yardsticks } = about
  const series = await readPortion(portion, about, sources)
  const call = { series, until } satisfies DetectCall
  const reply = (await sources.pool.lease((lease) => lease.call('detect', call))) as DetectReply
  const found: FoundSeries[] = []
  const whole: PlannedSeries[] = []
  for (const [i, planned] of portion.entries()) {
    const result = reply.results[i] ?? null
    if (result === null) whole.push({ key: planned.key })
    else {
      found.push({ planned, result })
      yardsticks.keep(seriesId(planned.key), result.settled, series[i]!.columns) // one call a series
    }
  }
  return whole.length === 0 ? found : [...found, ...(await detectPortion(whole, about, sources))]
}

async function readPortion(
  portion: readonly PlannedSeries[],
  { until, yardsticks, outages }: PortionAbout,
  { warehouse, tables, settings }: DetectSources,
): Promise<readonly SeriesCall[]> {
  const [first] = portion
  if (first === undefined) return []
  const tolerance = canaryToleranceMs(settings.scheduleMinutes)
  const { simulated } = first.key
  const kept = portion.map(({ key, settled }) => settled && yardsticks.before(seriesId(key), settled))
  const begins = portion.map(({ settled }, i) => (kept[i] === undefined ? beginOf(settled) : (settled?.at ?? 0)))
  const since = Math.min(...begins)
  const judgedSince = Math.min(...portion.map(({ settled }) => settled?.at ?? 0))
  const asns = [...new Set(portion.map(({ key }) => key.asn))]
  const comparisons: SeriesName[] = tables.comparisons.flatMap((service) => asns.map((asn) => ({ service, asn })))
  const names: SeriesName[] = portion.map(({ key }) => key)
  const period = { since: instant(since), until: instant(until + 1), simulated }
  const read = new Map<string, Columns>()
  for (const { service, asn, columns } of await warehouse.readingColumns(names, period))
    read.set(seriesId({ service, asn, simulated }), columns)
  // A baseline needs no canaries: only what is judged again has them.
  const early = { ...period, since: instant(judgedSince - tolerance) }
  const compared = await warehouse.readingColumns(comparisons, early)
  const canaries = new Map(
    asns.map((asn) => [asn, canariesOf(compared.filter((one) => one.asn === asn).map(({ columns }) => columns))]),
  )
  return portion.map(({ key, settled }, i) => {
    const all = read.get(seriesId(key)) ?? columnsOf([])
    const from = lowerBound(all.at, begins[i]!) // one a series
    const columns = from === 0 ? all : sliceColumns(all, from, all.size)
    const own = tables.comparisons.includes(key.service)
    const line = own ? undefined : canaries.get(key.asn)
    const whole = line === undefined ? columns : withCanaries(columns, line, tolerance)
    const seen = maskColumns(whole, outages(key))
    const joined = joinColumns(kept[i] ?? columnsOf([]), seen)
    return settled === undefined ? { columns: joined } : { columns: joined, settled }
  })
}

/** From when on the readings of a series are wanted. */
const beginOf = (settled: SettledState | undefined): number =>
  settled === undefined ? 0 : (lookbackOf(settled) ?? settled.at)

/** How far apart a published and a detected incident may be and still be the same one. */
export const matchToleranceMs = (scheduleMinutes: number): number => scheduleMinutes * MINUTE_MS
