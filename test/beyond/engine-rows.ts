import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { LEAF_CODEC } from '../../src/core/evidence/log/leaf-record.ts'
import { VIEW_KEY } from '../../src/app/view/view-format.ts'
import { openObjects } from '../../src/runtime/objects/open-objects.ts'
import { openArchive } from '../../src/store/archive/open.ts'
import { parseWarehouseAddress } from '../../src/store/warehouse/server/address.ts'
import { openClickHouse } from '../../src/store/warehouse/server/clickhouse.ts'
import { startCeph, WITHOUT_CEPH } from '../kit/ceph/ceph.ts'
import { until } from '../kit/crash/eventually.ts'
import type { TrialOutcome } from '../kit/edge/trial-world.ts'
import { openCuttableWay, type CuttableWay } from '../kit/net/cuttable.ts'
import { startFaultyProxy, type ConnectionFault } from '../kit/net/faulty-proxy.ts'
import { KuagerProcesses, type KuagerProcess } from '../kit/servers/kuager-process.ts'
import { ObservatoryWorld, type ObservatoryOptions } from '../kit/servers/observatory-world.ts'
import { giveKeys, Machine } from '../kit/servers/standby-pair.ts'
import { leavesById } from '../kit/servers/standby-trial.ts'
import { startClickHouse } from '../kit/stores/clickhouse-server.ts'
import { startPostgres, WITHOUT_POSTGRES } from '../kit/stores/postgres.ts'
import { checkShipped } from '../kit/stores/shipped-archive.ts'
import type { FailureRow, RowRun } from './row.ts'

/** One way in which an engine is lost; what it gives brings it back. */
type Loss = (chance: () => number, world: ObservatoryWorld) => Promise<() => Promise<void>>

/** How often the server is killed and started again while the engine is lost. */
const KILLED_TOO = 0.15
/** Time for which an engine is lost at most. */
const LOST_MS = 4000
/** A server finds that an engine is back within seconds; its start on a busy machine takes longer. */
const BACK_MS = 240_000

interface Trial extends RowRun {
  readonly options: ObservatoryOptions
  readonly losses: readonly Loss[]
  /** Whether the server is killed too, now and then, while the engine is lost; absent: it is. */
  readonly killsServer?: false
  /** Starts what is asked in place of the server. */
  readonly began?: (world: ObservatoryWorld) => Promise<void>
}

/** Lets one server work while an engine of its is lost again and again. `look`: compares what the engine holds then. */
async function runTrial(
  { root, rounds, chance, options, losses, began, killsServer }: Trial,
  look: (world: ObservatoryWorld, outcome: TrialOutcome) => Promise<void>,
): Promise<TrialOutcome> {
  await using world = await ObservatoryWorld.open(root, options)
  let last: Loss | undefined
  try {
    await began?.(world)
    for (let round = 0; round < rounds; round++) {
      await world.more(3)
      await pause(300 * chance())
      last = losses[Math.floor(chance() * losses.length)]
      const restore = await last?.(chance, world)
      const isKilled = chance() < KILLED_TOO && killsServer !== false
      await pause((LOST_MS * chance()) / 2)
      if (isKilled) await world.kill()
      await pause((LOST_MS * chance()) / 2)
      if (isKilled) await world.start()
      await restore?.()
    }
    const outcome = await world.settle(BACK_MS)
    await look(world, outcome)
    // A server that ends instead of waiting for its engine is a fault of ours, though a service manager starts it again.
    if (world.ends > 0) process.stdout.write(`the server ended by itself ${world.ends} times\n`)
    return outcome
  } catch (error) {
    throw new Error(`after ${last?.name}: ${world.said}`, { cause: error })
  }
}

const cutting = (way: CuttableWay, how: Parameters<CuttableWay['cut']>[0]): Loss =>
  Object.defineProperty(
    async () => {
      way.cut(how)
      return async () => way.restore()
    },
    'name',
    { value: typeof how === 'object' ? 'error' : how },
  )

const ERROR = {
  answer: 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbusy',
} as const

const WAREHOUSE: FailureRow = {
  lost: 'warehouse',
  async run(how) {
    await using server = await startClickHouse()
    await using way = await openCuttableWay()
    const direct = server.address()
    const address = new URL(direct)
    way.lead(Number(address.port))
    address.port = String(way.port)
    const losses: readonly Loss[] = [
      async function killed() {
        await server.kill()
        return () => server.begin()
      },
      ...[cutting(way, 'refused'), cutting(way, 'silent'), cutting(way, ERROR)],
      async function answersLost(chance) {
        await server.lose(1 + Math.floor(3 * chance()), 'INSERT')
        return async () => undefined
      },
    ]
    const options = { env: { KUAGER_WAREHOUSE: address.href } }
    return await runTrial({ ...how, options, losses }, async (_, { acknowledged, found }) => {
      await using engine = await openClickHouse(parseWarehouseAddress(direct), { readOnly: true, uses: new Map() })
      // Each measurement is shown, by `settle`; here that none is there twice under two leaves.
      const [row] = await engine.query('SELECT count() AS rows, uniqExact(id) AS ids FROM verdicts FINAL', {})
      assert.equal(row?.['rows'], row?.['ids'], 'a measurement has two verdicts')
      assert.ok(Number(row?.['ids']) >= found && found === acknowledged, 'each acknowledged one has a verdict')
    })
  },
}

