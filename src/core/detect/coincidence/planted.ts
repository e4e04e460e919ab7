import { DAY_MS, HOUR_MS, WEEK_MS } from '../../model/duration.ts'
import type { Random } from '../chain/random.ts'
import { linearTest, middleOf, weekTest, type LinearShifts, type ShiftSeries } from './shift.ts'

/** An effect of 35 %: that share of events is followed by an additional restriction. */
export const PLANTED_EFFECTS = [0.35, 0.7] as const

export interface Planting {
  readonly effect: number
  readonly linear: LinearShifts
  readonly level: number
  readonly runs: number
  readonly random: Random
}

const dayOf = (at: number, from: number): number => Math.floor((at - from) / DAY_MS)

/** The onsets turned by some whole weeks, so that a link in them is undone while their rhythm stays. */
function turned(series: ShiftSeries, onsets: readonly number[], random: Random): readonly number[] {
  const weeks = Math.floor(series.days / 7)
  const length = weeks * WEEK_MS
  const by = (1 + Math.floor(random.next() * Math.max(1, weeks - 1))) * WEEK_MS
  return onsets.filter((at) => at < series.from + length).map((at) => series.from + ((at - series.from + by) % length))
}

/** One series as it would be if the share `effect` of the events were each followed, within the hour, by an onset. */
function plant(series: ShiftSeries, onsets: readonly number[], { effect, random }: Planting): ShiftSeries {
  const base = turned(series, onsets, random)
  const added = series.events.filter(() => random.next() < effect).map((event) => event + random.next() * HOUR_MS)
  const days = new Set(added.map((at) => dayOf(at, series.from)))
  const kept = base.filter((at) => !days.has(dayOf(at, series.from)))
  return { ...series, onsets: [...kept, ...added].map((at) => [at]) }
}

/**
 * What these data could at best have shown: the share of `runs` series, each made of these very events and of these
 * very onsets turned against them with an effect planted, in which both tests reach the level. Where a link is real,
 * the onsets it made stay in the turned series as onsets of another cause: the figure is then too low, never too high.
 */
export function plantedPower(series: ShiftSeries, planting: Planting): number {
  const onsets = series.onsets
    .map(middleOf)
    .filter((at) => at >= series.from && at < series.from + series.days * DAY_MS)
  let claimed = 0
  for (let run = 0; run < planting.runs; run++) {
    const planted = plant(series, onsets, planting)
    if (weekTest(planted).p <= planting.level && linearTest(planted, planting.linear).p <= planting.level) claimed++
  }
  return planting.runs === 0 ? 0 : claimed / planting.runs
}
