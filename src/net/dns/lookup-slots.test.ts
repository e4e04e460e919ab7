import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LookupSlots } from './lookup-slots.ts'

const signal = new AbortController().signal

describe('LookupSlots', () => {
  it('lets so many in at once, and the next in their order as places become free', async () => {
    const slots = new LookupSlots(2)
    const first = await slots.take(signal)
    const second = await slots.take(signal)
    const entered: string[] = []
    const enter = async (who: string): Promise<() => void> => {
      const free = await slots.take(signal)
      entered.push(who)
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
    assert.ok(await slots.take(signal))
    assert.ok(await slots.take(signal))
  })

  it('lets whoever gives up leave the queue', async () => {
    const slots = new LookupSlots(1)
    const free = await slots.take(signal)
    const controller = new AbortController()
    const gone = slots.take(controller.signal)
    const stays = slots.take(signal)
    controller.abort(new Error('run ended'))
    await assert.rejects(gone, /run ended/)
    free()
    assert.ok(await stays)
  })
})