const SLOW_DOWN =
  'HTTP/1.1 503 Slow Down\r\ncontent-length: 53\r\nconnection: close\r\n\r\n<?xml version="1.0"?><Error><Code>SlowDown</Code></Er'
const CONNECTION_FAULTS: readonly ((chance: () => number) => ConnectionFault)[] = [
  (chance) => ({ kind: 'cut-request', after: Math.floor(2000 * chance()) }),
  (chance) => ({ kind: 'cut-answer', after: Math.floor(400 * chance()) }),
  (chance) => ({ kind: 'damage-request', at: 600 + Math.floor(2000 * chance()) }),
  () => ({ kind: 'answer', text: SLOW_DOWN }),
]

const S3: FailureRow = {
  lost: 'S3 (Ceph)',
  skip: WITHOUT_CEPH,
  async run(how) {
    await using ceph = await startCeph()
    await using proxy = await startFaultyProxy(Number(new URL(ceph.endpoint).port))
    await using way = await openCuttableWay()
    way.lead(proxy.port)
    const bucket = await ceph.bucket()
    const quota = async (...more: readonly string[]): Promise<unknown> =>
      ceph.admin('quota', ...more, '--quota-scope', 'bucket', '--uid', 'kuager', '--bucket', bucket)
    await quota('set', '--max-objects', '1')
    const losses: readonly Loss[] = [
      async function gatewayKilled() {
        await ceph.killGateway()
        return () => ceph.beginGateway()
      },
      ...[cutting(way, 'refused'), cutting(way, 'silent'), cutting(way, ERROR)],
      async function connectionsFail(chance) {
        for (let count = 0; count < 6; count++) {
          proxy.next(CONNECTION_FAULTS[Math.floor(chance() * CONNECTION_FAULTS.length)]!(chance)) // within the list
          await pause(300 * chance())
        }
        return async () => undefined
      },
      async function full() {
        await quota('enable')
        return async () => void (await quota('disable'))
      },
    ]
    const env = { ...ceph.env, KUAGER_S3_ENDPOINT: `http://127.0.0.1:${way.port}` }
    const store = `s3://${bucket}/kuager`
    const options = { env, args: ['--archive-store', store] }
    return await runTrial({ ...how, options, losses }, async ({ folder }) => {
      await using objects = openObjects(store, ceph.env)
      await checkShipped(objects, join(folder, 'archive'))
      const published = await readFile(join(folder, 'log/public/checkpoint'))
      assert.ok(
        (await objects.get('log/public/checkpoint'))?.bytes.equals(published),
        'the store has the last checkpoint',
      )
    })
  },
}

const POSTGRES: FailureRow = {
  lost: 'PostgreSQL (registry and right to sign)',
  skip: WITHOUT_POSTGRES,
  async run(how) {
    await using server = await startPostgres()
    await using way = await openCuttableWay()
    way.lead(server.socket)
    const { url } = await server.database()
    const address = new URL(url.replace('@/', '@localhost/'))
    const losses: readonly Loss[] = [
      async function killed() {
        await server.kill()
        return () => server.begin()
      },
      async function restarted() {
        await server.stop()
        return () => server.begin()
      },
      ...[cutting(way, 'refused'), cutting(way, 'silent')],
    ]
    const env = { KUAGER_REGISTRY: `postgres://kuager@127.0.0.1:${way.port}${address.pathname}` }
    return await runTrial({ ...how, options: { env, checks: true }, losses }, async ({ checks }) => {
      const kept = Number(await server.ask(url, 'SELECT count(*) FROM checks'))
      assert.ok(checks > 0 && kept >= checks, `${checks} checks were acknowledged, and ${kept} are there`)
    })
  },
}

const READER: FailureRow = {
  lost: 'network between a reader and the centre',
  async run(how) {
    await using way = await openCuttableWay()
    using processes = new KuagerProcesses(how.root)
    const startReader = (folder: string): Promise<KuagerProcess> =>
      processes.serve(['serve', '--read-only', '--folder', folder, '--centre', `http://127.0.0.1:${way.port}`])
    let reader: KuagerProcess | undefined
    const began = async (world: ObservatoryWorld): Promise<void> => {
      reader = await startReader(world.folder)
      world.entrance = `${reader.origin}/`
    }
    const losses: readonly Loss[] = [
      async function readerKilled(_chance, world) {
        await reader?.end('SIGKILL')
        return () => began(world)
      },
      ...[cutting(way, 'refused'), cutting(way, 'silent')],
    ]
    const options = { onStart: (url: string) => way.lead(Number(new URL(url).port)) }
    return await runTrial({ ...how, options, losses, began }, async () => undefined)
  },
}

