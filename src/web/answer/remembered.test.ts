import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { millis } from '../../core/model/units.ts'
import { remembered } from './remembered.ts'

describe('remembered()', () => {
  const open = () => {
    const state = { time: 0, made: 0, broken: false }
    const make = async (): Promise<number> => {
      if (state.broken) throw new Error('broken')
      return ++state.made
    }
    const ask = remembered(make, { clock: { monotonic: () => millis(state.time) }, freshMs: 100, staleMs: 50 })
    return { state, ask }
  }

  it('makes once for all who ask, and not again while it is fresh', async () => {
    const { state, ask } = open()
    assert.deepEqual(await Promise.all([ask(), ask()]), [1, 1])
    state.time = 99
    assert.equal(await ask(), 1)
  })

  it('gives the old one while the new one is made', async () => {
    const { state, ask } = open()
    await ask()
    state.time = 100
    assert.equal(await ask(), 1)
    assert.equal(state.made, 2)
    assert.equal(await ask(), 2)
  })

  it('lets the caller wait where the old one is too old', async () => {
    const { state, ask } = open()
    await ask()
    state.time = 150
    assert.equal(await ask(), 2)
  })

  it('keeps the old one where no new one can be made, until it is too old, and then tries again', async () => {
    const { state, ask } = open()
    await ask()
    state.broken = true
    state.time = 120
    assert.equal(await ask(), 1)
    state.time = 200
    await assert.rejects(ask(), /broken/)
    state.broken = false
    assert.equal(await ask(), 2)
  })
})
