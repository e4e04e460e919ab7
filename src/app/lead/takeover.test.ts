import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { runTrial } from '../../../test/kit/servers/standby-trial.ts'

describe('a machine in reserve', { timeout: 300_000 }, () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-standby-'))))
  after(() => rm(root, { recursive: true, force: true }))

  it('takes over from one that is killed, and from one that is paused and wakes again: one log, nothing shipped is lost', async (t) => {
    const place = { of: () => ({ args: ['--archive-store', join(root, 'store')], env: {} }) }
    const { takeOvers, checkpoints } = await runTrial(join(root, 'machines'), place, ['kill', 'pause'])
    assert.ok(checkpoints >= 4)
    t.diagnostic(`take-overs: ${takeOvers.map((took) => `${(took / 1000).toFixed(1)} s`).join(', ')}`)
  })
})