/** A Ceph with an empty place in it, and a way to it that is cut for those who have the environment `cuttable`. */
async function openCuttableStore() {
  const both = new AsyncDisposableStack()
  const [ceph, way] = [both.use(await startCeph()), both.use(await openCuttableWay())]
  way.lead(Number(new URL(ceph.endpoint).port))
  return {
    address: `s3://${await ceph.bucket()}/kuager`,
    env: ceph.env,
    cuttable: { ...ceph.env, KUAGER_S3_ENDPOINT: `http://127.0.0.1:${way.port}` },
    losses: [cutting(way, 'refused'), cutting(way, 'silent'), cutting(way, ERROR)],
    [Symbol.asyncDispose]: () => both.disposeAsync(),
  }
}

const STORED_READER: FailureRow = {
  lost: 'object storage of a reader',
  skip: WITHOUT_CEPH,
  async run(how) {
    await using store = await openCuttableStore()
    await using centre = await openCuttableWay()
    const work = join(how.root, 'work')
    await mkdir(work)
    using processes = new KuagerProcesses(work, store.cuttable)
    let reader: KuagerProcess | undefined
    const began = async (world: ObservatoryWorld): Promise<void> => {
      await world.more(1)
      await using objects = openObjects(store.address, store.env)
      await until(async () => (await objects.head(VIEW_KEY)) !== undefined)
      const from = ['--from', store.address, '--centre', `http://127.0.0.1:${centre.port}`]
      reader = await processes.serve(['serve', '--read-only', ...from])
      world.entrance = `${reader.origin}/`
    }
    const losses: readonly Loss[] = [
      async function readerKilled(_chance, world) {
        await reader?.end('SIGKILL')
        return () => began(world)
      },
      ...store.losses,
    ]
    const options = {
      ...{ env: store.env, args: ['--archive-store', store.address, '--for-readers'] },
      onStart: (url: string) => centre.lead(Number(new URL(url).port)),
    }
    return await runTrial({ ...how, options, losses, began }, async () => undefined)
  },
}

async function leavesIn(folder: string): Promise<ReadonlyMap<string, number>> {
  await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  return await leavesById(archive)
}

const STANDBY: FailureRow = {
  lost: 'machine in reserve',
  skip: WITHOUT_CEPH,
  async run(how) {
    await using store = await openCuttableStore()
    const args = ['--archive-store', store.address, '--for-readers']
    const work = join(how.root, 'work')
    await mkdir(work)
    using processes = new KuagerProcesses(work, store.env)
    const folder = join(how.root, 'reserve')
    let reserve: Machine | undefined
    const begin = async (): Promise<void> => {
      reserve = await Machine.start(folder, ['--standby', ...args], store.cuttable)
    }
    const losses: readonly Loss[] = [
      async function killed() {
        await reserve?.end('SIGKILL')
        return begin
      },
      async function paused() {
        reserve?.signal('SIGSTOP')
        return async () => reserve?.signal('SIGCONT')
      },
      ...store.losses,
    ]
    const began = async (world: ObservatoryWorld): Promise<void> => {
      await world.more(1)
      await until(async () => existsSync(join(world.folder, 'log/public/checkpoint')))
      await giveKeys(world.folder, folder)
      await begin()
    }
    try {
      // A server that is killed may rightly be replaced: that is what take-overs try.
      const trial = { ...how, options: { env: store.env, args }, losses, began, killsServer: false } as const
      return await runTrial(trial, async (world) => {
        const reader = await processes.serve(['serve', '--read-only', '--from', store.address])
        // The server has ended: the machine in reserve goes on with everything, and readers of the storage follow it.
        await until(async () => (await reserve?.reasons())?.length === 0, 120)
        const { id } = (await reserve?.submit()) ?? assert.fail('there is no machine in reserve')
        await until(async () => (await fetch(`${reader.origin}/api/v1/measurement/${id}`)).status === 200)
        await reserve?.end()
        const [before, after] = [await leavesIn(world.folder), await leavesIn(folder)]
        for (const [id, leaf] of before) assert.equal(after.get(id), leaf, `leaf ${leaf}`)
        assert.equal(after.size, before.size + 1)
      })
    } catch (error) {
      throw new Error(reserve?.said, { cause: error })
    } finally {
      await reserve?.end('SIGKILL')
    }
  },
}

/** Rows of the failure table about one server and what it works with. */
export const ENGINE_ROWS: readonly FailureRow[] = [WAREHOUSE, S3, POSTGRES, READER, STORED_READER, STANDBY]
