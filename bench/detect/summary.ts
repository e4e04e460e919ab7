import { createDraw } from './draw.ts'
import type { BlockScore, EdgeScore, SeriesScore } from './score.ts'

/** A share with its 95 % interval (whole series resampled) and what it was counted over. */
export interface Share {
  readonly value: number
  readonly lo95: number
  readonly hi95: number
  readonly of: number
}

/** One cell of the table of restrictions found: who is touched, by how many devices it is measured. */
export interface Cell {
  readonly kind: 'full' | 'by-exchange' | 'by-probe' | 'throttled'
  readonly probes: '3' | '4–6' | '7–12'
  readonly blocks: number
  readonly recall: number
  readonly medianDelay: number
}

export interface Summary {
  readonly series: number
  readonly readings: number
  /** Restrictions of an hour or more measured by three or more devices. */
  readonly blocks: number
  readonly recall: Share
  readonly full: Share
  readonly partial: Share
  readonly throttled: Share
  /** Found by an incident that shares at least half of its time. */
  readonly matched: number
  /** Restrictions of an hour or more during which three devices failed at least once. */
  readonly recallFailed: number
  readonly quietYears: number
  readonly falseIncidents: number
  readonly falsePerQuietYear: number
  readonly falseAlarmsPerQuietYear: number
  /** Incidents outside any restriction in the series that have some, per year. */
  readonly falsePerOtherYear: number
  readonly start95: Share
  readonly end95: Share
  readonly coverage95: Share
  readonly coverage50: number
  readonly startWidth: number
  readonly endWidth: number
  readonly medianDelay: number
  readonly delay90: number
  readonly neverAlarmed: number
  /** Share of restrictions with more than one alarm. */
  readonly flapping: number
  /** Share of found restrictions that exactly one incident overlaps, and with P(one episode) below .9. */
  readonly oneIncident: number
  readonly pOneBelow: number
  readonly brier: number
  readonly delays: readonly number[]
  readonly cells: readonly Cell[]
}

const FULL_PASSING = 'full'

/** Restrictions that count: an hour or more within the series, measured by three or more devices. */
export const eligible = ({ hours, seen }: BlockScore): boolean => hours >= 1 && seen >= 3

/** Quantile of sorted or unsorted values, type 7; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low === high ? low : low + (at - Math.floor(at)) * (high - low)
}

/** Mean of a yes or no over all cases of all series, with series resampled 400 times. */
function shareOf(series: readonly SeriesScore[], cases: (series: SeriesScore) => readonly boolean[]): Share {
  const counts = series.map((one) => {
    const list = cases(one)
    return [list.filter(Boolean).length, list.length] as const
  })
  const mean = (list: readonly (readonly [number, number])[]): number =>
    list.reduce((sum, [yes]) => sum + yes, 0) / list.reduce((sum, [, all]) => sum + all, 0)
  const draw = createDraw(1)
  const draws = Array.from({ length: 400 }, () =>
    mean(counts.map(() => counts[Math.floor(draw.uniform(0, counts.length))] ?? ([0, 0] as const))),
  ).filter(Number.isFinite)
  return {
    value: mean(counts),
    lo95: quantile(draws, 0.025),
    hi95: quantile(draws, 0.975),
    of: counts.reduce((sum, [, all]) => sum + all, 0),
  }
}

const kindOf = ({ throttled, part }: BlockScore): Cell['kind'] => (throttled ? 'throttled' : part)

const sizeOf = (probes: number): Cell['probes'] => (probes <= 3 ? '3' : probes <= 6 ? '4–6' : '7–12')

const delayOf = ({ delay }: BlockScore): number => delay ?? Infinity

const meanOf = (values: readonly boolean[]): number => values.filter(Boolean).length / values.length

