import { MINUTE_MS } from '../../core/model/duration.ts'
import type { Edge, CurvePoint } from '../../core/model/incident/incident.ts'
import type { Reading } from '../../core/model/measured/reading.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatClock, formatDate, zonedParts } from '../../core/text/time.ts'

/** Everything that is on the time axis of an incident; one object for both renderings and the table. */
export interface AxisView {
  readonly from: Instant
  readonly until: Instant
  readonly zone: string
  readonly start: Edge
  readonly end: Edge
  readonly running: boolean
  /** The service was slowed: what was slow counts as what failed. */
  readonly slowed?: boolean
  readonly readings: readonly Reading[]
  /** Measurements of its time that arrived after the revision and are not counted in it; absent: none is known of. */
  readonly later?: number
  readonly curve: readonly CurvePoint[]
  readonly events: readonly { readonly label: string; readonly from: Instant; readonly until: Instant }[]
  readonly statements: readonly { readonly number: number; readonly at: Instant }[]
}

/** Marks that fit into one row of either rendering. */
export const ROW_MARKS = { narrow: 30, broad: 96 } as const
export type AxisShape = keyof typeof ROW_MARKS

/** What one rendering draws: of any number of readings so much as a reader can distinguish, and nothing else. */
export interface AxisPicture extends Omit<AxisView, 'readings'> {
  readonly probes: ProbeLane
  readonly controls: readonly ControlMark[]
}

/** A control measurement, or several within one width of a mark. */
export interface ControlMark {
  readonly at: number
  readonly failed: boolean
}

/**
 * Reduces everything on the axis to what one rendering shows, so that a drawing costs the same for an hour and a year.
 */
export function axisPicture(view: AxisView, shape: AxisShape): AxisPicture {
  const { readings: _, ...rest } = view
  return {
    ...rest,
    curve: thinned(view),
    probes: probeLane(view, ROW_MARKS[shape]),
    controls: controlMarks(view, shape),
  }
}

/** Points of the curve drawn at most, two a bin: its lowest and its highest, so that no peak and no dip is lost. */
const MOST_POINTS = 600

function thinned({ curve, from, until }: AxisView): AxisView['curve'] {
  if (curve.length <= MOST_POINTS) return curve
  const width = (until - from) / (MOST_POINTS / 2)
  return [...Map.groupBy(curve, ({ at }) => Math.floor((at - from) / width)).values()].flatMap((bin) => {
    const sorted = bin.toSorted((a, b) => a.p - b.p)
    const ends = [sorted[0], sorted.at(-1)].filter((one) => one !== undefined)
    return ends.toSorted((a, b) => a.at - b.at)
  })
}

/** Control measurements of which each is drawn; of more, those of one width of a mark together. */
const MOST_CONTROLS = 500

function controlMarks(view: AxisView, shape: AxisShape): readonly ControlMark[] {
  const tried = view.readings.filter(({ control }) => control !== 'none')
  if (tried.length <= MOST_CONTROLS) return tried.map(({ at, control }) => ({ at, failed: control === 'fail' }))
  const width = (view.until - view.from) / (ROW_MARKS[shape] * 2)
  return [...Map.groupBy(tried, ({ at }) => Math.floor((at - view.from) / width))].map(([bin, within]) => ({
    at: view.from + (bin + 0.5) * width,
    failed: within.filter(({ control }) => control === 'fail').length * 2 > within.length,
  }))
}

/** One mark of a probe: a reading, or several within one width of a mark. */
export interface ProbeMark {
  readonly at: number
  readonly row: number
  readonly state: 'failed' | 'slow' | 'passed'
}

/** A stretch of a probe's row in which it reported at its usual pace, or was silent. */
export interface ProbeStretch {
  readonly row: number
  readonly from: number
  readonly until: number
  readonly silent: boolean
}

export interface ProbeLane {
  readonly rows: number
  readonly hidden: number
  readonly marks: readonly ProbeMark[]
  readonly stretches: readonly ProbeStretch[]
  /** Minutes that one mark stands for; absent where each reading has its own. */
  readonly binMinutes?: number
}

/** Probes drawn at most; the table counts all. */
const MOST_ROWS = 14
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14_400, 43_200] as const

const stepFor = (span: number, most: number): number =>
  STEPS.find((minutes) => span / (minutes * MINUTE_MS) <= most) ?? Math.ceil(span / MINUTE_MS / most)

const stateOf = (readings: readonly Reading[]): ProbeMark['state'] => {
  const failed = readings.filter(({ target }) => target === 'fail').length
  if (failed * 2 > readings.length) return 'failed'
  const slow = readings.filter(({ target }) => target === 'slow').length
  return (failed + slow) * 2 > readings.length ? 'slow' : 'passed'
}

