import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { FairQueue } from './fair-queue.ts'

const queueOf = (items: readonly string[]): FairQueue<string> => {
  const queue = new FairQueue<string>((item) => item.slice(0, 1))
  for (const item of items) queue.push(item)
  return queue
}

describe('FairQueue', () => {
  it('takes one item of each sender in turn, those of one sender in their order', () => {
    const queue = queueOf(['a1', 'a2', 'a3', 'b1', 'c1', 'c2'])
    assert.deepEqual(
      queue.take(() => true),
      ['a1', 'b1', 'c1', 'a2', 'c2', 'a3'],
    )
    assert.equal(queue.length, 0)
  })

  it('goes on with the sender whose turn it is, and takes no more than fits', () => {
    const queue = queueOf(['a1', 'a2', 'b1', 'c1'])
    assert.deepEqual(
      queue.take((_, taken) => taken < 2),
      ['a1', 'b1'],
    )
    assert.deepEqual(
      queue.take(() => true),
      ['c1', 'a2'],
    )
  })

  it('puts back what was not tried in front of its sender’s other items', () => {
    const queue = queueOf(['a3', 'b2'])
    queue.putBack(['a1', 'b1', 'a2'])
    assert.deepEqual(queue.takeAllOf('a'), ['a1', 'a2', 'a3'])
    assert.equal(queue.length, 2)
    assert.deepEqual(queue.takeAllOf('b'), ['b1', 'b2'])
    assert.deepEqual(queue.takeAllOf('c'), [])
  })

  it('takes light items before heavy ones of any sender, but for every fourth time', () => {
    const queue = new FairQueue<string>(
      (item) => item,
      (item) => item.startsWith('heavy'),
    )
    for (let nth = 0; nth < 6; nth++) queue.push(`heavy ${nth}`)
    for (let nth = 0; nth < 6; nth++) queue.push(`light ${nth}`)
    const order = Array.from({ length: 12 }, () => queue.take((_, taken) => taken === 0)[0]?.slice(0, 5))
    assert.deepEqual(order.slice(0, 8), ['light', 'light', 'light', 'heavy', 'light', 'light', 'light', 'heavy'])
    assert.deepEqual(order.slice(8), ['heavy', 'heavy', 'heavy', 'heavy'])
    assert.equal(queue.length, 0)
  })

  it('takes light and heavy items never together, and heavy ones only if they may be taken now', () => {
    const queue = new FairQueue<string>(
      (item) => item,
      (item) => item.startsWith('heavy'),
    )
    for (const item of ['heavy 1', 'light 1', 'heavy 2', 'light 2']) queue.push(item)
    const all = (): boolean => true
    assert.deepEqual(queue.take(all), ['light 1', 'light 2'])
    assert.deepEqual(queue.take(all, { heavy: false }), [])
    assert.deepEqual(queue.take(all), ['heavy 1', 'heavy 2'])
  })

  it('loses and doubles nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-d][0-9]$/)), fc.nat(5), (items, most) => {
        const queue = queueOf(items)
        const first = queue.take((_, taken) => taken < most)
        queue.putBack(first.slice(1))
        const all = [...first.slice(0, 1), ...queue.take(() => true)]
        assert.deepEqual(all.toSorted(), items.toSorted())
        assert.equal(queue.length, 0)
      }),
    )
  })
})