/** All figures of one set of series. */
export function summarize(series: readonly SeriesScore[]): Summary {
  const blocks = series.flatMap((one) => one.blocks).filter(eligible)
  const recallOf = (which: (block: BlockScore) => boolean): Share =>
    shareOf(series, (one) => one.blocks.filter((block) => eligible(block) && which(block)).map(({ hits }) => hits > 0))
  const edges = (
    pick: (block: BlockScore) => readonly (EdgeScore | undefined)[],
    value: (edge: EdgeScore) => boolean,
  ): Share =>
    shareOf(series, (one) =>
      one.blocks
        .filter(eligible)
        .flatMap(pick)
        .flatMap((edge) => (edge === undefined ? [] : [value(edge)])),
    )
  const quiet = series.filter((one) => one.quiet)
  const others = series.filter((one) => !one.quiet)
  const years = (list: readonly SeriesScore[]): number => list.reduce((sum, one) => sum + one.years, 0)
  const count = (list: readonly SeriesScore[], value: (one: SeriesScore) => number): number =>
    list.reduce((sum, one) => sum + value(one), 0)
  const found = blocks.filter(({ hits }) => hits > 0)
  const failed = series.flatMap((one) => one.blocks).filter((block) => block.hours >= 1 && block.failed >= 3)
  const delays = blocks.map(delayOf)
  const points = count(series, (one) => one.brier.points)
  const falseIncidents = count(quiet, (one) => one.falseIncidents.length)
  return {
    series: series.length,
    readings: count(series, (one) => one.readings),
    blocks: blocks.length,
    recall: recallOf(() => true),
    full: recallOf((block) => kindOf(block) === FULL_PASSING),
    partial: recallOf((block) => kindOf(block) === 'by-exchange' || kindOf(block) === 'by-probe'),
    throttled: recallOf((block) => block.throttled),
    matched: meanOf(blocks.map((block) => block.match >= 0.5)),
    recallFailed: meanOf(failed.map(({ hits }) => hits > 0)),
    quietYears: years(quiet),
    falseIncidents,
    falsePerQuietYear: falseIncidents / years(quiet),
    falseAlarmsPerQuietYear: count(quiet, (one) => one.falseAlarms) / years(quiet),
    falsePerOtherYear: count(others, (one) => one.falseIncidents.length) / years(others),
    start95: edges((block) => [block.start], (edge) => edge.in95), // prettier-ignore
    end95: edges((block) => [block.end], (edge) => edge.in95), // prettier-ignore
    coverage95: edges(
      (block) => [block.start, block.end],
      (edge) => edge.in95,
    ),
    coverage50: edges(
      (block) => [block.start, block.end],
      (edge) => edge.in50,
    ).value,
    startWidth: quantile(found.flatMap(({ start }) => (start === undefined ? [] : [start.width95])), 0.5), // prettier-ignore
    endWidth: quantile(found.flatMap(({ end }) => (end === undefined ? [] : [end.width95])), 0.5), // prettier-ignore
    medianDelay: quantile(delays, 0.5),
    delay90: quantile(delays, 0.9),
    neverAlarmed: meanOf(delays.map((delay) => delay === Infinity)),
    flapping: meanOf(blocks.map(({ alarms }) => alarms > 1)),
    oneIncident: meanOf(found.map(({ hits }) => hits === 1)),
    pOneBelow: meanOf(found.map(({ pOneEpisode }) => (pOneEpisode ?? 1) < 0.9)),
    brier: count(series, (one) => one.brier.sum) / points,
    delays,
    cells: cellsOf(blocks),
  }
}

function cellsOf(blocks: readonly BlockScore[]): readonly Cell[] {
  const kinds = ['full', 'by-exchange', 'by-probe', 'throttled'] as const
  const sizes = ['3', '4–6', '7–12'] as const
  return kinds.flatMap((kind) =>
    sizes.flatMap((probes) => {
      const cell = blocks.filter((block) => kindOf(block) === kind && sizeOf(block.probes) === probes)
      if (cell.length === 0) return []
      return [
        {
          kind,
          probes,
          blocks: cell.length,
          recall: meanOf(cell.map(({ hits }) => hits > 0)),
          medianDelay: quantile(cell.map(delayOf), 0.5),
        },
      ]
    }),
  )
}
