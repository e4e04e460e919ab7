import {
  PostgresDialect,
  type Dialect,
  type PostgresCursor,
  type PostgresPoolClient,
  type PostgresQueryResult,
} from 'kysely'
import type * as Pg from 'pg'
import { Fault, InputError } from '../../core/model/errors.ts'
import { limitSession, type SessionLimits } from './session-limits.ts'

/** Of all our locks in a server: `KUAG`. The second half of a lock says which part of the registry, or who signs. */
export const LOCK_SPACE = 0x4b554147
const CONNECT_MS = 10_000
/** How long the connection of a holder that has just died may keep the next one waiting. */
const LOCK_WAIT_MS = 2000
const INT8 = 20

/** A part of a registry in PostgreSQL. */
export interface PostgresPart {
  readonly dialect: Dialect
  /** Runs work with the time limit of whole tables; nothing else may be asked meanwhile. */
  onTables<R>(work: () => Promise<R>): Promise<R>
}

/**
 * PostgreSQL behind one connection, which first proves that the server keeps what it acknowledges and takes the lock of
 * the part: the writer holds it, in the session that writes, and it ends with the session. The server ends the session
 * where its machine is paused or cut off; until then the session shows that it is alive. After a lost connection the next
 * call makes a new one and takes the lock again. `part` names the part of a registry; undefined: another process may hold
 * it, no lock is taken, and nothing can be written.
 *
 * Throws InputError where the driver is not installed or the address is none.
 */
export async function openPostgres(
  url: string,
  part: number | undefined,
  limits: SessionLimits,
): Promise<PostgresPart> {
  if (!/^postgres(?:ql)?:\/\//.test(url))
    throw new InputError('Cannot open registry: the address of the database is none of PostgreSQL', {
      code: 'registry.address',
      path: 'database',
      expected: 'postgres://user@host/database',
    })
  const { Pool, types } = await loadDriver()
  const pool = new Pool({
    connectionString: url,
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: limits.rows + limits.answer,
    keepAlive: true,
    application_name: 'kuager',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 && format !== 'binary' ? parseWhole : (types.getTypeParser(oid, format) as unknown),
    },
  })
  pool.on('error', () => undefined) // an idle connection was lost: the next call makes a new one
  const limit: StatementLimit = { ms: limits.rows, rows: limits.rows, answer: limits.answer }
  const prepared = new WeakMap<Pg.PoolClient, LeftWhenLost>()
  const connect = async (): Promise<LeftWhenLost> => {
    const client = await pool.connect()
    const known = prepared.get(client)
    if (known !== undefined) return known
    client.on('error', () => undefined) // lost while it is at work: its question fails, and the process does not end
    try {
      await prepare(client, part, limits)
    } catch (error) {
      client.release(true)
      throw error
    }
    const made = new LeftWhenLost(client, limit)
    prepared.set(client, made)
    return made
  }
  const showAlive = async (): Promise<void> => {
    if (pool.idleCount === 0) return // it is at work, or there is none
    const held = await connect()
    await held.showAlive().finally(() => held.release())
  }
  const pulse = setInterval(() => void showAlive().catch(() => undefined), limits.pulse)
  pulse.unref()
  const end = (): Promise<void> => {
    clearInterval(pulse)
    return pool.end()
  }
  return {
    dialect: new PostgresDialect({ pool: { options: pool.options, connect, end } }),
    async onTables(work) {
      limit.ms = limits.tables
      try {
        return await work()
      } finally {
        limit.ms = limits.rows
      }
    },
  }
}

/** What one statement may take now, and the wait for its answer behind that. */
interface StatementLimit {
  ms: number
  /** With which a session begins. */
  readonly rows: number
  readonly answer: number
}

/**
 * A connection that is not used again once the server has ended it, or has not answered in time. The server's last words
 * come before its socket closes: who returned the connection between the two would be given the same again.
 */
class LeftWhenLost implements PostgresPoolClient {
  readonly #client: Pg.PoolClient
  readonly #limit: StatementLimit
  /** As the session has it. */
  #limitMs: number
  #lost: Error | undefined

  constructor(client: Pg.PoolClient, limit: StatementLimit) {
    this.#client = client
    this.#limit = limit
    this.#limitMs = limit.rows
  }

  query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>
  query(asked: string | PostgresCursor<unknown>, parameters: readonly unknown[] = []): unknown {
    if (typeof asked === 'string') return this.#ask(asked, parameters)
    throw new Error('a registry reads whole answers')
  }

  release(): void {
    this.#client.release(this.#lost !== undefined)
  }

  /** Asks for nothing. Leaves the connection where no answer comes at once. */
  async showAlive(): Promise<void> {
    await this.#send('SELECT 1', [], this.#limit.answer)
  }

  async #ask(text: string, parameters: readonly unknown[]): Promise<unknown> {
    const { ms, answer } = this.#limit
    if (this.#limitMs !== ms) await this.#send(`SET statement_timeout = ${ms}`, [], answer)
    this.#limitMs = ms
    return this.#send(text, parameters, ms + answer)
  }

  async #send(text: string, parameters: readonly unknown[], withinMs: number): Promise<unknown> {
    // Such as the end of a transaction whose statement had no answer: it has none either.
    if (this.#lost !== undefined) throw this.#lost
    try {
      const query = { text, values: [...parameters], query_timeout: withinMs }
      return await this.#client.query(query)
    } catch (error) {
      // FATAL and worse end the session; a broken socket, and an answer that did not come, have no severity.
      if (!(error instanceof Error && 'severity' in error && error.severity === 'ERROR'))
        this.#lost = error instanceof Error ? error : new Error(String(error))
      throw error
    }
  }
}

async function loadDriver(): Promise<Pick<typeof Pg, 'Pool' | 'types'>> {
  try {
    return (await import('pg')).default
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      throw new InputError(
        'Cannot open registry in PostgreSQL: its driver is not installed; install it by "npm install pg"',
        {
          code: 'registry.driver',
          path: 'database',
          expected: 'the package pg',
        },
      )
    throw error
  }
}

/** `int8` as a number. Throws Fault beyond the numbers that JavaScript holds exactly. */
function parseWhole(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Fault(`Cannot read registry: a number is too large: ${text}`)
  return value
}

/** Throws Fault where the server may lose what it acknowledged, or another process holds the part. */
async function prepare(client: Pg.PoolClient, part: number | undefined, limits: SessionLimits): Promise<void> {
  const setting = async (name: string): Promise<unknown> => {
    const { rows } = await client.query<Record<string, unknown>>(`SHOW ${name}`)
    return rows[0]?.[name]
  }
  for (const name of ['fsync', 'full_page_writes'])
    if ((await setting(name)) !== 'on')
      throw new Fault(`Cannot use PostgreSQL: ${name} is off there, so that it loses what it has acknowledged`)
  if ((await setting('synchronous_commit')) === 'off') await client.query("SET synchronous_commit = 'on'")
  await limitSession(client, limits)
  if (part === undefined) {
    await client.query('SET default_transaction_read_only = on')
    return
  }
  await client.query(`SET lock_timeout = ${LOCK_WAIT_MS}`)
  try {
    await client.query(`SELECT pg_advisory_lock(${LOCK_SPACE}, ${part})`)
  } catch (error) {
    throw new Fault('Cannot open registry in PostgreSQL: another process holds it', { cause: error })
  }
  await client.query('SET lock_timeout = 0')
}
