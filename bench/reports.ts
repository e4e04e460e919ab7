// How often reports of people rise by chance: quarters of an hour of made-up crowds that the rules were not made with.
import { localHours } from '../src/core/detect/shown/local-hours.ts'
import { findSignals } from '../src/core/detect/reports/signals.ts'
import { createRandom } from '../src/core/detect/chain/random.ts'
import { DAY_MS, HOUR_MS, WEEK_MS } from '../src/core/model/duration.ts'
import { SLOT_MS } from '../src/core/model/people/report.ts'
import type { Bench, Figure } from './run.ts'

const HOURS = localHours('Asia/Almaty')
const SINCE = Date.UTC(2025, 8, 1)
const MEANS = [1, 4, 15] as const
const SEEDS = 40
const FEW_SEEDS = 3
/** Of the usual mean of an evening, hour by hour of the day. */
const COURSE = [
  0.25, 0.15, 0.1, 0.07, 0.06, 0.08, 0.15, 0.3, 0.45, 0.5, 0.55, 0.6, 0.6, 0.6, 0.6, 0.65, 0.7, 0.75, 0.85, 0.95, 1, 1,
  0.9, 0.55,
] as const

interface Crowd {
  readonly name: string
  readonly weeksBefore: number
  /** Weeks that are looked at behind them. */
  readonly weeks: number
  /** By which part reports grow in a week. */
  readonly growth?: number
  /** Variance of a factor of each day, and of one of each hour. */
  readonly unrest?: number
}

const CROWDS: readonly Crowd[] = [
  { name: '26 weeks, calm', weeksBefore: 26, weeks: 2 },
  { name: '26 weeks, days and hours differ', weeksBefore: 26, weeks: 2, unrest: 0.1 },
  { name: '26 weeks, growing by 3 % a week', weeksBefore: 26, weeks: 2, growth: 0.03 },
  { name: '26 weeks, growing by 8 % a week, differing', weeksBefore: 26, weeks: 2, growth: 0.08, unrest: 0.1 },
  { name: 'one week, differing', weeksBefore: 1, weeks: 1, unrest: 0.1 },
  { name: 'three weeks, differing', weeksBefore: 3, weeks: 1, unrest: 0.1 },
]

function poisson(mean: number, random: () => number): number {
  let [count, product] = [0, random()]
  for (const limit = Math.exp(-mean); product > limit; count++) product *= random()
  return count
}

/** A log-normal factor of mean 1. */
function factor(variance: number, random: () => number): number {
  const spread = Math.sqrt(Math.log(1 + variance))
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.exp(normal * spread - spread ** 2 / 2)
}

/** Reports of each quarter of an hour in which there were any. */
function live({ weeksBefore, weeks, growth = 0, unrest = 0 }: Crowd, mean: number, seed: number): Map<number, number> {
  const { next: random } = createRandom(seed)
  const counts = new Map<number, number>()
  const days = (weeksBefore + weeks) * 7
  for (let day = 0; day < days; day++) {
    const ofDay = factor(unrest, random) * (1 + growth) ** ((day - days) / 7) * (day % 7 > 4 ? 1.3 : 1)
    for (let hour = SINCE + day * DAY_MS; hour < SINCE + (day + 1) * DAY_MS; hour += HOUR_MS) {
      const usual = mean * (COURSE[HOURS.hourAt(hour)] ?? 0) * ofDay * factor(unrest, random)
      for (let slot = hour; slot < hour + HOUR_MS; slot += SLOT_MS) {
        const count = poisson(usual, random)
        if (count > 0) counts.set(slot, count)
      }
    }
  }
  return counts
}

/** Quarters in 10,000 that rise although nothing happened. */
function falseRises(crowd: Crowd, mean: number, seeds: number): number {
  let [rose, slots] = [0, 0]
  const from = SINCE + crowd.weeksBefore * WEEK_MS
  const until = from + crowd.weeks * WEEK_MS
  for (let seed = 1; seed <= seeds; seed++) {
    const counts = live(crowd, mean, seed)
    const shown = new Map([...counts].filter(([slot, count]) => slot >= from && count >= 5))
    const history = { since: SINCE, at: (slot: number) => counts.get(slot) ?? 0 }
    for (const { began, ended } of findSignals({ shown, history, hours: HOURS, settled: until }))
      rose += ((ended?.[1] ?? began[1]) - began[0]) / SLOT_MS
    slots += (until - from) / SLOT_MS
  }
  return Math.round((rose / slots) * 1e5) / 10
}

export const bench: Bench = {
  summary: 'reports of people: how often a quiet quarter of an hour rises, by made-up crowds',
  run({ quick }) {
    const seeds = quick ? FEW_SEEDS : SEEDS
    const rows = CROWDS.map((crowd) => ({
      crowd: crowd.name,
      per_10000: MEANS.map((mean) => falseRises(crowd, mean, seeds)),
    }))
    const table: readonly Figure[] = rows.map(({ crowd, per_10000: found }) => ({
      figure: `${crowd}: rise of 10,000, means ${MEANS.join(', ')}`,
      value: found.join(', '),
    }))
    return Promise.resolve({ table, json: { level_per_10000: 10, means: MEANS, crowds: rows } })
  },
}
