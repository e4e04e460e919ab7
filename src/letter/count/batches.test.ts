import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOWHERE, openLetterWorld, sampleLetter, sealedSigning } from '../../../test/kit/letter/letter-world.ts'
import { BATCH_LEAST_MS, BATCH_MS, BATCH_OF } from './batches.ts'

describe('a batch that does not go its usual way', () => {
  it('comes sooner only where so many count with it: those that have to wait hide no one', async () => {
    await using world = await openLetterWorld()
    const { desk, mail, guard, clock } = world
    await desk.publish(sampleLetter())
    const young = await Promise.all(Array.from({ length: BATCH_OF + 5 }, () => sealedSigning()))
    const confirmed = await sealedSigning({ mail: 'asel@example.org' })
    for (const { ct, signing } of [...young, confirmed]) {
      guard.young.add(ct)
      await desk.sign(signing, NOWHERE)
    }
    await desk.confirm(mail.token)
    const counted = async (): Promise<number | undefined> => (await desk.count('ashyq'))?.total
    clock.pass(2 * BATCH_LEAST_MS)
    await desk.tick()
    assert.equal(await counted(), 0)
    clock.pass(BATCH_MS)
    await desk.tick()
    assert.equal(await counted(), 1)
    guard.young.clear()
    clock.pass(BATCH_MS)
    await desk.tick()
    assert.equal(await counted(), BATCH_OF + 6)
  })

  it('is made again where the registry failed, also when no one signs any more', async () => {
    let failing = false
    await using world = await openLetterWorld({
      store: (store) =>
        new Proxy(store, {
          get(of, key) {
            const value: unknown = Reflect.get(of, key, of)
            if (typeof value !== 'function') return value
            return (...args: readonly unknown[]): unknown => {
              if (key === 'append' && failing) throw new Error('the disk is full')
              return Reflect.apply(value, of, args)
            }
          },
        }),
    })
    await world.desk.publish(sampleLetter())
    await world.desk.sign((await sealedSigning()).signing, NOWHERE)
    failing = true
    world.clock.pass(BATCH_MS)
    await world.desk.tick()
    failing = false
    world.clock.pass(BATCH_MS)
    await world.desk.tick()
    assert.equal((await world.desk.count('ashyq'))?.total, 1)
  })
})
