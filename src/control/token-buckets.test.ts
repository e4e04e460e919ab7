import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { millis } from '../core/model/units.ts'
import { openPrefixKeys, TokenBuckets } from './token-buckets.ts'

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

  it('keeps one apart from another', () => {
    const { all } = buckets()
    for (let i = 0; i < 4; i++) all.take('a')
    assert.equal(all.take('b'), 0)
  })

  it('forgets whoever asked longest ago and never whoever asks now', () => {
    const { all } = buckets(2)
    for (let i = 0; i < 4; i++) all.take('a')
    all.take('b')
    all.take('a')
    all.take('c') // b is forgotten
    assert.equal(all.take('a'), 1)
  })
})

describe('openPrefixKeys()', () => {
  const keyOf = openPrefixKeys()
  it('is the same for one prefix, in every spelling, and another for the next', () => {
    assert.equal(keyOf('192.0.2.1'), keyOf('192.0.2.254'))
    assert.equal(keyOf('192.0.2.1'), keyOf('::ffff:192.0.2.9'))
    assert.notEqual(keyOf('192.0.2.1'), keyOf('192.0.3.1'))
    assert.equal(keyOf('2001:db8:1::1'), keyOf('2001:db8:1:ffff::2'))
    assert.notEqual(keyOf('2001:db8:1::1'), keyOf('2001:db8:2::1'))
  })
  it('leads back to nobody: another process gives another key', () => {
    assert.notEqual(keyOf('192.0.2.1'), openPrefixKeys()('192.0.2.1'))
    assert.doesNotMatch(keyOf('192.0.2.1'), /192/)
  })
})
