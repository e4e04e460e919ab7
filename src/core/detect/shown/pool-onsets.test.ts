import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MINUTE_MS } from '../../model/duration.ts'
import type { Edge } from '../../model/incident/incident.ts'
import { instant, parseAsn } from '../../model/units.ts'
import { pooledStart, poolOnset, type OnsetBounds, type Pooled } from './pool-onsets.ts'

/** Two days in minutes. */
const LATER = 2880
const EVENING = Date.UTC(2026, 2, 3, 15)

/** A start between two minutes of the evening, its median in the middle. */
function startOf(from: number, until: number, median = (from + until) / 2): Edge {
  const at = (minute: number) => instant(EVENING + Math.round(minute) * MINUTE_MS)
  const [lo50, hi50] = [(from + median) / 2, (median + until) / 2]
  const times = { lo95: at(from), lo50: at(lo50), median: at(median), hi50: at(hi50), hi95: at(until) }
  return { kind: 'dated', ...times, bracket: [at(from), at(until)] }
}

const one = (id: string, start: Edge, over: Partial<Pooled> = {}): Pooled => ({
  id,
  service: 'youtube',
  asn: parseAsn(64_500 + id.length),
  mechanism: 'tls.timeout.sni',
  state: 'restricted',
  start,
  ...over,
})
const own = one('own', startOf(0, 60))
const near = ['a', 'bb', 'cccc', 'ddddd'].map((id) => one(id, startOf(18, 22)))

const bounds = fc
  .tuple(fc.nat(400), fc.array(fc.nat(85), { minLength: 4, maxLength: 4 }))
  .map(([lo, [a = 0, b = 0, c = 0, d = 0]]): OnsetBounds => [
    lo,
    lo + a,
    lo + a + b,
    lo + a + b + c,
    lo + a + b + c + d,
  ])

describe('pooledStart()', () => {
  it('narrows the start of a sparse network to that of several others that began within minutes', () => {
    const pooled = pooledStart(own, near)
    assert.ok(pooled !== undefined && pooled.together > 0.5)
    assert.ok(Math.abs(pooled.median - (EVENING + 20 * MINUTE_MS)) <= 5 * MINUTE_MS)
    assert.ok(pooled.hi50 - pooled.lo50 < 30 * MINUTE_MS)
    assert.deepEqual(pooled.incidents, ['a', 'bb', 'cccc', 'ddddd'])
  })
  it('takes one start alone for chance where its interval is wide', () => {
    const pooled = pooledStart(own, near.slice(0, 1))
    assert.ok(pooled !== undefined && pooled.together < 0.5)
    assert.equal(pooled.lo95, own.start.lo95)
    assert.ok(pooled.hi95 >= EVENING + 55 * MINUTE_MS)
  })
  it('says nothing where no other incident of the service or the network is near', () => {
    assert.equal(pooledStart(own, []), undefined)
    const other = { service: 'telegram', asn: parseAsn(64_512) }
    assert.equal(pooledStart(own, [one('a', startOf(18, 22), other)]), undefined)
    assert.equal(pooledStart(own, [one('a', startOf(18, 22), { mechanism: 'dns.injected' })]), undefined)
    assert.equal(pooledStart(own, [one('a', startOf(18, 22), { state: 'insufficient' })]), undefined)
    assert.equal(pooledStart(own, [one('a', { kind: 'open', bracket: [undefined, undefined] })]), undefined)
  })
  it('never joins what began on different evenings, or is dated to more than six hours', () => {
    for (const evening of [-1440, 1440])
      assert.equal(pooledStart(own, [one('a', startOf(evening, evening + 5))]), undefined)
    assert.equal(pooledStart(own, [one('a', startOf(-400, 20))]), undefined)
    assert.equal(pooledStart(one('own', startOf(0, 361)), near), undefined)
  })
  it('takes only the best dated one of the other services of its network', () => {
    const asn = own.asn
    const others = [
      one('wide', startOf(5, 50), { service: 'telegram', asn }),
      one('sharp', startOf(19, 22), { service: 'signal', asn }),
    ]
    assert.deepEqual(pooledStart(own, others)?.incidents, ['sharp'])
  })
  it('does not depend on the order of the others, and leaves all incidents as they are', () => {
    const before = JSON.stringify([own, near])
    assert.deepEqual(pooledStart(own, near), pooledStart(own, near.toReversed()))
    assert.equal(JSON.stringify([own, near]), before)
  })
})

describe('poolOnset()', () => {
  it('never leaves the interval of the own start, and keeps its bounds in order', () => {
    fc.assert(
      fc.property(bounds, fc.array(bounds, { minLength: 1, maxLength: 6 }), (its, others) => {
        const { together, bounds: pooled } = poolOnset(its, others)
        assert.ok(together >= 0 && together <= 1)
        assert.ok(pooled[0] >= its[0] && pooled[4] <= its[4])
        for (let k = 1; k < 5; k++) assert.ok(pooled[k]! >= pooled[k - 1]!) // five
      }),
      { numRuns: 60 },
    )
  })
  it('gives the own interval back, to the minute, where the others are hours away', () => {
    fc.assert(
      fc.property(bounds, bounds, (its, other) => {
        const [lo95, lo50, median, hi50, hi95] = other
        const far = [lo95 + LATER, lo50 + LATER, median + LATER, hi50 + LATER, hi95 + LATER] as const
        const { together, bounds: pooled } = poolOnset(its, [far])
        assert.ok(together < 0.001)
        for (let k = 0; k < 5; k++) assert.ok(Math.abs(pooled[k]! - its[k]!) <= 2) // five
      }),
      { numRuns: 60 },
    )
  })
  it('is surer with each further network that began with it', () => {
    const [its, other]: readonly OnsetBounds[] = [[0, 5, 10, 15, 20], [8, 9, 10, 11, 12]] // prettier-ignore
    const shares = [1, 2, 3, 4].map(
      (count) =>
        poolOnset(
          its!,
          Array.from({ length: count }, () => other!),
        ).together,
    )
    assert.deepEqual(
      shares.toSorted((a, b) => a - b),
      shares,
    )
    assert.ok(shares[3]! > 0.9) // four
  })
})
