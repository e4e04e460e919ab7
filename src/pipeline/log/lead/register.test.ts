import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { stoppingStore } from '../../../../test/kit/crash/stopping-store.ts'
import type { ObjectStore, PutCondition } from '../../../runtime/objects/contract.ts'
import { openObjects } from '../../../runtime/objects/open-objects.ts'
import { objectRegister, type LeadState } from './register.ts'

const STATE: LeadState = {
  ...{ origin: 'log', size: 0, root: Buffer.alloc(32), generation: 1, holder: 'a', folder: 'b', beat: 1, left: false },
}

describe('the register in an object storage', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-register-'))))
  after(() => rm(root, { recursive: true }))
  const open = async (): Promise<ObjectStore> => openObjects(await mkdtemp(join(root, 'store-')), {})
  /** A storage that does not know one of the conditions, and stores. */
  const careless = (store: ObjectStore, ignored: (condition: PutCondition) => boolean): ObjectStore => ({
    ...stoppingStore(store, { act: Number.POSITIVE_INFINITY, moment: 'before' }).store,
    put: (key, body, condition) =>
      condition === undefined || ignored(condition) ? store.put(key, body) : store.put(key, body, condition),
  })

  it('swaps a state over the version that was read, and no other', async () => {
    const register = objectRegister(await open())
    const first = await register.swap(undefined, STATE)
    assert.ok(first !== undefined)
    assert.equal(await register.swap(undefined, { ...STATE, beat: 2 }), undefined)
    assert.ok((await register.swap(first, { ...STATE, beat: 2 })) !== undefined)
    assert.equal(await register.swap(first, { ...STATE, beat: 3 }), undefined)
    assert.equal((await register.read())?.state.beat, 2)
  })

  it('is refused where the storage stores in spite of a condition, and nothing is in it', async () => {
    for (const [ignored, words] of [
      [(condition: PutCondition) => 'etag' in condition, /stores in spite of If-Match/],
      [(condition: PutCondition) => 'absent' in condition, /stores in spite of If-None-Match/],
    ] as const) {
      const register = objectRegister(careless(await open(), ignored))
      for (let tries = 0; tries < 2; tries++) await assert.rejects(register.swap(undefined, STATE), words)
      assert.equal(await register.read(), undefined)
    }
  })
})
