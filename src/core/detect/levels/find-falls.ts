import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { instant, type Instant } from '../../model/units.ts'
import { median, quantile } from '../statistics/quantile.ts'
import type { LevelFall, LevelFinding, LevelPoint } from './level.ts'

/** Days on either side whose values of the same time of day are the usual level. */
const DAYS = 14
/** A fall is at least to this share of the usual, however quiet the series is. */
const LEAST_FALL = 0.8
/** … and at least so many deviations of the series' own noise. */
const DEVIATIONS = 5
/** A value within so many deviations of the usual is a usual one. */
const USUAL = 2
const LEAST_USUAL = 0.05
/** Noise below which no series is believed to be, as a share. */
const LEAST_NOISE = 0.01
/** Consecutive values that make a fall, and that end one: a single one is a gap of the collector. */
const RUN = 2
/** How far back the last usual value is looked for: a fall that was slower than that has no sharp start. */
const GRADUAL = 6 * HOUR_MS
/** Rounds of finding the usual level without the falls in it. */
const ROUNDS = 3
/** Scale of the median absolute deviation to a standard deviation. */
const MAD = 1.4826
/** A level of nothing at all is this share: its logarithm must exist. */
const NOTHING = 1e-3
/** Part of the usual values, from above, before the falls are known: a long fall must not become the usual. */
const HIGH = 0.75

/**
 * Times in which a level was far below what is usual at that time of day (docs/methods/levels.md). The usual level is
 * the median of the values at the same time of day within fourteen days on either side, without the falls themselves.
 * A value is low below 80 % of it, or below five deviations of the series' own noise where that is lower. Two low
 * values begin a fall and two usual ones end it. Points in the order of time.
 */
export function findFalls(points: readonly LevelPoint[]): LevelFinding {
  const stepMs = stepOf(points)
  const phases = phasesOf(points, stepMs)
  let low: readonly boolean[] | undefined
  let ratios: readonly number[] = []
  let threshold = Math.log(LEAST_FALL)
  let noise = LEAST_NOISE
  for (let round = 0; round < ROUNDS; round++) {
    ratios = points.map((point, i) => logRatio(point.value, usualAt(i, { points, phases, low })))
    const quiet = ratios.filter((_, i) => low?.[i] !== true)
    const middle = median(quiet)
    const upper = low === undefined ? quiet.filter((ratio) => ratio >= middle) : quiet
    noise = Math.max(LEAST_NOISE, MAD * median(upper.map((ratio) => Math.abs(ratio - middle))))
    threshold = Math.min(Math.log(LEAST_FALL), -DEVIATIONS * noise)
    const falls = runsBelow(ratios, threshold)
    low = ratios.map((_, i) => falls.some(([from, until]) => i >= from && i <= until))
  }
  const usual = -Math.max(LEAST_USUAL, USUAL * noise)
  const falls = runsBelow(ratios, threshold).map((run) => fallOf(run, { points, ratios, stepMs, usual }))
  return { falls, threshold: Math.exp(threshold), stepMs }
}

const logRatio = (value: number, usual: number): number => (usual <= 0 ? 0 : Math.log(Math.max(value / usual, NOTHING)))

/** The commonest distance of two points. */
function stepOf(points: readonly LevelPoint[]): number {
  const gaps = points.slice(1).map(({ at }, i) => at - points[i]!.at) // i is the one before
  return gaps.length === 0 ? HOUR_MS : median(gaps)
}

/** Places of the points by their time of day, in steps. */
interface Phases {
  readonly of: (at: Instant) => number
  readonly places: ReadonlyMap<number, readonly number[]>
  readonly count: number
}

function phasesOf(points: readonly LevelPoint[], stepMs: number): Phases {
  const count = Math.max(1, Math.min(96, Math.round(DAY_MS / Math.max(stepMs, 1))))
  const of = (at: Instant): number => Math.floor(((at % DAY_MS) / DAY_MS) * count)
  const places = new Map<number, number[]>()
  for (const [i, { at }] of points.entries()) {
    const phase = of(at)
    const known = places.get(phase)
    if (known === undefined) places.set(phase, [i])
    else known.push(i)
  }
  return { of, places, count }
}

