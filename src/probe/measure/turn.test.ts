import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { takeTurn, waitTurn } from './turn.ts'

describe('a turn in the folder of a probe', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-turn-'))))
  after(() => rm(root, { recursive: true }))

  it('is had by one at a time, and another kind of turn by another', async () => {
    const first = await takeTurn(root, 'measure')
    assert.ok(first.kind === 'held')
    const second = await takeTurn(root, 'measure')
    assert.equal(second.kind === 'taken' && second.holder?.pid, process.pid)
    const other = await takeTurn(root, 'send')
    assert.ok(other.kind === 'held')
    await other.turn[Symbol.asyncDispose]()
    await first.turn[Symbol.asyncDispose]()
    const again = await takeTurn(root, 'measure')
    assert.ok(again.kind === 'held')
    await again.turn[Symbol.asyncDispose]()
  })

  it('is waited for, said once, and had when it is free', async () => {
    const first = await takeTurn(root, 'measure')
    assert.ok(first.kind === 'held')
    let said = 0
    let looks = 0
    const wait = async (): Promise<void> => {
      if (++looks === 3) await first.turn[Symbol.asyncDispose]()
    }
    const { signal } = new AbortController()
    await using turn = await waitTurn(root, 'measure', { signal, wait, onWait: () => (said += 1) })
    assert.deepEqual([said, looks, typeof turn], [1, 3, 'object'])
  })

  it('is no longer waited for when the run ends', async () => {
    await using turn = await waitTurn(root, 'send', {
      signal: new AbortController().signal,
      wait: () => Promise.resolve(),
    })
    assert.ok(turn)
    const controller = new AbortController()
    const wait = (): Promise<void> => Promise.resolve(controller.abort(new Error('stopped')))
    await assert.rejects(waitTurn(root, 'send', { signal: controller.signal, wait }), /stopped/)
  })
})
