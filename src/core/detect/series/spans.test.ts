import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Points } from '../chain/points.ts'
import { findSpans } from './spans.ts'

const quarters = (count: number): Points => ({
  size: count,
  at: Float64Array.from({ length: count }, (_, k) => k * 900_000),
  hour: new Uint8Array(count),
  burst: new Int32Array(count),
})

const curve = (count: number, over: Readonly<Record<number, number>>): Float64Array =>
  Float64Array.from({ length: count }, (_, k) => over[k] ?? 0.001)

describe('findSpans()', () => {
  it('takes a run of ½ or more whose peak is high enough, with two quiet hours on each side', () => {
    const [span, ...more] = findSpans(quarters(60), curve(60, { 29: 0.2, 30: 0.6, 31: 0.99, 32: 0.7 }), { peak: 0.95 })
    assert.deepEqual(more, [])
    assert.deepEqual(span, {
      from: 30,
      to: 32,
      windowFrom: 21,
      windowTo: 41,
      peak: 0.99,
      cut: { start: false, end: false },
    })
  })

  it('leaves out a run whose peak is lower', () => {
    assert.deepEqual(findSpans(quarters(60), curve(60, { 30: 0.9, 31: 0.94 }), { peak: 0.95 }), [])
  })

  it('parts two runs at the quietest point between them', () => {
    const spans = findSpans(quarters(60), curve(60, { 30: 0.99, 31: 0.3, 32: 0.01, 33: 0.2, 34: 0.99 }), { peak: 0.95 })
    assert.deepEqual(spans.map(({ windowFrom, windowTo }) => [windowFrom, windowTo]), [[21, 32], [32, 43]]) // prettier-ignore
  })

  it('stops at both ends of the series', () => {
    const [span] = findSpans(quarters(4), Float64Array.of(0.99, 0.99, 0.6, 0.1), { peak: 0.95 })
    assert.deepEqual(span, {
      from: 0,
      to: 2,
      windowFrom: 0,
      windowTo: 3,
      peak: 0.99,
      cut: { start: false, end: false },
    })
  })

  it('ends a run where nothing was measured for too long, and begins another one after it', () => {
    const points = { ...quarters(40), burst: Int32Array.from({ length: 40 }, (_, k) => (k > 9 && k < 20 ? -1 : k)) }
    const restricted = new Float64Array(40).fill(0.99)
    const over = (from: number, until: number) => until - from < 2 * 3_600_000
    const bridged = { over, failed: () => true }
    assert.deepEqual(
      findSpans(points, restricted, { peak: 0.95, bridged }).map((one) => [one.windowFrom, one.windowTo, one.cut]),
      [
        [0, 9, { start: false, end: true }],
        [20, 39, { start: true, end: false }],
      ],
    )
    assert.equal(
      findSpans(points, restricted, { peak: 0.95, bridged: { over: () => true, failed: () => true } }).length,
      1,
    )
    const onlyAfter = { over, failed: (burst: number) => burst >= 20 }
    assert.equal(findSpans(points, restricted, { peak: 0.95, bridged: onlyAfter }).length, 1, 'no failure before it')
  })
})
