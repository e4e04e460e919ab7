import {
  PostgresDialect,
  type Dialect,
  type PostgresCursor,
  type PostgresPoolClient,
  type PostgresQueryResult,
} from 'kysely'
import type * as Pg from 'pg'
import { Fault, InputError } from '../../core/model/errors.ts'

/** Of all our locks in a server: `KUAG`. The second half of a lock says which part of the registry, or who signs. */
export const LOCK_SPACE = 0x4b554147
const CONNECT_MS = 10_000
/** How long the connection of a holder that has just died may keep the next one waiting. */
const LOCK_WAIT_MS = 2000
const INT8 = 20

/**
 * PostgreSQL behind one connection, which first proves that the server keeps what it acknowledges and takes the lock of
 * the part: the writer holds it, in the session that writes, and it ends with the session. After a lost connection
 * the next call makes a new one and takes the lock again. `part` names the part of a registry.
 *
 * Throws InputError where the driver is not installed or the address is none.
 */
export async function postgresDialect(url: string, part: number): Promise<Dialect> {
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
    keepAlive: true,
    application_name: 'kuager',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 && format !== 'binary' ? parseWhole : (types.getTypeParser(oid, format) as unknown),
    },
  })
  pool.on('error', () => undefined) // an idle connection was lost: the next call makes a new one
  const prepared = new WeakMap<Pg.PoolClient, PostgresPoolClient>()
  const connect = async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect()
    const known = prepared.get(client)
    if (known !== undefined) return known
    try {
      await prepare(client, part)
    } catch (error) {
      client.release(true)
      throw error
    }
    const made = new LeftWhenLost(client)
    prepared.set(client, made)
    return made
  }
  return new PostgresDialect({ pool: { options: pool.options, connect, end: () => pool.end() } })
}

/**
 * A connection that is not used again once the server has ended it. The server's last words come before its socket closes:
 * who returned the connection between the two would be given the same again.
 */
class LeftWhenLost implements PostgresPoolClient {
  readonly #client: Pg.PoolClient
  #lost = false

  constructor(client: Pg.PoolClient) {
    this.#client = client
  }

  query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>
  query(asked: string | PostgresCursor<unknown>, parameters: readonly unknown[] = []): unknown {
    if (typeof asked === 'string') return this.#ask(asked, parameters)
    throw new Error('a registry reads whole answers')
  }

  release(): void {
    this.#client.release(this.#lost)
  }

  async #ask(text: string, parameters: readonly unknown[]): Promise<unknown> {
    try {
      return await this.#client.query(text, [...parameters])
    } catch (error) {
      // FATAL and worse end the session; a broken socket has no severity.
      if (!(error instanceof Error && 'severity' in error && error.severity === 'ERROR')) this.#lost = true
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
async function prepare(client: Pg.PoolClient, part: number): Promise<void> {
  const setting = async (name: string): Promise<unknown> => {
    const { rows } = await client.query<Record<string, unknown>>(`SHOW ${name}`)
    return rows[0]?.[name]
  }
  for (const name of ['fsync', 'full_page_writes'])
    if ((await setting(name)) !== 'on')
      throw new Fault(`Cannot use PostgreSQL: ${name} is off there, so that it loses what it has acknowledged`)
  if ((await setting('synchronous_commit')) === 'off') await client.query("SET synchronous_commit = 'on'")
  await client.query(`SET lock_timeout = ${LOCK_WAIT_MS}`)
  try {
    await client.query(`SELECT pg_advisory_lock(${LOCK_SPACE}, ${part})`)
  } catch (error) {
    throw new Fault('Cannot open registry in PostgreSQL: another process holds it', { cause: error })
  }
  await client.query('SET lock_timeout = 0')
}
