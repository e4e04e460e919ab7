import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { defined } from '../../core/model/defined.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { instant, millis } from '../../core/model/units.ts'
import { openSenders } from '../../runtime/sender/sender.ts'
import type { PeopleBehind } from './limits.ts'
import { openFloodGuard } from './open-flood-guard.ts'

const START = Date.UTC(2026, 2, 5, 10)

function world(people: PeopleBehind = 'few', mostActs?: number) {
  let now = START
  const guard = openFloodGuard({
    clock: { now: () => instant(now), monotonic: () => millis(now - START) },
    senderOf: openSenders(['127.0.0.1']),
    peopleBehind: () => people,
    random: () => 0.5,
    ...defined({ mostActs }),
  })
  let next = 0
  /** Sends so many acts from an address; gives their names. */
  const send = (address: string | undefined, count: number): string[] =>
    Array.from({ length: count }, () => {
      const id = `act-${next++}`
      guard.note({ socket: '127.0.0.1', forwardedFor: address }, id)
      return id
    })
  /** What counts of these after the longest wait, and settles them. */
  const counted = (ids: readonly string[]): number => {
    now += 13 * HOUR_MS
    assert.equal(guard.early(ids).size, 0)
    const held = guard.judge(ids)
    guard.settle(ids)
    return ids.length - held.size
  }
  return { guard, send, counted, pass: (ms: number) => void (now += ms) }
}

