import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createRandom, type Random } from '../chain/random.ts'
import { eBenjaminiHochberg, pairEvidence } from './pair-process.ts'

/** The integral by Simpson's rule. */
function integral(named: number, n: number): number {
  const parts = 2000
  const f = (p: number): number => (2 * p) ** named * (2 - 2 * p) ** (n - named) * 2
  let sum = 0
  for (let at = 0; at <= parts; at++)
    sum += f(0.5 + at / (2 * parts)) * (at === 0 || at === parts ? 1 : at % 2 === 1 ? 4 : 2)
  return sum / (6 * parts)
}

describe('pairEvidence()', () => {
  it('is the integral over the bias of the coin', () => {
    for (const [named, n] of [
      [0, 0],
      [1, 1],
      [3, 4],
      [10, 10],
      [12, 30],
      [40, 60],
    ] as const)
      assert.ok(Math.abs(10 ** pairEvidence(named, n) / integral(named, n) - 1) < 1e-9, `${named} of ${n}`)
    assert.ok(Math.abs(10 ** pairEvidence(10, 10) - (2 ** 11 - 1) / 11) < 1e-6)
  })

  it('has mean 1 after each further pair under a fair coin, from any count', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (named, other) => {
        const n = named + other
        const next = (10 ** pairEvidence(named + 1, n + 1) + 10 ** pairEvidence(named, n + 1)) / 2
        assert.ok(Math.abs(next / 10 ** pairEvidence(named, n) - 1) < 1e-9)
      }),
      { numRuns: 100 },
    )
  })

  it('rises with each pair in which the name fails, and stays finite for thousands', () => {
    let last = -Infinity
    for (let named = 0; named <= 50; named++) {
      const now = pairEvidence(named, 50)
      assert.ok(now > last)
      last = now
    }
    assert.ok(pairEvidence(5000, 5000) > 1000 && Number.isFinite(pairEvidence(5000, 5000)))
    assert.throws(() => pairEvidence(3, 2), RangeError)
  })
})

/** One exchange fails with this probability. */
type Load = (hour: number) => number

/**
 * The greatest evidence of a week of one series: devices that make a pair every 15 minutes, both halves under one
 * load. In a shock all devices of an hour share a high load, and a broken edge fails half of all exchanges for hours.
 */
function greatest(random: Random, load: Load, devices: number): number {
  let named = 0
  let n = 0
  let most = 0
  for (let hour = 0; hour < 168; hour++) {
    const fails = load(hour)
    for (let device = 0; device < devices; device++)
      for (let turn = 0; turn < 4; turn++) {
        const target = random.next() < fails
        const control = random.next() < fails
        if (target === control) continue
        n++
        if (target) named++
        most = Math.max(most, pairEvidence(named, n))
        break // one of a device and hour
      }
  }
  return most
}

describe('the evidence of pairs under load', () => {
  const RUNS = 200
  const cases: readonly (readonly [string, (random: Random) => Load])[] = [
    ['a quiet line', () => () => 0.02],
    ['evening load', () => (hour) => (hour % 24 >= 18 ? 0.3 : 0.03)],
    [
      'shocks that all devices share',
      (random) => {
        const hours = Array.from({ length: 168 }, () => (random.next() < 0.1 ? 0.5 : 0.03))
        return (hour) => hours[hour] ?? 0.03
      },
    ],
  ]
  for (const [name, make] of cases)
    it(`reaches 20 at any time in at most 5 of 100 weeks: ${name}`, () => {
      const random = createRandom(11)
      let reached = 0
      for (let run = 0; run < RUNS; run++) if (greatest(random, make(random), 4) >= Math.log10(20)) reached++
      assert.ok(reached / RUNS <= 0.05, `${reached} of ${RUNS}`)
    })

  it('reaches 20 after eight pairs in which the name alone fails, and never where both names fail', () => {
    assert.ok(pairEvidence(7, 7) >= Math.log10(20))
    assert.equal(pairEvidence(0, 0), 0)
  })
})

describe('eBenjaminiHochberg()', () => {
  it('lets one series stand alone only at watched / alpha, and many together at less', () => {
    assert.deepEqual(eBenjaminiHochberg([3], 100, 0.05), [false])
    assert.deepEqual(eBenjaminiHochberg([3.31], 100, 0.05), [true])
    assert.deepEqual(eBenjaminiHochberg([2.9, 0, 3, 2.9], 100, 0.05), [true, false, true, true])
  })

  it('holds the share of false ones at alpha where all are null and dependent', () => {
    const random = createRandom(5)
    let wrong = 0
    for (let run = 0; run < 1000; run++) {
      const flips = Array.from({ length: 30 }, () => (random.next() < 0.5 ? 1 : 0)).reduce<number>((a, b) => a + b, 0)
      // Fifty series that saw the same shock.
      if (
        eBenjaminiHochberg(
          Array.from({ length: 50 }, () => pairEvidence(flips, 30)),
          50,
          0.05,
        ).some(Boolean)
      )
        wrong++
    }
    assert.ok(wrong / 1000 <= 0.05)
  })
})
