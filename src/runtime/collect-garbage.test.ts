import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { collectGarbage } from './collect-garbage.ts'

describe('collectGarbage()', () => {
  it('lets go of what is no longer held, and of nothing else', async () => {
    const held = { name: 'held' }
    const [kept, dropped] = [new WeakRef(held), new WeakRef({ name: 'dropped' })]
    // What was made in this turn is held until it ends.
    await collectGarbage()
    await collectGarbage()
    assert.equal(dropped.deref(), undefined)
    assert.equal(kept.deref(), held)
  })
})
