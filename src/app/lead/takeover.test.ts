import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openStoppableProxy } from '../../../test/kit/net/stopped-proxy.ts'
import { runTrial } from '../../../test/kit/servers/standby-trial.ts'
import { startPostgres, WITHOUT_POSTGRES } from '../../../test/kit/stores/postgres.ts'

describe('a machine in reserve', { timeout: 300_000 }, () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-standby-'))))
  after(() => rm(root, { recursive: true, force: true }))

  it('takes over from one that is killed, and from one that is paused and wakes again: one log, nothing shipped is lost', async (t) => {
    const place = { of: () => ({ args: ['--archive-store', join(root, 'store')], env: {} }) }
    const { takeOvers, checkpoints } = await runTrial(join(root, 'machines'), place, ['kill', 'pause'])
    assert.ok(checkpoints >= 4)
    t.diagnostic(`take-overs: ${takeOvers.map(({ took }) => `${(took / 1000).toFixed(1)} s`).join(', ')}`)
  })

  it('takes over from one whose network to the database is cut, with the registry there; the other then signs and accepts nothing', async (t) => {
    if (WITHOUT_POSTGRES !== false) return t.skip(WITHOUT_POSTGRES)
    await using server = await startPostgres()
    const url = new URL((await server.database()).url.replace('@/', '@localhost/'))
    const socket = join(url.searchParams.get('host') ?? '', '.s.PGSQL.5432')
    await using first = await openStoppableProxy({ path: socket })
    await using second = await openStoppableProxy({ path: socket })
    const place = {
      of: (nth: number) => ({
        args: ['--archive-store', join(root, 'store-2')],
        env: { KUAGER_REGISTRY: `postgres://kuager@127.0.0.1:${[first, second][nth]?.port ?? 0}${url.pathname}` },
      }),
      cut: () => first.stop(),
      restore: () => first.goOn(),
    }
    const { takeOvers } = await runTrial(join(root, 'machines-2'), place, ['cut'])
    t.diagnostic(`take-over: ${takeOvers.map(({ took }) => `${(took / 1000).toFixed(1)} s`).join(', ')}`)
  })
})
