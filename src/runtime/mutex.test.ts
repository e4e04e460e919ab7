import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KeyedMutex, Mutex } from './mutex.ts'

/** Lets everything that is ready go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Acts that note when they begin and end. */
function acts(): { readonly order: string[]; readonly act: (name: string, fails?: boolean) => () => Promise<string> } {
  const order: string[] = []
  const act =
    (name: string, fails = false) =>
    async (): Promise<string> => {
      order.push(`${name} begins`)
      await settle()
      order.push(`${name} ends`)
      if (fails) throw new Error(`${name} is broken`)
      return name
    }
  return { order, act }
}

describe('Mutex', () => {
  it('runs one act after another, and the next after one that failed', async () => {
    const { order, act } = acts()
    const mutex = new Mutex()
    const [one, two] = await Promise.allSettled([mutex.run(act('one', true)), mutex.run(act('two'))])
    assert.deepEqual(order, ['one begins', 'one ends', 'two begins', 'two ends'])
    assert.equal(one.status, 'rejected')
    assert.deepEqual(two, { status: 'fulfilled', value: 'two' })
  })

  it('is settled after the acts asked for until then, and idle after those that came meanwhile', async () => {
    const { order, act } = acts()
    const mutex = new Mutex()
    const first = mutex.run(async () => {
      await act('one')()
      void mutex.run(act('two'))
    })
    await mutex.settled()
    assert.equal(order.includes('two ends'), false)
    await mutex.idle()
    assert.equal(order.includes('two ends'), true)
    await first
  })

  it('is idle although an act failed', async () => {
    const mutex = new Mutex()
    const broken = assert.rejects(mutex.run(acts().act('one', true)), /one is broken/)
    await mutex.idle()
    await broken
  })
})

describe('KeyedMutex', () => {
  it('runs one act at a time for each key, and does not wait for those of another', async () => {
    const { order, act } = acts()
    const mutex = new KeyedMutex()
    const [one] = await Promise.allSettled([
      mutex.run('k', act('one', true)),
      mutex.run('k', act('two')),
      mutex.run('other', act('three')),
    ])
    assert.equal(one.status, 'rejected')
    const ofKey = order.filter((line) => !line.startsWith('three'))
    assert.deepEqual(ofKey, ['one begins', 'one ends', 'two begins', 'two ends'])
    assert.ok(order.indexOf('three begins') < order.indexOf('one ends'))
  })
})
