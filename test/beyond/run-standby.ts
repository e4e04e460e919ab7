// A machine in reserve that takes over, again and again, after faults by chance: `npm test -- beyond standby`. Rounds and
// seed are in KUAGER_ROUNDS and KUAGER_SEED; a second word chooses a place: folder, postgres, ceph.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startCeph, WITHOUT_CEPH } from '../kit/ceph/ceph.ts'
import { seeded } from '../kit/crash/volatile-disk.ts'
import { openStoppableProxy, type StoppableProxy } from '../kit/net/stopped-proxy.ts'
import { runTrial, type MachineFault, type TrialPlace } from '../kit/servers/standby-trial.ts'
import { startPostgres, WITHOUT_POSTGRES } from '../kit/stores/postgres.ts'
import { BEYOND_WORDS, isChosen } from './words.ts'

const ROUNDS = Number(process.env['KUAGER_ROUNDS'] ?? 20)
const SEED = Number(process.env['KUAGER_SEED'] ?? Date.now() % 1_000_000)
const chosen = (place: string): boolean => {
  const places = BEYOND_WORDS.filter((word) => ['folder', 'postgres', 'ceph'].includes(word))
  return isChosen('standby') && (places.length === 0 || places.includes(place))
}

describe(`take-overs, seed ${SEED}`, () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-standby-'))))
  after(() => rm(root, { recursive: true, force: true }))
  const random = seeded(SEED + 1)
  const faultsOf = (kinds: readonly MachineFault[]): readonly MachineFault[] =>
    Array.from({ length: ROUNDS }, () => kinds[Math.floor(random() * kinds.length)] ?? 'kill')
  const trial = async (name: string, place: TrialPlace, kinds: readonly MachineFault[]): Promise<void> => {
    const { takeOvers, checkpoints, acknowledged } = await runTrial(join(root, name), place, faultsOf(kinds))
    const seconds = takeOvers.map((took) => took / 1000).toSorted((a, b) => a - b)
    process.stdout.write(
      `${name}: ${takeOvers.length} take-overs, median ${seconds[Math.floor(seconds.length / 2)]?.toFixed(1)} s, ` +
        `longest ${seconds.at(-1)?.toFixed(1)} s; ${checkpoints} checkpoints of one history; ${acknowledged} acknowledged and there\n`,
    )
    // On a machine that does other work too, opening a folder takes longer.
    assert.ok((seconds.at(-1) ?? 0) < 30, `a take-over took ${seconds.at(-1)} s`)
  }
  /** A network of its own for each machine. */
  const networks = async (to: Parameters<typeof openStoppableProxy>[0]): Promise<readonly StoppableProxy[]> =>
    Promise.all(Array.from({ length: ROUNDS + 1 }, () => openStoppableProxy(to)))

  it('in a folder: killed or paused', { skip: !chosen('folder') }, () =>
    trial('folder', { of: () => ({ args: ['--archive-store', join(root, 'store')], env: {} }) }, ['kill', 'pause']),
  )

  it(
    'with PostgreSQL: killed, paused, or cut off from it',
    { skip: WITHOUT_POSTGRES || !chosen('postgres') },
    async () => {
      await using server = await startPostgres()
      const url = new URL((await server.database()).url.replace('@/', '@localhost/'))
      const proxies = await networks({ path: join(url.searchParams.get('host') ?? '', '.s.PGSQL.5432') })
      try {
        await trial(
          'postgres',
          {
            of: (nth) => ({
              args: ['--archive-store', join(root, 'store-2')],
              env: { KUAGER_LEAD: `postgres://kuager@127.0.0.1:${proxies[nth]?.port ?? 0}${url.pathname}` },
            }),
            cut: (nth) => proxies[nth]?.stop(),
            restore: (nth) => proxies[nth]?.goOn(),
          },
          ['kill', 'pause', 'cut'],
        )
      } finally {
        for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
      }
    },
  )

  it('with Ceph: killed, paused, or cut off from it', { skip: WITHOUT_CEPH || !chosen('ceph') }, async () => {
    await using ceph = await startCeph()
    const bucket = await ceph.bucket()
    const proxies = await networks({ host: '127.0.0.1', port: Number(new URL(ceph.endpoint).port) })
    try {
      await trial(
        'ceph',
        {
          of: (nth) => ({
            args: ['--archive-store', `s3://${bucket}/kuager`],
            env: { ...ceph.env, KUAGER_S3_ENDPOINT: `http://127.0.0.1:${proxies[nth]?.port ?? 0}` },
          }),
          cut: (nth) => proxies[nth]?.stop(),
          restore: (nth) => proxies[nth]?.goOn(),
        },
        ['kill', 'pause', 'cut'],
      )
    } finally {
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
    }
  })
})
