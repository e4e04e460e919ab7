import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { WEEK_MS } from '../../model/duration.ts'
import { SLOT_MS } from '../../model/people/report.ts'
import { localHours } from '../shown/local-hours.ts'
import { createRandom } from '../chain/random.ts'
import { upperTail } from '../statistics/counting.ts'
import { baselineAt, type ReportHistory } from './baseline.ts'
import type { ReportSignal } from '../../model/people/report-cell.ts'
import { findSignals } from './signals.ts'

const HOURS = localHours('Asia/Almaty')
const SINCE = Date.UTC(2025, 8, 1)

describe('upperTail()', () => {
  it('sums to one with what stands below, for both distributions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0.05, max: 40, noNaN: true }), (n, mean) => {
        for (const dispersion of [1, 1.5, 4]) {
          const step = upperTail(n, { mean, dispersion }) - upperTail(n + 1, { mean, dispersion })
          assert.ok(step >= -1e-12 && step <= 1)
        }
      }),
    )
  })

  it('gives what the formulas of Poisson and of the negative binomial give', () => {
    // One less the sums of e^-m m^k / k!, and of C(k + 2, k) / 2^(k + 3), computed in another language.
    const near = (found: number, right: number): void => assert.ok(Math.abs(found / right - 1) < 1e-6, `${found}`)
    near(upperTail(5, { mean: 0.5, dispersion: 1 }), 0.000172115629955841)
    near(upperTail(10, { mean: 3, dispersion: 1 }), 0.00110248812803078)
    near(upperTail(10, { mean: 3, dispersion: 2 }), 0.019287109375)
  })
})

interface Life {
  readonly weeks: number
  /** Mean of a slot at a local hour and weekday (0 to 6 of UTC days since the start). */
  readonly mean: (hour: number, day: number) => number
  /** Multiplies the mean of each hour by chance: variance of that factor. */
  readonly unrest?: number
  readonly seed: number
}

const poisson = (mean: number, random: () => number): number => {
  let [count, product] = [0, random()]
  const limit = Math.exp(-mean)
  while (product > limit) {
    count++
    product *= random()
  }
  return count
}

/** A factor with mean 1 and a variance of about `unrest`: two in three hours are calmer, one is not. */
const factor = (unrest: number, random: () => number): number =>
  random() < 2 / 3 ? 1 - Math.sqrt(unrest / 2) : 1 + Math.sqrt(unrest * 2)

function live({ weeks, mean, unrest = 0, seed }: Life): Map<number, number> {
  const { next: random } = createRandom(seed)
  const counts = new Map<number, number>()
  for (let hour = SINCE; hour < SINCE + weeks * WEEK_MS; hour += 4 * SLOT_MS) {
    const times = unrest === 0 ? 1 : factor(unrest, random)
    const of = mean(HOURS.hourAt(hour), Math.floor((hour - SINCE) / 86_400_000) % 7) * times
    for (let slot = hour; slot < hour + 4 * SLOT_MS; slot += SLOT_MS) {
      const count = poisson(of, random)
      if (count > 0) counts.set(slot, count)
    }
  }
  return counts
}

const historyOf = (counts: ReadonlyMap<number, number>): ReportHistory => ({
  since: SINCE,
  at: (slot) => counts.get(slot) ?? 0,
})

/** Signals of the slots from a week on to the end of the life. */
function signalsOf(counts: ReadonlyMap<number, number>, from: number, until: number): readonly ReportSignal[] {
  const shown = new Map([...counts].filter(([slot, count]) => slot >= from && slot < until && count >= 5))
  return findSignals({ shown, history: historyOf(counts), hours: HOURS, settled: until })
}

const daily = (hour: number): number => (hour >= 19 && hour <= 23 ? 1 : hour >= 8 ? 0.5 : 0.1)
const WEEKS = 26

