import { DAY_MS, HOUR_MS, WEEK_MS } from '../../model/duration.ts'
import type { Random } from '../chain/random.ts'
import { linearTest, middleOf, weekTest, type LinearShifts, type ShiftSeries } from './shift.ts'

/** An effect of 35 %: that share of events is followed by an additional restriction. */
export const PLANTED_EFFECTS = [0.35, 0.7] as const

/**
 * Share of restrictions of an evening that the detector finds: on simulated series (docs/methods/simulated-series.md).
 * In the field it is not known.
 */
export const FOUND = 0.93
/** Draws of an onset that are kept while planting: fewer than in the test, for speed. */
const THINNED = 10

export interface Planting {
  readonly effect: number
  readonly linear: LinearShifts
  readonly level: number
  readonly runs: number
  readonly random: Random
  /** Share of planted restrictions that is detected; 1 means: each, and dated exactly. */
  readonly found: number
  /** Whether the series was watched at a time on the wall clock. */
  readonly watched: (at: number) => boolean
}

const dayOf = (at: number, from: number): number => Math.floor((at - from) / DAY_MS)

/** Equally likely instants of one onset. */
type Draws = readonly number[]

/** The onsets turned by some whole weeks, so that a link in them is undone while their rhythm stays. */
function turned(series: ShiftSeries, onsets: readonly Draws[], random: Random): readonly Draws[] {
  const weeks = Math.floor(series.days / 7)
  const length = weeks * WEEK_MS
  const by = (1 + Math.floor(random.next() * Math.max(1, weeks - 1))) * WEEK_MS
  return onsets
    .filter((draws) => middleOf(draws) < series.from + length)
    .map((draws) => {
      const moved = series.from + ((middleOf(draws) - series.from + by) % length) - middleOf(draws)
      return draws.map((at) => at + moved)
    })
}

/**
 * The draws of an onset that truly was at `at`, dated as one of the series' own onsets is: its interval is as wide, and
 * the truth is anywhere in it by that interval's own law.
 */
function datedLike(at: number, onsets: readonly Draws[], random: Random): Draws {
  const model = onsets[Math.floor(random.next() * onsets.length)]
  if (model === undefined) return [at]
  const truth = model[Math.floor(random.next() * model.length)] ?? middleOf(model)
  return model.map((draw) => at + draw - truth)
}

/** One series as it would be if the share `effect` of the events were each followed, within the hour, by an onset. */
function plant(series: ShiftSeries, onsets: readonly Draws[], planting: Planting): ShiftSeries {
  const { effect, random, found, watched } = planting
  const base = turned(series, onsets, random)
  const added = series.events
    .filter(() => random.next() < effect)
    .map((event) => event + random.next() * HOUR_MS)
    .filter((at) => watched(at) && random.next() < found)
    .map((at) => (found < 1 ? datedLike(at, onsets, random) : [at]))
  const days = new Set(added.map((draws) => dayOf(middleOf(draws), series.from)))
  const kept = base.filter((draws) => !days.has(dayOf(middleOf(draws), series.from)))
  return { ...series, onsets: [...kept, ...added] }
}

/**
 * What these data could have shown: the share of `runs` series, each made of these very events and of these very onsets
 * turned against them with an effect planted, in which both tests reach the level. `found` is the share of planted
 * restrictions that is detected, and only in watched hours; below 1 they are also dated with the error of the onsets
 * at hand, at 1 exactly. Where a link is real, the onsets it made stay in the turned series as onsets of another cause,
 * which lowers the figure; where the detector finds less here than on simulated series, the figure is too high.
 */
export function plantedPower(series: ShiftSeries, planting: Planting): number {
  const onsets = series.onsets
    .filter((draws) => middleOf(draws) >= series.from && middleOf(draws) < series.from + series.days * DAY_MS)
    .map((draws) => (planting.found < 1 ? thinned(draws) : [middleOf(draws)]))
  let claimed = 0
  for (let run = 0; run < planting.runs; run++) {
    const planted = plant(series, onsets, planting)
    if (weekTest(planted).p <= planting.level && linearTest(planted, planting.linear).p <= planting.level) claimed++
  }
  return planting.runs === 0 ? 0 : claimed / planting.runs
}

/** Every n-th of many draws. */
function thinned(draws: ArrayLike<number>): Draws {
  const step = Math.max(1, Math.floor(draws.length / THINNED))
  return Array.from(draws).filter((_, index) => index % step === step >> 1)
}
