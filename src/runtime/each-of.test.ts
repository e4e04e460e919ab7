import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eachOf } from './each-of.ts'

/** Lets everything that is ready go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('eachOf()', () => {
  it('gives the results in the order of the items, so many at a time', async () => {
    let lively = 0
    let most = 0
    const results = await eachOf([3, 1, 2, 5], 2, async (item) => {
      most = Math.max(most, ++lively)
      for (let turn = 0; turn < item; turn++) await settle()
      lively--
      return item * 10
    })
    assert.deepEqual(results, [30, 10, 20, 50])
    assert.equal(most, 2)
  })

  it('begins nothing more after a failure, and waits for what has begun', async () => {
    const begun: number[] = []
    let ended = false
    await assert.rejects(
      eachOf([0, 1, 2, 3], 2, async (item) => {
        begun.push(item)
        if (item === 0) throw new Error('broken')
        await settle()
        ended = true
      }),
      /broken/,
    )
    assert.deepEqual(begun, [0, 1])
    assert.ok(ended)
  })
})
