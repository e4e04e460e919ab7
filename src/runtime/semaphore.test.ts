import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Semaphore } from './semaphore.ts'

const signal = new AbortController().signal

describe('Semaphore', () => {
  it('lets so many in at once, and the next in their order as places become free', async () => {
    const semaphore = new Semaphore({ places: 2 })
    const first = await semaphore.take(signal)
    const second = await semaphore.take(signal)
    const entered: string[] = []
    const enter = async (name: string): Promise<() => void> => {
      const free = await semaphore.take(signal)
      entered.push(name)
      return free
    }
    const third = enter('third')
    const fourth = enter('fourth')
    await Promise.resolve()
    assert.deepEqual(entered, [])
    first()
    first() // freed twice by mistake, it frees one place
    const freeThird = await third
    assert.deepEqual(entered, ['third'])
    second()
    const freeFourth = await fourth
    freeThird()
    freeFourth()
    assert.ok(await semaphore.take(signal))
    assert.ok(await semaphore.take(signal))
  })

  it('lets an act that was given up leave the queue', async () => {
    const semaphore = new Semaphore({ places: 1 })
    const free = await semaphore.take(signal)
    const controller = new AbortController()
    const gone = semaphore.take(controller.signal)
    const stays = semaphore.take(signal)
    controller.abort(new Error('run ended'))
    await assert.rejects(gone, /run ended/)
    free()
    assert.ok(await stays)
  })

  it('says whether it is idle, empty or full', async () => {
    const semaphore = new Semaphore({ places: 2, mostWaiting: 1 })
    const state = (): readonly boolean[] => [semaphore.isEmpty, semaphore.isIdle, semaphore.isFull]
    assert.deepEqual(state(), [true, true, false])
    const first = await semaphore.take()
    assert.deepEqual(state(), [false, true, false])
    const second = await semaphore.take()
    assert.deepEqual(state(), [false, false, false])
    const third = semaphore.take()
    assert.deepEqual(state(), [false, false, true])
    first()
    second()
    ;(await third)()
    assert.deepEqual(state(), [true, true, false])
  })

  it('begins an act at once where it is idle', async () => {
    const semaphore = new Semaphore({ places: 1 })
    let begun = false
    const done = semaphore.run(async () => void (begun = true))
    assert.equal(begun, true)
    await done
  })

  it('frees the place of an act that failed', async () => {
    const semaphore = new Semaphore({ places: 1 })
    await assert.rejects(
      semaphore.run(() => Promise.reject(new Error('broken'))),
      /broken/,
    )
    assert.equal(await semaphore.run(() => Promise.resolve(1)), 1)
  })
})