/** Readings of the service as rows of probes, those with most failures first; `most` marks fit into one row. */
export function probeLane(view: AxisView, most: number): ProbeLane {
  const tried = view.readings.filter(({ target }) => target !== 'none')
  const failures = (list: readonly Reading[]): number => list.filter(({ target }) => target !== 'ok').length
  const byProbe = [...Map.groupBy(tried, ({ probe }) => probe)].toSorted(
    ([a, left], [b, right]) => failures(right) - failures(left) || right.length - left.length || (a < b ? -1 : 1),
  )
  const shown = byProbe.slice(0, MOST_ROWS)
  const crowded = shown.some(([, list]) => list.length > most)
  const minutes = stepFor(view.until - view.from, most)
  const marks = shown.flatMap(([, list], row): ProbeMark[] => {
    if (!crowded) return list.map((one) => ({ at: one.at, row, state: stateOf([one]) }))
    const bins = Map.groupBy(list, ({ at }) => Math.floor((at - view.from) / (minutes * MINUTE_MS)))
    return [...bins].map(([bin, within]) => ({
      at: view.from + (bin + 0.5) * minutes * MINUTE_MS,
      row,
      state: stateOf(within),
    }))
  })
  return {
    rows: shown.length,
    hidden: byProbe.length - shown.length,
    marks,
    stretches: shown.flatMap(([, list], row) =>
      stretchesOf(crowded ? marks.filter((one) => one.row === row) : list, row, view),
    ),
    ...(crowded ? { binMinutes: minutes } : {}),
  }
}

/** A probe is called silent between two readings further apart than two and a half of its usual steps. */
function stretchesOf(list: readonly { readonly at: number }[], row: number, view: AxisView): readonly ProbeStretch[] {
  const times = list.map(({ at }) => at).toSorted((a, b) => a - b)
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? time))
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? view.until - view.from
  const points = [view.from, ...times, view.until]
  const stretches: ProbeStretch[] = []
  for (const [index, until] of points.slice(1).entries()) {
    const from = points[index] ?? until
    const silent = until - from > 2.5 * usual
    const last = stretches.at(-1)
    if (last !== undefined && last.silent === silent) stretches[stretches.length - 1] = { ...last, until }
    else stretches.push({ row, from, until, silent })
  }
  return stretches
}

export interface Tick {
  readonly at: number
  readonly label: string
}

/** Times for the axis: whole steps of the local clock, at most `most` of them. */
export function timeTicks(lang: Lang, view: Omit<AxisView, 'readings'>, most: number): readonly Tick[] {
  const minutes = Math.max(15, stepFor(view.until - view.from, most))
  const { hour, minute } = zonedParts(view.from, view.zone)
  const since = view.from - (view.from % MINUTE_MS) - (hour * 60 + minute) * MINUTE_MS
  const step = minutes * MINUTE_MS
  const first = since + Math.ceil((view.from - since) / step) * step
  const ticks: Tick[] = []
  for (let at = first; at <= view.until; at += step)
    ticks.push({
      at,
      label: minutes < 1440 ? formatClock(instant(at), view.zone) : dayLabel(lang, instant(at), view.zone),
    })
  return ticks
}

/** `05.03`, `5 March`: a day within a year that the caption names. */
function dayLabel(lang: Lang, at: Instant, zone: string): string {
  if (lang === 'en') return formatDate('en', at, zone).replace(/\u00a0?\s?\d{4}$/, '')
  const { day, month } = zonedParts(at, zone)
  return `${String(day).padStart(2, '0')}.${String(month).padStart(2, '0')}`
}

/** One row of the table behind the chart. */
export interface AxisRow {
  readonly at: Instant
  readonly tests: number
  /** Slow ones too, where the service was slowed. */
  readonly failed: number
  readonly controlsFailed: number
  /** P(restricted) at the beginning of the step; absent where the curve does not reach. */
  readonly p?: number
}

/** The same data by steps of half an hour or more, so that the table stays below 32 rows. */
export function axisRows(view: AxisView): { readonly minutes: number; readonly rows: readonly AxisRow[] } {
  const minutes = Math.max(30, stepFor(view.until - view.from, 32))
  const step = minutes * MINUTE_MS
  const { minute } = zonedParts(view.from, view.zone)
  const first = view.from - (view.from % MINUTE_MS) - (minute % minutes) * MINUTE_MS
  const rows: AxisRow[] = []
  for (let at = first; at < view.until; at += step) {
    const within = view.readings.filter((one) => one.at >= at && one.at < at + step)
    const tried = within.filter(({ target }) => target !== 'none')
    rows.push({
      at: instant(at),
      tests: tried.length,
      failed: tried.filter(({ target }) => target === 'fail' || (view.slowed === true && target === 'slow')).length,
      controlsFailed: within.filter(({ control }) => control === 'fail').length,
      ...curveAt(view.curve, at),
    })
  }
  return { minutes, rows }
}

/** Value of the curve at a time, between its two neighbouring points. */
function curveAt(curve: AxisView['curve'], at: number): { readonly p?: number } {
  const index = curve.findIndex((point) => point.at >= at)
  const [before, after] = [curve[index - 1], curve[index]]
  if (after === undefined) return {}
  if (before === undefined) return after.at === at ? { p: after.p } : {}
  return { p: before.p + ((after.p - before.p) * (at - before.at)) / (after.at - before.at) }
}
