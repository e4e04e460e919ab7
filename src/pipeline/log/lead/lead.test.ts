import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { millis } from '../../../core/model/units.ts'
import { Lead } from './lead.ts'
import type { LeadRegister, SeenState } from './register.ts'

describe('a machine that leads', () => {
  it('writes once, and then again, however often it should have while the register did not answer', async () => {
    let seen: SeenState | undefined
    let swaps = 0
    let answers: Promise<void> = Promise.resolve()
    const register: LeadRegister = {
      name: 'register',
      read: async () => seen,
      async swap(before, state) {
        swaps++
        await answers
        if (seen?.version !== before) return undefined
        seen = { state, version: String(swaps) }
        return seen.version
      },
      [Symbol.asyncDispose]: async () => undefined,
    }
    const lead = new Lead({ register, clock: { monotonic: () => millis(0) }, holder: 'a', folder: 'b' })
    await lead.look({ origin: '', size: 0, root: new Uint8Array(32), generation: 1 })
    assert.ok(lead.leads && swaps === 1)
    let answer = (): void => undefined
    answers = new Promise((resolve) => (answer = resolve))
    const beats = Array.from({ length: 100 }, () => lead.beat())
    answer()
    await Promise.all(beats)
    assert.equal(swaps, 2)
    await lead.beat()
    assert.equal(swaps, 3)
    assert.equal(seen?.state.beat, 3)
  })
})
