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
    const [span, ...more] = findSpans(quarters(60), curve(60, { 29: 0.2, 30: 0.6, 31: 0.99, 32: 0.7 }), 0.95)
    assert.deepEqual(more, [])
    assert.deepEqual(span, { from: 30, to: 32, windowFrom: 21, windowTo: 41, peak: 0.99 })
  })

  it('leaves out a run whose peak is lower', () => {
    assert.deepEqual(findSpans(quarters(60), curve(60, { 30: 0.9, 31: 0.94 }), 0.95), [])
  })

  it('parts two runs at the quietest point between them', () => {
    const spans = findSpans(quarters(60), curve(60, { 30: 0.99, 31: 0.3, 32: 0.01, 33: 0.2, 34: 0.99 }), 0.95)
    assert.deepEqual(spans.map(({ windowFrom, windowTo }) => [windowFrom, windowTo]), [[21, 32], [32, 43]]) // prettier-ignore
  })

  it('stops at both ends of the series', () => {
    const [span] = findSpans(quarters(4), Float64Array.of(0.99, 0.99, 0.6, 0.1), 0.95)
    assert.deepEqual(span, { from: 0, to: 2, windowFrom: 0, windowTo: 3, peak: 0.99 })
  })
})
