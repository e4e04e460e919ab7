import type { Columns } from '../../detect/columns.ts'
import { columnsOf, lowerBound, sliceColumns } from '../../detect/columns.ts'
import { lookbackOf } from '../../detect/detect-paired.ts'
import type { SeriesResult, Settled } from '../../detect/series-result.ts'
import { instant, type Instant } from '../../model/units.ts'
import type { SeriesName } from '../../store/warehouse/contract.ts'
import type { DetectCall, DetectReply, SeriesCall } from './detect-calls.ts'
import type { PlannedSeries } from './series-plan.ts'
import { seriesId, type DetectSources } from './sources.ts'
import { canariesOf, withCanaries } from './with-canaries.ts'

/** A comparison of the same probe counts as its canary within this time: one run of a probe takes some minutes. */
export const canaryToleranceMs = (scheduleMinutes: number): number => Math.max(10, scheduleMinutes / 2) * 60_000

const MINUTE = 60_000

/** A series with what was found in it, and from where it was taken up in the end. */
export interface Found {
  readonly planned: PlannedSeries
  readonly result: SeriesResult
}

/** What the detector finds in each series of a portion. What cannot go on from its settled state is read as a whole. */
export async function detectPortion(
  portion: readonly PlannedSeries[],
  until: Instant,
  sources: DetectSources,
): Promise<readonly Found[]> {
  const series = await readPortion(portion, until, sources)
  const call = { series, until } satisfies DetectCall
  const reply = (await sources.pool.lease((lease) => lease.call('detect', call))) as DetectReply
  const found: Found[] = []
  const whole: PlannedSeries[] = []
  for (const [i, planned] of portion.entries()) {
    const result = reply.results[i] ?? null
    if (result === null) whole.push({ key: planned.key })
    else found.push({ planned, result })
  }
  return whole.length === 0 ? found : [...found, ...(await detectPortion(whole, until, sources))]
}

async function readPortion(
  portion: readonly PlannedSeries[],
  until: Instant,
  { warehouse, tables, settings }: DetectSources,
): Promise<readonly SeriesCall[]> {
  const [first] = portion
  if (first === undefined) return []
  const tolerance = canaryToleranceMs(settings.scheduleMinutes)
  const { simulated } = first.key
  const since = Math.min(...portion.map(({ settled }) => beginOf(settled)))
  const judgedSince = Math.min(...portion.map(({ settled }) => settled?.at ?? 0))
  const asns = [...new Set(portion.map(({ key }) => key.asn))]
  const comparisons: SeriesName[] = tables.comparisons.flatMap((service) => asns.map((asn) => ({ service, asn })))
  const names: SeriesName[] = portion.map(({ key }) => key)
  const period = { since: instant(since), until: instant(until + 1), simulated }
  const read = new Map<string, Columns>()
  for (const { service, asn, columns } of await warehouse.readingColumns(names, period))
    read.set(seriesId({ service, asn, simulated }), columns)
  // A yardstick needs no canaries: only what is judged again has them.
  const early = { ...period, since: instant(judgedSince - tolerance) }
  const compared = await warehouse.readingColumns(comparisons, early)
  const canaries = new Map(
    asns.map((asn) => [asn, canariesOf(compared.filter((one) => one.asn === asn).map(({ columns }) => columns))]),
  )
  return portion.map(({ key, settled }) => {
    const all = read.get(seriesId(key)) ?? columnsOf([])
    const from = settled === undefined ? 0 : lowerBound(all.at, beginOf(settled))
    const columns = from === 0 ? all : sliceColumns(all, from, all.size)
    const own = tables.comparisons.includes(key.service)
    const line = own ? undefined : canaries.get(key.asn)
    const seen = line === undefined ? columns : withCanaries(columns, line, tolerance)
    return settled === undefined ? { columns: seen } : { columns: seen, settled }
  })
}

/** From when on the readings of a series are wanted. */
const beginOf = (settled: Settled | undefined): number =>
  settled === undefined ? 0 : (lookbackOf(settled) ?? settled.at)

/** How far apart a published and a detected incident may lie and still be the same one. */
export const matchToleranceMs = (scheduleMinutes: number): number => scheduleMinutes * MINUTE