describe('openFloodGuard() and parts of the network', () => {
  it('takes addresses of one /56 for one part, and parts of one /48 for one group', () => {
    const one = world()
    const house = Array.from({ length: 20 }, (_, n) =>
      one.send(`2a0b:f4c2:1:12${n.toString(16).padStart(2, '0')}::${n}`, 1),
    )
    assert.equal(one.counted(house.flat()), 0)
    const two = world()
    const prefix = (n: number): string => `2a0b:f4c2:1:${n.toString(16)}00::1`
    assert.equal(two.counted(Array.from({ length: 40 }, (_, n) => two.send(prefix(n), 1)).flat()), 40)
    const three = world()
    assert.equal(three.counted(Array.from({ length: 40 }, (_, n) => three.send(prefix(n), 2)).flat()), 0)
    const four = world()
    const apart = Array.from({ length: 60 }, (_, n) => four.send(`2a0b:f4c2:${n.toString(16)}::1`, 2))
    assert.equal(four.counted(apart.flat()), 120)
  })

  it('takes a /24 of IPv4 for one group', () => {
    const { send, counted } = world()
    assert.equal(counted(Array.from({ length: 50 }, (_, n) => send(`185.7.9.${n}`, 2)).flat()), 0)
  })

  it('takes all whose address is not known for one part', () => {
    const { send, counted } = world()
    const nobody = [undefined, 'unknown', 'none', '1.2.3', '']
    assert.equal(counted(nobody.flatMap((address) => send(address, 10))), 50)
    assert.ok(counted(nobody.flatMap((address) => send(address, 20))) < 3)
  })

  it('takes an address that leads to no one outside for a part of its own with many people, in no group', () => {
    const { send, counted } = world()
    const inside = ['10.1.2.3', '10.1.2.4', 'fd00::1', '192.168.7.7', '127.0.3.9', '127.0.3.10']
    assert.equal(counted(inside.flatMap((address) => send(address, 50))), 300)
    assert.equal(counted(send('172.16.0.9', 200)), 0)
    assert.equal(counted(send('172.16.0.10', 50)), 50)
  })

  it('gives acts of one flood one label, made of no address, and those of another another', () => {
    const { guard, send, pass } = world()
    const [one, two] = [send('185.7.9.1', 20), send('185.8.9.1', 20)]
    pass(13 * HOUR_MS)
    const held = guard.judge([...one, ...two])
    const labels = [one, two].map((ids) => new Set(ids.map((id) => held.get(id))))
    assert.ok(labels.every((some) => some.size === 1))
    assert.equal(new Set(labels.flatMap((some) => [...some])).size, 2)
    assert.match([...held.values()].join(' '), /^(?:[0-9a-f]{12} ?)+$/)
    assert.deepEqual(guard.judge(one), new Map([...held].slice(0, 20)))
  })

  it('lets acts wait, the first of a part for a short time, and floods no longer than that', () => {
    const { guard, send, pass } = world()
    const [first, second] = send('185.7.9.1', 2) as [string, string]
    assert.deepEqual([...guard.early([first, second])], [first, second])
    pass(11 * MINUTE_MS)
    assert.deepEqual([...guard.early([first, second])], [second])
    const flood = send('185.7.9.1', 30)
    assert.equal(guard.early(flood).size, 30)
    pass(11 * MINUTE_MS)
    assert.equal(guard.early([second, ...flood]).size, 0)
    assert.equal(guard.judge([first, second, ...flood]).size, 32)
  })

  it('lets nothing count of a part that fills, and its first ones when it fills no more', () => {
    const { guard, send, pass } = world('many')
    const ids = send('95.56.1.1', 16)
    pass(11 * MINUTE_MS)
    assert.equal(guard.early(ids).size, 16)
    pass(10 * MINUTE_MS)
    assert.deepEqual([...guard.early(ids)], ids.slice(10))
    assert.equal(guard.judge(ids.slice(0, 10)).size, 0)
  })

  it('lets none wait long in an ordinary hour of a part, however many came in the day before', () => {
    const { guard, send, pass } = world('many')
    for (let half = 0; half < 60; half++) {
      const ids = send('95.56.1.1', half < 48 ? 6 : 7)
      pass(11 * MINUTE_MS)
      if (half > 6) assert.equal(guard.early(ids).size, 0, `half hour ${half}`)
      pass(19 * MINUTE_MS)
      guard.settle(ids)
    }
    const more = send('95.56.1.1', 40)
    pass(21 * MINUTE_MS)
    assert.ok(guard.early(more).size > 10)
  })

  it('lets as many of a flooded part count as it usually sends, over midnight too', () => {
    const { guard, send, pass } = world('many')
    for (let hour = 0; hour < 24; hour++) {
      const ids = send('95.56.1.1', 12)
      pass(HOUR_MS)
      assert.equal(guard.judge(ids).size, 0)
      guard.settle(ids)
    }
    const flood = send('95.56.1.1', 2000)
    pass(20 * MINUTE_MS)
    const through = 2000 - guard.judge(flood).size
    // Of an hour and ten minutes, in which twelve counted already.
    assert.ok(through > 0 && through <= 14, String(through))
    assert.equal(guard.judge(flood).size, 2000 - through)
  })

  it('forgets what was settled, and what is not settled after two days', () => {
    const { guard, send, pass } = world()
    const [one, two] = send('185.7.9.1', 2) as [string, string]
    assert.ok(guard.knows(one) && !guard.knows('another'))
    guard.settle([one])
    assert.ok(!guard.knows(one) && guard.knows(two))
    assert.equal(guard.judge([one]).size, 0)
    pass(49 * HOUR_MS)
    send('185.8.9.1', 1)
    assert.ok(!guard.knows(two))
  })

  it('holds what it has no room for', () => {
    const { guard, send } = world('many', 10)
    const [ids, more] = [send('95.56.1.1', 10), send('95.57.1.1', 3)]
    assert.equal(guard.judge(ids).size, 0)
    assert.equal(guard.judge(more).size, 3)
    assert.ok(more.every((id) => guard.knows(id)))
    guard.settle(ids.slice(0, 6))
    assert.ok(more.every((id) => !guard.knows(id)))
  })

  it('shows no address when it is printed', () => {
    const { guard, send } = world()
    send('185.7.9.77', 3)
    assert.ok(!/185|7\.9|77/.test(inspect(guard, { depth: 10, showHidden: true })))
  })
})
