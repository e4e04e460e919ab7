import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { instant, type Asn, type Instant } from '../../core/model/units.ts'
import { wilson } from '../../core/model/measured/wilson.ts'
import type { ExploredBin, ExploreStep, Period } from '../../store/warehouse/contract.ts'
import { midnightBefore } from '../../core/text/home-day.ts'
import type { ExploreValue } from './choice.ts'

/**
 * A point is drawn where at least so many devices measured, or so many measurements that name no device: below that one
 * person's connection is the whole line.
 */
export const FEWEST_DEVICES = 3
export const FEWEST_UNNAMED = 10

/** One line in one bin. */
export interface ExplorePoint {
  /** Which bin of the period. */
  readonly index: number
  /** Settled measurements (reached, interfered with or out of reach), and those that settled nothing. */
  readonly settled: number
  readonly unsettled: number
  /** Of the settled ones, those that the line counts; of `speed` pairs that were timed. */
  readonly count: number
  readonly devices: number
  readonly unnamed: number
  /** Share of the settled ones; of `speed` how many times as long as the control the service took, the median. */
  readonly value?: number
  /** 95 % interval of a share, where each device counts as one witness. */
  readonly interval?: readonly [number, number]
  /** Whether enough devices measured for the point to be drawn. */
  readonly enough: boolean
}

/** What a line is of: a service on a network, a mechanism, or a layer. */
export interface ExploreLine {
  readonly key: string
  readonly points: readonly ExplorePoint[]
}

/** Lines of one drawing: of all series together, or the mechanisms or layers of one series. */
export interface ExplorePanel {
  readonly series?: ExploreSeries
  readonly lines: readonly ExploreLine[]
}

export interface ExploreSeries {
  readonly service: string
  readonly asn?: Asn
}

export const seriesKey = ({ service, asn }: ExploreSeries): string => `${service} ${asn ?? ''}`

/** Starts of all bins of a period, those without data among them; of `clock` hours of the week. */
export function binsOf({ since, until }: Period, by: ExploreStep): readonly number[] {
  if (by === 'clock') return Array.from({ length: 7 * 24 }, (_, hour) => hour)
  if (by === 'hour')
    return Array.from({ length: Math.ceil((until - since) / HOUR_MS) }, (_, index) => since + index * HOUR_MS)
  const width = by === 'day' ? 1 : 7
  const bins: number[] = []
  // The Monday of a week may lie before the period. Noon of a day is never the hour that clocks skip or repeat.
  let at: Instant = by === 'day' ? since : mondayOf(since)
  while (at < until) {
    bins.push(at)
    at = midnightBefore(instant(at + width * DAY_MS + DAY_MS / 2))
  }
  return bins
}

function mondayOf(midnight: Instant): Instant {
  const weekday = (new Date(midnight + DAY_MS / 2).getUTCDay() + 6) % 7
  return midnightBefore(instant(midnight - weekday * DAY_MS + DAY_MS / 2))
}

/** Mechanisms or layers that are drawn at most; the rest is in the data. */
const MOST_NAMES = 5

/** Panels of what was counted: one of all series, or one of each series for mechanisms and layers. */
export function panelsOf(
  found: readonly (ExploreSeries & { readonly bins: readonly ExploredBin[] })[],
  { bins, value }: { readonly bins: readonly number[]; readonly value: ExploreValue },
): readonly ExplorePanel[] {
  const places = new Map(bins.map((bin, index) => [bin, index]))
  const linesOf = (own: readonly ExploredBin[], key: string, read: Read): ExploreLine => ({
    key,
    points: own
      .flatMap((one) => {
        const index = places.get(one.bin)
        return index === undefined ? [] : [pointOf(one, index, read)]
      })
      .toSorted((a, b) => a.index - b.index),
  })
  if (value === 'failed' || value === 'speed') {
    const read = value === 'speed' ? readSpeed : readFailed
    return [{ lines: found.map((one) => linesOf(one.bins, seriesKey(one), read)) }]
  }
  const member = value === 'mechanism' ? 'mechanisms' : 'layers'
  return found.map(({ bins: own, ...series }) => {
    const totals = new Map<string, number>()
    for (const bin of own)
      for (const [name, count] of Object.entries(bin[member])) totals.set(name, (totals.get(name) ?? 0) + count)
    const names = [...totals].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST_NAMES)
    return { series, lines: names.map(([name]) => linesOf(own, name, (bin) => readShare(bin, bin[member][name] ?? 0))) }
  })
}

type Read = (bin: ExploredBin) => Pick<ExplorePoint, 'count' | 'value' | 'interval'>

const settledOf = ({ kinds }: ExploredBin): number => kinds.reachable + kinds.interfered + kinds.unreachable

function readShare(bin: ExploredBin, count: number): ReturnType<Read> {
  const settled = settledOf(bin)
  if (settled === 0) return { count }
  const value = count / settled
  // Measurements of one device repeat one another, so that each device counts once; a measurement that names none
  // counts on its own.
  const witnesses = Math.min(settled, bin.devices + bin.unnamed)
  return { count, value, interval: wilson(value * witnesses, witnesses) }
}

/** Share of settled measurements that failed, with its interval; absent where nothing was settled. */
export const readFailed: Read = (bin) => readShare(bin, bin.kinds.interfered + bin.kinds.unreachable)

const readSpeed: Read = ({ timed, lnRatio }) =>
  lnRatio === undefined ? { count: 0 } : { count: timed, value: Math.exp(lnRatio) }

function pointOf(bin: ExploredBin, index: number, read: Read): ExplorePoint {
  return {
    index,
    settled: settledOf(bin),
    unsettled: bin.kinds.inconclusive,
    ...read(bin),
    devices: bin.devices,
    unnamed: bin.unnamed,
    enough: bin.devices >= FEWEST_DEVICES || bin.unnamed >= FEWEST_UNNAMED,
  }
}