describe('findSignals()', () => {
  it('rises in fewer than one in a thousand quiet spans of 15 minutes, at any usual level', () => {
    for (const level of [0.3, 1, 4, 15])
      for (const unrest of [0, 0.2]) {
        let [rose, slots] = [0, 0]
        for (const seed of [1, 2, 3]) {
          const counts = live({
            weeks: WEEKS + 2,
            mean: (hour, day) => level * daily(hour) * (day > 4 ? 1.5 : 1),
            unrest,
            seed,
          })
          const from = SINCE + WEEKS * WEEK_MS
          for (const { began, ended } of signalsOf(counts, from, from + 2 * WEEK_MS))
            rose += ((ended?.[1] ?? began[1]) - began[0]) / SLOT_MS
          slots += (2 * WEEK_MS) / SLOT_MS
        }
        assert.ok(rose / slots < 0.001, `level ${level}, unrest ${unrest}: ${rose} of ${slots}`)
      }
  })

  it('finds an evening on which many report, with the 15 minutes in which it began', () => {
    const start = SINCE + WEEKS * WEEK_MS + 2 * 86_400_000 + 15 * 3_600_000
    for (const level of [0, 1, 4]) {
      let found = 0
      for (let seed = 1; seed <= 20; seed++) {
        const counts = live({ weeks: WEEKS + 1, mean: (hour) => level * daily(hour), seed })
        const { next: random } = createRandom(seed + 100)
        for (let slot = start; slot < start + 8 * SLOT_MS; slot += SLOT_MS)
          counts.set(slot, (counts.get(slot) ?? 0) + poisson(10 + 2 * level, random))
        const [signal] = signalsOf(counts, start - 86_400_000, start + WEEK_MS / 7)
        if (signal?.kind === 'burst' && signal.began[0] === start && signal.ended?.[1] === start + 8 * SLOT_MS) found++
      }
      assert.ok(found >= 15, `level ${level}: ${found} of 20`)
    }
  })

  it('is not taught by an earlier trouble that trouble is usual', () => {
    const slot = SINCE + WEEKS * WEEK_MS + 15 * 3_600_000
    const counts = live({ weeks: WEEKS + 1, mean: () => 1, seed: 5 })
    for (const weeks of [3, 9]) for (let k = 0; k < 4; k++) counts.set(slot - weeks * WEEK_MS + k * SLOT_MS, 300)
    const usual = baselineAt(slot, historyOf(counts), HOURS)
    assert.ok(
      usual !== undefined && usual.mean > 0.7 && usual.mean < 1.5 && usual.dispersion < 1.6,
      JSON.stringify(usual),
    )
  })

  it('says only that reports rise where there are not four weeks of them', () => {
    const start = SINCE + 3 * WEEK_MS
    const counts = new Map([[start, 6]])
    assert.deepEqual(signalsOf(counts, start, start + 10 * SLOT_MS), [
      { kind: 'rising', began: [start, start + SLOT_MS], ended: [start, start + SLOT_MS], reports: 6, most: 6 },
    ])
  })

  it('does not say in the first weeks that reports rise where as many come on every evening', () => {
    for (const level of [4, 15])
      for (const days of [1, 3, 8, 20]) {
        let [rose, slots] = [0, 0]
        for (const seed of [11, 12, 13, 14]) {
          const counts = live({ weeks: 4, mean: (hour) => level * daily(hour), unrest: 0.1, seed })
          const from = SINCE + days * 86_400_000
          for (const { kind, began, ended, usual } of signalsOf(counts, from, from + 86_400_000)) {
            assert.deepEqual([kind, usual], ['rising', undefined])
            rose += ((ended?.[1] ?? began[1]) - began[0]) / SLOT_MS
          }
          slots += 96
        }
        assert.ok(rose / slots < 0.02, `level ${level}, after ${days} days: ${rose} of ${slots}`)
      }
  })

  it('sees trouble in the first weeks', () => {
    const start = SINCE + 8 * 86_400_000 + 15 * 3_600_000
    for (const level of [0, 1, 4]) {
      const counts = live({ weeks: 2, mean: (hour) => level * daily(hour), seed: 21 })
      for (let slot = start; slot < start + 4 * SLOT_MS; slot += SLOT_MS)
        counts.set(slot, (counts.get(slot) ?? 0) + 7 + 3 * level)
      const found = signalsOf(counts, start - 4 * SLOT_MS, start + 8 * SLOT_MS)
      assert.ok(
        found.some(({ kind, began }) => kind === 'rising' && began[0] === start),
        `level ${level}: ${JSON.stringify(found)}`,
      )
    }
  })

  it('continues until two spans of 15 minutes have passed without rising', () => {
    const start = SINCE + 8 * WEEK_MS
    const counts = new Map([0, 1, 3, 6].map((at) => [start + at * SLOT_MS, 9] as const))
    const found = signalsOf(counts, start, start + 8 * SLOT_MS)
    assert.deepEqual(
      found.map(({ began, ended }) => [
        (began[0] - start) / SLOT_MS,
        ended === undefined ? 'goes on' : (ended[0] - start) / SLOT_MS,
      ]),
      [
        [0, 3],
        [6, 'goes on'],
      ],
    )
  })
})
