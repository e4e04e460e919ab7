import { columnsOf, type Columns } from '../detect/chain/columns.ts'
import { defined } from '../model/defined.ts'
import { deviceOf } from '../model/device.ts'
import { discordantOf, type Discordant } from '../model/measured/discordant.ts'
import type { MeasurementHead, Provenance } from '../model/measured/measurement.ts'
import type { Observation } from '../model/measured/observation.ts'
import { pairTimesOf, type PairTimes } from '../model/measured/pair-times.ts'
import type { Reading } from '../model/measured/reading.ts'
import { halvesOf, ratioCounts } from '../model/measured/reading-of.ts'
import { seriesId, type SeriesCount, type SeriesOf } from '../model/measured/series.ts'
import { COUNTED_STANDINGS } from '../model/standing.ts'
import type { Instant } from '../model/units.ts'
import type { Verdict } from '../model/measured/verdict.ts'
import type { TimeStretch } from './weigh-shown.ts'

/** One judged measurement as far as incidents are derived from it: without its observations, which are large. */
export interface Measured {
  readonly leafIndex: number
  readonly provenance: Pick<Provenance, 'id' | 'channel' | 'origin'>
  readonly head: MeasurementHead
  readonly service: string
  readonly verdict: Verdict
  /** The device that it counts for; '' if unknown. */
  readonly device: string
  /** Times of its pair, where it timed one. */
  readonly times?: PairTimes
  /** Which half of its first discordant pair failed. */
  readonly discordant?: Discordant
}

/** A measurement with its observations, as it was judged. */
export interface JudgedMeasurement extends Omit<Measured, 'times' | 'device' | 'discordant'> {
  readonly observations: readonly Observation[]
}

/** What is kept of a judged measurement. */
export function measuredOf({
  leafIndex,
  provenance,
  head,
  service,
  verdict,
  observations,
}: JudgedMeasurement): Measured {
  const times = pairTimesOf(observations)
  const discordant = discordantOf(observations)
  const device = deviceOf(provenance, head)
  return { leafIndex, provenance, head, service, verdict, device, ...defined({ times, discordant }) }
}

/**
 * What one measurement tells the detector; undefined where it says nothing of the service or the line. The same as the
 * columns that the warehouse makes of it (docs/methods/readings.md).
 */
export function readingOf({ provenance, head, verdict, device, times }: Measured): Reading | undefined {
  const halves = halvesOf(verdict, times, head.line)
  if (halves.target === 'none' && halves.canary !== 'fail') return undefined
  return {
    at: head.startedAt,
    probe: device,
    ...halves,
    ...(ratioCounts(halves) && { log10Lr: verdict.log10Lr }),
    ...(verdict.mechanism !== undefined && halves.target === 'fail' && { mechanism: verdict.mechanism }),
    ...times,
    scheduled: head.scheduled ?? false,
    id: provenance.id,
  }
}

/** Whether a measurement counts: not that of a sender whom the collector does not know (docs/formats/collector.md). */
export const isCounted = ({ channel, origin }: Pick<Provenance, 'channel' | 'origin'>): boolean =>
  channel !== 'collector' ||
  COUNTED_STANDINGS.some((standing) => origin === standing || origin.startsWith(`${standing}:`))

/** A counted measurement and its reading. */
interface Row {
  readonly measured: Measured
  readonly reading: Reading | undefined
}

const bySample = (a: Measured, b: Measured): number => (a.provenance.id < b.provenance.id ? -1 : 1)
const byTime = (a: Measured, b: Measured): number => a.head.startedAt - b.head.startedAt || a.leafIndex - b.leafIndex

/** Judged measurements, and the questions that detection asks of them: the answers are those of the warehouse. */
export class MeasuredSet {
  readonly #rows = new Map<string, Row[]>()
  readonly #names = new Map<string, SeriesOf>()

  /** In any order; of two with one leaf the later counts. Those of unknown senders are left out. */
  constructor(all: readonly Measured[]) {
    const byLeaf = new Map(all.map((one) => [one.leafIndex, one]))
    for (const measured of [...byLeaf.values()].toSorted(byTime)) {
      if (!isCounted(measured.provenance)) continue
      const { service, head } = measured
      const name = { service, asn: head.probeAsn, simulated: head.simulated }
      const id = seriesId(name)
      const rows = this.#rows.get(id) ?? []
      if (rows.length === 0) {
        this.#rows.set(id, rows)
        this.#names.set(id, name)
      }
      rows.push({ measured, reading: readingOf(measured) })
    }
  }

  /** Every series with a measurement. */
  get series(): readonly SeriesOf[] {
    return [...this.#names.values()]
  }

  #within(series: SeriesOf, { since, until }: TimeStretch): readonly Row[] {
    const rows = this.#rows.get(seriesId(series)) ?? []
    return rows.filter(({ measured: { head } }) => head.startedAt >= since && head.startedAt < until)
  }

  /** What the detector takes, by time and leaf. */
  readings(series: SeriesOf, period: TimeStretch): readonly Reading[] {
    return this.#within(series, period).flatMap(({ reading }) => reading ?? [])
  }

  columns(series: SeriesOf, period: TimeStretch): Columns {
    return columnsOf(this.readings(series, period))
  }

  /** Times of measurements that said anything of the service. */
  watched(series: SeriesOf, period: TimeStretch): readonly Instant[] {
    return this.readings(series, period)
      .filter(({ target }) => target !== 'none')
      .map(({ at }) => at)
  }

  /** Verdicts by time and leaf; of more than `most`, those whose ids come first: a digest chooses evenly. */
  verdicts(series: SeriesOf, period: TimeStretch, most: number): readonly Measured[] {
    const all = this.#within(series, period).map(({ measured }) => measured)
    return all.length <= most ? all : all.toSorted(bySample).slice(0, most).toSorted(byTime)
  }

  /** What was measured of each series of one kind in a period; one of which nothing was said is left out. */
  counts(of: readonly SeriesOf[], period: TimeStretch): readonly SeriesCount[] {
    return of.flatMap((series) => {
      const said = this.#within(series, period).flatMap(({ measured: { head }, reading }) =>
        reading === undefined || reading.target === 'none' ? [] : [{ head, ...reading }],
      )
      const last = said.at(-1)
      if (last === undefined) return []
      const failed = said.filter(({ target }) => target === 'fail').length
      const probes = new Set(said.map(({ probe }) => probe).filter((name) => name !== ''))
      const { service, asn } = series
      return [{ service, asn, country: last.head.probeCc, ok: said.length - failed, failed, probes: probes.size }]
    })
  }
}
