import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import { bocpd, hazardOf, likeliestChanges } from './bocpd.ts'
import { cusum, failureHours } from './cusum.ts'
import { fourFailed } from './four-failed.ts'
import { pelt } from './pelt.ts'
import { segmentsBetween } from './segment.ts'
import { burstsOf, type Trials } from './trials.ts'

const trialsAt = (rows: readonly (readonly [minute: number, probe: number, fail: 0 | 1])[]): Trials => ({
  at: Float64Array.from(rows, ([minute]) => minute * MINUTE_MS),
  probe: Int32Array.from(rows, ([, probe]) => probe),
  fail: Uint8Array.from(rows, ([, , fail]) => fail),
})
const constantHours = (level: number, hours: number, every = 1) =>
  Array.from({ length: hours }, (_, k) => ({ start: k * every * HOUR_MS, level }))

describe('cusum()', () => {
  it('crosses after the delays that follow from its rule', () => {
    for (const [level, hours] of [
      [1, 5],
      [0.9, 6],
      [0.8, 7],
      [0.7, 10],
      [0.5, 23],
      [0.4, 70],
    ] as const)
      assert.equal(cusum(constantHours(level, 200), { edd: 10 })[0]?.at, (hours + 1) * HOUR_MS, `level ${level}`)
    assert.deepEqual(
      cusum(constantHours(0.35, 5000), { edd: 10 }).filter(({ to }) => to === 'restricted'),
      [],
    )
  })

  it('never crosses on one observation in 25 hours', () => {
    assert.deepEqual(cusum(constantHours(1, 2000, 25), { edd: 10 }), [])
  })

  it('does not announce a series that is restricted from its start', () => {
    assert.deepEqual(
      cusum(constantHours(1, 100), { edd: 10 }).map(({ silent }) => silent),
      [true],
    )
  })

  it('announces a change from a known state, and the way back', () => {
    const hours = [0, 1, 0].flatMap((level, part) =>
      constantHours(level, 40).map(({ start }) => ({ start: start + part * 40 * HOUR_MS, level })),
    )
    const crossings = cusum(hours, { edd: 10 })
    assert.deepEqual(
      crossings.map(({ to, silent }) => [to, silent]),
      [
        ['open', true],
        ['restricted', false],
        ['open', false],
      ],
    )
    assert.equal(crossings[1]?.at, 46 * HOUR_MS)
  })

  it('takes the median of each hour with data', () => {
    const trials = trialsAt([
      [0, 0, 1],
      [10, 1, 0],
      [61, 0, 1],
      [62, 0, 1],
      [63, 1, 0],
      [300, 0, 0],
    ])
    assert.deepEqual(failureHours(trials), [
      { start: 0, level: 0.5 },
      { start: HOUR_MS, level: 1 },
      { start: 5 * HOUR_MS, level: 0 },
    ])
  })
})

/** Cost of a segmentation as BIC counts it, spelt out. */
function cost(fail: readonly number[], changes: readonly number[], penalty: number): number {
  const part = (k: number, n: number): number => (k === 0 ? 0 : -k * Math.log(k / n))
  return segmentsBetween(changes, fail).reduce((sum, { from, until, failed }) => {
    const n = until - from
    return sum + 2 * (part(failed, n) + part(n - failed, n))
  }, penalty * changes.length)
}

describe('pelt()', () => {
  it('finds a segmentation as cheap as the cheapest of all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 2, maxLength: 11 }),
        fc.double({ min: 0.1, max: 8, noNaN: true }),
        (fail, penalty) => {
          let least = Infinity
          for (let set = 0; set < 2 ** (fail.length - 1); set++) {
            const changes = fail.map((_, k) => k).filter((k) => k > 0 && (set >> (k - 1)) & 1)
            least = Math.min(least, cost(fail, changes, penalty))
          }
          const found = cost(fail, pelt(fail, { penalty }), penalty)
          assert.ok(Math.abs(found - least) < 1e-9, `${found} is not ${least}`)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('sees no change in a sequence that never changes or is too short', () => {
    assert.deepEqual(pelt([]), [])
    assert.deepEqual(pelt([1]), [])
    assert.deepEqual(pelt(new Uint8Array(5000)), [])
  })
})

describe('bocpd()', () => {
  const anySequence = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 60 })

  it('gives run lengths that sum to one and chances of a change between 0 and 1, with any gaps', () => {
    fc.assert(
      fc.property(anySequence, fc.double({ min: 0.01, max: 1e6, noNaN: true }), (fail, tau) => {
        const at = fail.map((_, k) => k * k)
        const { runLength, change } = bocpd(fail, { prior: [1, 1], hazard: hazardOf(at, tau) })
        assert.ok(Math.abs(runLength.reduce((sum, p) => sum + p, 0) - 1) < 1e-8)
        assert.ok(change.every((p) => p >= 0 && p <= 1 + 1e-9))
      }),
      { numRuns: 60 },
    )
  })

  it('survives equal times and gaps of years', () => {
    const at = [0, 0, 0, 1e12, 1e12, 2e12]
    const { logEvidence } = bocpd([0, 1, 0, 1, 1, 0], { prior: [1, 1], hazard: hazardOf(at, 1000) })
    assert.ok(Number.isFinite(logEvidence))
    assert.deepEqual(likeliestChanges([0, 1, 0, 1, 1, 0], { prior: [1, 1], hazard: hazardOf(at, 1000) }), [3, 5])
  })

  it('cuts a sequence where its level changes', () => {
    const fail = [...new Array<number>(60).fill(0), ...new Array<number>(20).fill(1), ...new Array<number>(60).fill(0)]
    assert.deepEqual(likeliestChanges(fail, { prior: [1, 1], hazard: 0.005 }), [60, 80])
  })
})

describe('fourFailed()', () => {
  it('wants four failures within an hour', () => {
    const rows = [0, 20, 40, 59].map((minute, k) => [minute, k % 2, 1] as const)
    assert.deepEqual(fourFailed(trialsAt(rows)), [{ from: 59 * MINUTE_MS, until: 59 * MINUTE_MS }])
    assert.deepEqual(fourFailed(trialsAt([...rows.slice(0, 3), [60, 1, 1]])), [])
  })

  it('wants two known probes', () => {
    const rows = [0, 10, 20, 30, 40].map((minute, k) => [minute, k % 2 === 0 ? 0 : -1, 1] as const)
    assert.deepEqual(fourFailed(trialsAt(rows)), [])
  })

  it('wants more than a third of the hour to fail', () => {
    const passes = Array.from({ length: 8 }, (_, k) => [k, 0, 0] as const)
    const fails = [10, 20, 30, 40].map((minute, k) => [minute, k % 2, 1] as const)
    assert.deepEqual(fourFailed(trialsAt([...passes, ...fails])), [])
  })
})

describe('burstsOf()', () => {
  it('makes one burst of the repeats of one probe, failed where half of it failed', () => {
    const bursts = burstsOf(
      trialsAt([
        [0, 0, 1],
        [1, 1, 0],
        [2, 0, 0],
        [4, 0, 1],
        [15, 0, 0],
      ]),
      5 * MINUTE_MS,
    )
    assert.deepEqual([...bursts.at], [0, MINUTE_MS, 15 * MINUTE_MS])
    assert.deepEqual([...bursts.fail], [1, 0, 0])
  })

  it('keeps trials of unknown probes apart', () => {
    const bursts = burstsOf(
      trialsAt([
        [0, -1, 1],
        [1, -1, 1],
      ]),
      5 * MINUTE_MS,
    )
    assert.equal(bursts.at.length, 2)
  })
})
