import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ArrivalCurve } from './arrival-curve.ts'
import { millis } from '../../core/model/units.ts'

describe('ArrivalCurve', () => {
  it('has no points where nothing moved', () => assert.deepEqual(new ArrivalCurve().points, []))

  it('keeps at most 64 points, in order, apart, and always the first and the last', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 5000 })), {
      minLength: 1,
      maxLength: 600,
      size: 'max',
    })
    fc.assert(
      fc.property(steps, (moves) => {
        const curve = new ArrivalCurve()
        let [at, total] = [0, 0]
        const first = { at: moves[0]![0], total: moves[0]![1] } // minLength 1
        for (const [wait, bytes] of moves) curve.add(millis((at += wait)), (total += bytes))
        const { points } = curve
        assert.ok(points.length <= 64)
        assert.deepEqual(points[0], [first.at, first.total])
        assert.equal(points.at(-1)?.[1], total)
        points.slice(1).forEach(([moment, bytes], index) => {
          const before = points[index]! // one before each of the slice
          assert.ok(bytes > before[1] && moment >= before[0])
          if (index < points.length - 2) assert.ok(moment - before[0] >= 25)
        })
      }),
    )
  })

  it('counts a total told twice once', () => {
    const curve = new ArrivalCurve()
    curve.add(millis(0), 5)
    curve.add(millis(100), 5)
    assert.deepEqual(curve.points, [[0, 5]])
  })
})
