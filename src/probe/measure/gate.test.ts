import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { Gate } from './gate.ts'

const open = (atOnce: number, livelyFor = 60_000): { readonly gate: Gate; readonly end: AbortController } => {
  const end = new AbortController()
  const limits = { atOnce, livelyFor: millis(livelyFor), pace: millis(0) }
  return { gate: new Gate(limits, { clock: systemClock, signal: end.signal }), end }
}

/** Lets everything that is ready go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('Gate', () => {
  it('lets so many begin at once, and the next in their order as places become free', async () => {
    const { gate } = open(2)
    const begun: string[] = []
    const ends = new Map<string, () => void>()
    const begin = (name: string): Promise<void> =>
      gate.run(() => {
        begun.push(name)
        return new Promise((resolve) => ends.set(name, resolve))
      })
    const all = ['a', 'b', 'c', 'd'].map(begin)
    await settle()
    assert.deepEqual(begun, ['a', 'b'])
    ends.get('b')?.()
    await settle()
    assert.deepEqual(begun, ['a', 'b', 'c'])
    ends.get('a')?.()
    await settle()
    assert.deepEqual(begun, ['a', 'b', 'c', 'd'])
    for (const end of ends.values()) end()
    await Promise.all(all)
  })

  it('lets what has begun end before what waits begins, so that halves of a pair stay together', async () => {
    const { gate } = open(1)
    const order: string[] = []
    const pair = async (name: string): Promise<void> => {
      for (const half of [1, 2, 3])
        await gate.run(
          async () => {
            order.push(`${name}${half}`)
            await settle()
          },
          { isNext: half > 1 },
        )
    }
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(pair))
    // One that waits may slip in when a place becomes free, before the next half is asked for: never more than one.
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const at = [1, 2, 3].map((half) => order.indexOf(`${name}${half}`))
      assert.ok(Math.max(...at.slice(1).map((one, nth) => one - at[nth]!)) <= 2, order.join(' ')) // three halves each
    }
  })

  it('lets later halves begin in the order of asking, so that none waits permanently', async () => {
    const { gate } = open(1)
    const order: string[] = []
    const held = Promise.withResolvers<undefined>()
    const first = gate.run(() => held.promise)
    const all = ['waits', 'next 1', 'next 2', 'next 3'].map((name) =>
      gate.run(() => Promise.resolve(order.push(name)), { isNext: name !== 'waits' }),
    )
    held.resolve(undefined)
    await Promise.all([first, ...all])
    assert.deepEqual(order, ['next 1', 'next 2', 'next 3', 'waits'])
  })

  it('takes back the place of what waits in vain', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { gate } = open(1, 1_500)
    const silent = Promise.withResolvers<string>()
    const first = gate.run(() => silent.promise)
    let begun = false
    const second = gate.run(() => {
      begun = true
      return Promise.resolve('second')
    })
    await settle()
    assert.equal(begun, false)
    t.mock.timers.tick(1_500)
    assert.equal(await second, 'second')
    silent.resolve('first')
    assert.equal(await first, 'first')
  })

  it('gives the place of what failed away, and turns all away with the reason when the run ends', async () => {
    const { gate, end } = open(1)
    await assert.rejects(
      gate.run(() => Promise.reject(new Error('broken'))),
      /broken/,
    )
    const held = Promise.withResolvers<undefined>()
    const first = gate.run(() => held.promise)
    const waiting = [gate.run(() => Promise.resolve()), gate.run(() => Promise.resolve(), { isNext: true })]
    end.abort(new Error('the run ends'))
    for (const one of waiting) await assert.rejects(one, /the run ends/)
    held.resolve(undefined)
    await first
    await assert.rejects(
      gate.run(() => Promise.resolve()),
      /the run ends/,
    )
  })
})
