import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { instant, millis } from '../../core/model/units.ts'
import { openSenderRate } from './sender-rate.ts'

const clockAt = (): { at: number } & Parameters<typeof openSenderRate>[0] => {
  const clock = { at: 0, now: () => instant(clock.at), monotonic: () => millis(clock.at) }
  return clock
}

describe('the allowance of a sender', () => {
  it('is sixty heavy answers at once and ten a second after them, and says when to come back', () => {
    const clock = clockAt()
    const rate = openSenderRate(clock, [])
    const take = (socket: string): number => rate.take({ socket, forwardedFor: undefined }, 2).wait
    for (let asked = 0; asked < 60; asked++) assert.equal(take('192.0.2.1'), 0)
    assert.equal(take('192.0.2.1'), 1)
    assert.equal(take('192.0.2.2'), 0)
    clock.at += 1000
    for (let asked = 0; asked < 10; asked++) assert.equal(take('192.0.2.1'), 0)
    assert.equal(take('192.0.2.1'), 1)
  })

  it('is that of an address of IPv4, and of a /56 of IPv6', () => {
    const rate = openSenderRate(clockAt(), [])
    const left = (socket: string): number => rate.take({ socket, forwardedFor: undefined }, 1).left
    assert.equal(left('2001:db8:1:100::1'), 119)
    assert.equal(left('2001:db8:1:1ff::9'), 118)
    assert.equal(left('2001:db8:1:200::1'), 119)
    assert.equal(left('::ffff:192.0.2.7'), 119)
    assert.equal(left('192.0.2.7'), 118)
  })

  it('has no end for this machine and private networks, behind which everybody may stand', () => {
    const rate = openSenderRate(clockAt(), [])
    for (const socket of ['127.0.0.1', '::1', '::ffff:10.0.0.7', '172.17.0.1'])
      for (let asked = 0; asked < 200; asked++)
        assert.deepEqual(rate.take({ socket, forwardedFor: undefined }, 2), { left: 120, wait: 0 })
  })

  it('is that of the sender behind a trusted proxy, and of no one else who claims an address', () => {
    const rate = openSenderRate(clockAt(), ['198.51.100.0/24'])
    const left = (socket: string, forwardedFor: string): number => rate.take({ socket, forwardedFor }, 1).left
    assert.equal(left('198.51.100.1', '192.0.2.1'), 119)
    assert.equal(left('198.51.100.1', '192.0.2.2'), 119)
    assert.equal(left('198.51.100.2', '192.0.2.1'), 118)
    assert.equal(left('203.0.113.1', '192.0.2.1'), 119)
    assert.equal(left('203.0.113.1', '192.0.2.77'), 118)
  })
})
