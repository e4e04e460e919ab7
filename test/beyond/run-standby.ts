// A machine in reserve that takes over, again and again, after faults by chance: `npm test -- beyond standby`. Rounds and
// seed are options, --rounds and --seed; a second word chooses a place: folder, postgres, ceph.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startCeph, WITHOUT_CEPH } from '../kit/ceph/ceph.ts'
import { seeded } from '../kit/crash/volatile-disk.ts'
import { openStoppableProxy, type StoppableProxy } from '../kit/net/stopped-proxy.ts'
import { runTrial, type MachineFault, type TakeOver, type TrialPlace } from '../kit/servers/standby-trial.ts'
import { startPostgres, WITHOUT_POSTGRES } from '../kit/stores/postgres.ts'
import { BEYOND_WORDS, isChosen } from './words.ts'

const ROUNDS = Number(process.env['KUAGER_ROUNDS'] ?? 50)
const SEED = Number(process.env['KUAGER_SEED'] ?? Date.now() % 1_000_000)
/** Take-overs of one log: then its history is compared, and the next ones are of another log. */
const OF_ONE_LOG = 10
const chosen = (place: string): boolean => {
  const places = BEYOND_WORDS.filter((word) => ['folder', 'postgres', 'ceph'].includes(word))
  return isChosen('standby') && (places.length === 0 || places.includes(place))
}

/** Where machines agree, without the storage that each log has of its own. */
interface Agreed extends Pick<TrialPlace, 'cut' | 'restore'> {
  readonly kinds: readonly MachineFault[]
  readonly env: (nth: number) => Readonly<Record<string, string>>
  /** Address of a storage that is empty. */
  readonly storage: (log: number) => Promise<string>
}

const inSeconds = (times: readonly number[]): string => {
  const sorted = times.map((time) => time / 1000).toSorted((a, b) => a - b)
  return `median ${sorted[Math.floor(sorted.length / 2)]?.toFixed(1)} s, longest ${sorted.at(-1)?.toFixed(1)} s`
}

describe(`take-overs, seed ${SEED}`, () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-standby-'))))
  after(() => rm(root, { recursive: true, force: true }))
  const random = seeded(SEED + 1)

  async function trial(name: string, { kinds, env, storage, ...cuts }: Agreed): Promise<void> {
    const all: TakeOver[] = []
    let [checkpoints, acknowledged] = [0, 0]
    for (let log = 0; log * OF_ONE_LOG < ROUNDS; log++) {
      const count = Math.min(OF_ONE_LOG, ROUNDS - log * OF_ONE_LOG)
      const faults = Array.from({ length: count }, () => kinds[Math.floor(random() * kinds.length)] ?? 'kill')
      const address = await storage(log)
      const place = { ...cuts, of: (nth: number) => ({ args: ['--archive-store', address], env: env(nth) }) }
      const ended = await runTrial(join(root, `${name}-${log}`), place, faults, ({ fault, ledAfter, took }) =>
        process.stdout.write(
          `${name} ${fault}: led after ${(ledAfter / 1000).toFixed(1)} s, accepted after ${(took / 1000).toFixed(1)} s\n`,
        ),
      )
      all.push(...ended.takeOvers)
      checkpoints += ended.checkpoints
      acknowledged += ended.acknowledged
      process.stdout.write(
        `${name}: ${all.length} take-overs, to lead ${inSeconds(all.map(({ ledAfter }) => ledAfter))}, ` +
          `to accept ${inSeconds(all.map(({ took }) => took))}; ` +
          `${checkpoints} checkpoints, one history of each log; ${acknowledged} acknowledged and there\n`,
      )
    }
    // On a machine that does other work too, opening a folder takes longer.
    const longest = Math.max(...all.map(({ took }) => took))
    assert.ok(longest < 30_000, `a take-over took ${longest / 1000} s`)
  }
  /** A network of its own for each machine. */
  const networks = async (to: Parameters<typeof openStoppableProxy>[0]): Promise<readonly StoppableProxy[]> =>
    Promise.all(Array.from({ length: OF_ONE_LOG + 1 }, () => openStoppableProxy(to)))

  it('in a folder: killed or paused', { skip: !chosen('folder') }, () =>
    trial('folder', {
      kinds: ['kill', 'pause'],
      env: () => ({}),
      storage: async (log) => join(root, `store-${log}`),
    }),
  )

  it(
    'with PostgreSQL: killed, paused, or cut off from it',
    { skip: WITHOUT_POSTGRES || !chosen('postgres') },
    async () => {
      await using server = await startPostgres()
      const proxies = await networks({ path: server.socket })
      let database = ''
      try {
        await trial('postgres', {
          kinds: ['kill', 'pause', 'cut'],
          env: (nth) => ({ KUAGER_LEAD: `postgres://kuager@127.0.0.1:${proxies[nth]?.port ?? 0}${database}` }),
          async storage(log) {
            database = new URL((await server.database()).url.replace('@/', '@localhost/')).pathname
            return join(root, `store-of-postgres-${log}`)
          },
          cut: (nth) => proxies[nth]?.stop(),
          restore: (nth) => proxies[nth]?.goOn(),
        })
      } finally {
        for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
      }
    },
  )

  it('with Ceph: killed, paused, or cut off from it', { skip: WITHOUT_CEPH || !chosen('ceph') }, async () => {
    await using ceph = await startCeph()
    const proxies = await networks({ host: '127.0.0.1', port: Number(new URL(ceph.endpoint).port) })
    try {
      await trial('ceph', {
        kinds: ['kill', 'pause', 'cut'],
        env: (nth) => ({ ...ceph.env, KUAGER_S3_ENDPOINT: `http://127.0.0.1:${proxies[nth]?.port ?? 0}` }),
        storage: async () => `s3://${await ceph.bucket()}/kuager`,
        cut: (nth) => proxies[nth]?.stop(),
        restore: (nth) => proxies[nth]?.goOn(),
      })
    } finally {
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
    }
  })
})
