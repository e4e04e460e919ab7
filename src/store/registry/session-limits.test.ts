import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { until } from '../../../test/kit/crash/eventually.ts'
import { openStoppableProxy } from '../../../test/kit/net/stopped-proxy.ts'
import { startPostgres, WITHOUT_POSTGRES, type Postgres } from '../../../test/kit/stores/postgres.ts'
import { countAct, sha, signatureRow } from '../../../test/kit/stores/registry-rows.ts'
import { Fault } from '../../core/model/errors.ts'
import { openLetterStore } from '../../letter/registry/open.ts'
import { openDatabase, type RegistryPart, type RegistryPlace } from './database.ts'
import type { SessionLimits } from './session-limits.ts'

const CHILD = fileURLToPath(new URL('../../../test/kit/crash/session-child.ts', import.meta.url))

/** A tenth of the real ones. */
const LIMITS: SessionLimits = { silent: 1000, pulse: 300, rows: 1500, tables: 60_000, answer: 500 }

const NOTHING: RegistryPart = { name: 'reports', number: 1, migrations: [], erasable: [] }

/** Ours, as the server sees it: number of the process there, and for how many milliseconds it is there. */
const SESSION = `SELECT pid, round(1000 * extract(epoch FROM clock_timestamp() - backend_start))
  FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'kuager'`

describe('A session of the registry in PostgreSQL', { skip: WITHOUT_POSTGRES, timeout: 120_000 }, () => {
  let server: Postgres
  before(async () => (server = await startPostgres()))
  after(() => server[Symbol.asyncDispose]())
  const place = async (): Promise<RegistryPlace & { readonly kind: 'postgres' }> => ({
    ...(await server.database()),
    limits: LIMITS,
  })
  const session = async (url: string): Promise<readonly [pid: string, ms: number]> => {
    const [pid = '', ms] = (await server.ask(url, SESSION)).trim().split('|')
    return [pid, Number(ms)]
  }
  /** Opens it as soon as the lock is free. */
  const openNext = async (where: RegistryPlace): ReturnType<typeof openLetterStore> => {
    for (;;)
      try {
        return await openLetterStore(where)
      } catch (error) {
        assert.match(String(error), /another process holds it/)
      }
  }

  it('that has nothing to do keeps its lock: the server sees it alive', async () => {
    const where = await place()
    await using store = await openLetterStore(where)
    const [first] = await session(where.url)
    await until(async () => (await session(where.url))[1] > 3 * LIMITS.silent)
    assert.equal((await session(where.url))[0], first)
    assert.equal(await store.signature(sha('a')), undefined)
    await assert.rejects(openLetterStore(where), /another process holds it/)
  })

  it('of a process that is paused ends with its lock, and what wakes again is refused', async () => {
    const where = await place()
    const child: ChildProcess = fork(CHILD, [JSON.stringify(where)])
    try {
      assert.deepEqual(await once(child, 'message'), ['open', undefined])
      child.kill('SIGSTOP')
      await using next = await openNext(where)
      await next.accept([signatureRow('a')], [])
      child.kill('SIGCONT')
      child.send('append')
      const [answer] = (await once(child, 'message')) as [string]
      assert.match(answer, /^Fault/)
      assert.equal(await next.append([countAct('a')]), 0)
    } finally {
      child.kill('SIGKILL')
    }
  })

  it('of a machine that is cut off ends with its lock; a call there fails within its time', async () => {
    const where = await place()
    const url = new URL(where.url.replace('@/', '@localhost/'))
    await using network = await openStoppableProxy({ path: join(url.searchParams.get('host') ?? '', '.s.PGSQL.5432') })
    await using store = await openLetterStore({
      ...where,
      url: `postgres://kuager@127.0.0.1:${network.port}${url.pathname}`,
    })
    await store.accept([signatureRow('a')], [])
    network.stop()
    await assert.rejects(store.append([countAct('a')]), Fault)
    {
      await using next = await openNext(where)
      assert.equal(await next.append([countAct('a')]), 0)
      network.goOn()
      await assert.rejects(store.append([countAct('a')]), Fault)
    }
    // It goes on once the other one has ended.
    await until(() =>
      store.signature(sha('a')).then(
        (row) => row !== undefined,
        () => false,
      ),
    )
  })

  it('ends a statement that takes too long and goes on; making tables may take longer', async () => {
    const where = await place()
    const slow: RegistryPart = { ...NOTHING, migrations: [() => [`SELECT pg_sleep(${(1.2 * LIMITS.rows) / 1000})`]] }
    await using registry = await openDatabase<Record<string, never>>(where, slow)
    const [pid] = await session(where.url)
    const sleep = registry.calls.read((db) => sql`SELECT pg_sleep(60)`.execute(db))
    await assert.rejects(sleep, (error) => error instanceof Fault && /statement timeout/.test(String(error.cause)))
    await registry.calls.read((db) => sql`SELECT 1`.execute(db))
    assert.equal((await session(where.url))[0], pid)
  })
})
