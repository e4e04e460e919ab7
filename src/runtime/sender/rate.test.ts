import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { instant, millis } from '../../core/model/units.ts'
import { RateLimit } from './rate.ts'

describe('RateLimit', () => {
  let now = 0
  const clock = { now: () => instant(Date.UTC(2025, 0, 1) + now), monotonic: () => millis(now) }
  const limit = new RateLimit(clock, { perSecond: 2, burst: 4 })
  const prefix = (address: string): string => limit.prefixOf(address) ?? ''

  it('counts a household of IPv6 and an address of IPv4 as one', () => {
    assert.equal(prefix('2a00:1fa0:4780:1200::1'), prefix('2a00:1fa0:4780:12ff:1:2:3:4'))
    assert.notEqual(prefix('2a00:1fa0:4780:1200::1'), prefix('2a00:1fa0:4780:1300::1'))
    assert.notEqual(prefix('95.56.1.1'), prefix('95.56.1.2'))
    assert.equal(prefix('::ffff:95.56.1.1'), prefix('95.56.1.1'))
    assert.equal(limit.prefixOf('no address'), undefined)
  })

  it('says how long to wait where the bucket is empty, and lets others pass', () => {
    const [one, two] = [prefix('95.56.1.1'), prefix('95.56.1.2')]
    for (let i = 0; i < 4; i++) assert.equal(limit.take(one), 0)
    assert.equal(limit.take(one), 1)
    assert.equal(limit.take(two), 0)
    now += 1000
    assert.deepEqual([limit.take(one), limit.take(one), limit.take(one)], [0, 0, 1])
  })

  it('lets a sender owe what its submissions cost, up to one burst', () => {
    const owing = prefix('95.56.9.9')
    limit.charge(owing, 5)
    assert.equal(limit.take(owing), 1)
    now += 1000
    assert.equal(limit.take(owing), 0)
    limit.charge(owing, 1000)
    assert.equal(limit.take(owing), 3) // a burst of 4 is owed, and one more is asked for
  })

  it('knows no one by yesterday’s name', () => {
    const before = prefix('95.56.1.1')
    assert.equal(prefix('95.56.1.1'), before)
    now += 86_400_000
    assert.notEqual(prefix('95.56.1.1'), before)
    assert.ok(!before.includes('95'.repeat(2)) && before.length === 16)
  })
})