interface Usual {
  readonly points: readonly LevelPoint[]
  readonly phases: Phases
  readonly low: readonly boolean[] | undefined
}

/** Days that must have values of this time of day for it to have a usual level of its own. */
const LEAST_DAYS = 3

/** The usual value of that time of day; with fewer than three days near, of all times near. */
function usualAt(i: number, { points, phases, low }: Usual): number {
  const { at } = points[i]! // i is a place of the series
  const share = low === undefined ? HIGH : 0.5
  const phase = phases.of(at)
  const values: number[] = []
  const days = new Set<number>()
  for (const one of new Set([-1, 0, 1].map((shift) => (phase + shift + phases.count) % phases.count))) {
    const places = phases.places.get(one) ?? []
    for (let k = firstFrom(places, points, at - DAYS * DAY_MS); k < places.length; k++) {
      const place = places[k]! // k is below the length
      const point = points[place]! // places are those of the points
      if (point.at > at + DAYS * DAY_MS) break
      if (low?.[place] === true) continue
      values.push(point.value)
      days.add(Math.floor(point.at / DAY_MS))
    }
  }
  if (days.size >= LEAST_DAYS) return quantile(values, share)
  const all = points.filter((point, place) => Math.abs(point.at - at) <= DAYS * DAY_MS && low?.[place] !== true)
  return all.length === 0
    ? 0
    : quantile(
        all.map(({ value }) => value),
        share,
      )
}

/** Index of the first place whose point is at a time or later. */
function firstFrom(places: readonly number[], points: readonly LevelPoint[], from: number): number {
  let [below, above] = [0, places.length]
  while (below < above) {
    const middle = (below + above) >> 1
    // middle is below the length, and places are those of the points
    if (points[places[middle]!]!.at < from) below = middle + 1
    else above = middle
  }
  return below
}

/** First and last place of every run of low values; it goes on until two values are nearer to the usual than to low. */
function runsBelow(ratios: readonly number[], threshold: number): readonly (readonly [number, number])[] {
  const runs: (readonly [number, number])[] = []
  const isLow = (i: number): boolean => (ratios[i] ?? 0) < threshold
  const isBack = (i: number): boolean => (ratios[i] ?? 0) >= threshold / 2
  for (let i = 0; i < ratios.length; i++) {
    if (!isLow(i) || !Array.from({ length: RUN }, (_, k) => k).every((k) => isLow(i + k))) continue
    let last = i + RUN - 1
    for (let k = last + 1; k < ratios.length && !(isBack(k) && isBack(k + 1)); k++) if (isLow(k)) last = k
    runs.push([i, last])
    i = last
  }
  return runs
}

interface Dating {
  readonly points: readonly LevelPoint[]
  readonly ratios: readonly number[]
  readonly stepMs: number
  readonly usual: number
}

/** The fall of a run with its brackets. A value is about the whole of its stretch, so that the later bound is its end. */
function fallOf([first, last]: readonly [number, number], { points, ratios, stepMs, usual }: Dating): LevelFall {
  const at = (i: number): Instant => points[i]!.at // only for places within the series
  let before: number | undefined = first - 1
  // before and after are within the series, which ratios follow
  while (before >= 0 && ratios[before]! < usual && at(first) - at(before) <= GRADUAL) before--
  if (before < 0) before = first > 0 ? 0 : undefined
  let after: number | undefined = last + 1
  while (after < points.length && ratios[after]! < usual && at(after) - at(last) <= GRADUAL) after++ // within the series
  if (after >= points.length) after = last + 1 < points.length ? points.length - 1 : undefined
  const shares = ratios.slice(first, last + 1).map((ratio) => Math.exp(ratio))
  const share = (value: number): number => (value <= NOTHING * 1.01 ? 0 : value)
  return {
    start: [before === undefined ? undefined : at(before), instant(at(first) + stepMs)],
    end: [at(last), after === undefined ? undefined : instant(at(after) + stepMs)],
    lowest: share(Math.min(...shares)),
    median: share(median(shares)),
  }
}
