import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { millis } from '../core/model/units.ts'
import { TokenBuckets } from './token-buckets.ts'

function buckets(most = 100): { readonly all: TokenBuckets; readonly wait: (seconds: number) => void } {
  let now = 0
  return {
    all: new TokenBuckets({ burst: 3, perSecond: 2, most }, { monotonic: () => millis(now) }),
    wait: (seconds) => void (now += seconds * 1000),
  }
}

describe('TokenBuckets', () => {
  it('lets a burst through, then tells how long to wait, and fills again', () => {
    const { all, wait } = buckets()
    assert.deepEqual(
      [1, 2, 3, 4].map(() => all.take('a')),
      [0, 0, 0, 1],
    )
    assert.equal(all.take('a', 3), 2)
    wait(0.5)
    assert.equal(all.take('a'), 0)
    assert.equal(all.take('a'), 1)
    wait(1000)
    assert.deepEqual(
      [1, 2, 3, 4].map(() => all.take('a')),
      [0, 0, 0, 1],
    )
  })

  it('counts each key separately', () => {
    const { all } = buckets()
    for (let i = 0; i < 4; i++) all.take('a')
    assert.equal(all.take('b'), 0)
  })

  it('forgets the key that was asked for longest ago, never the one of this call', () => {
    const { all } = buckets(2)
    for (let i = 0; i < 4; i++) all.take('a')
    all.take('b')
    all.take('a')
    all.take('c') // b is forgotten
    assert.equal(all.take('a'), 1)
  })

  it('lets a key owe tokens, up to one burst', () => {
    const { all, wait } = buckets()
    all.charge('a', 4)
    assert.equal(all.left('a'), -1)
    assert.equal(all.take('a'), 1)
    wait(1)
    assert.equal(all.take('a'), 0)
    all.charge('a', 1000)
    assert.equal(all.left('a'), -3)
    assert.equal(all.left('b'), 3)
  })
})
