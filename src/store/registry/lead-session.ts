import type * as Pg from 'pg'
import { Fault } from '../../core/model/errors.ts'
import { LOCK_SPACE } from './postgres.ts'
import { limitSession, SESSION_LIMITS } from './session-limits.ts'

/** The lock of who signs the log, next to those of the parts of the registry. */
const LOCK = [LOCK_SPACE, 100] as const
/** Shorter than the lease (pipeline/log/lead/lead.ts): after one lost answer the next write is still within it. */
const CONNECT_MS = 4000
const STATEMENT_MS = 4000

/**
 * One session of PostgreSQL with an advisory lock and one row: who signs the log. The server ends the session, and the
 * lock with it, where the client is silent: its network is cut, or it is paused. After a lost session the next call makes
 * a new one, which has to take the lock again.
 */
export class PostgresLeadSession implements AsyncDisposable {
  readonly name: string
  readonly #url: string
  #client: Pg.Client | undefined
  #locked = false

  constructor(url: string) {
    this.#url = url
    const at = URL.parse(url)
    this.name = `PostgreSQL ${at?.hostname ?? ''}${at?.pathname ?? ''}`
  }

  async locked(): Promise<boolean> {
    const client = await this.#session()
    if (this.#locked) {
      await this.#ask(client, 'SELECT 1')
      return true
    }
    const { rows } = await this.#ask<{ got: boolean }>(client, `SELECT pg_try_advisory_lock($1, $2) AS got`, [...LOCK])
    this.#locked = rows[0]?.got === true
    return this.#locked
  }

  async read(): Promise<{ readonly bytes: Uint8Array; readonly version: string } | undefined> {
    const client = await this.#session()
    const { rows } = await this.#ask<{ state: string; version: string }>(
      client,
      'SELECT state, version::text FROM kuager_log_lead',
    )
    const [row] = rows
    return row === undefined ? undefined : { bytes: Buffer.from(row.state), version: row.version }
  }

  async swap(before: string | undefined, bytes: Uint8Array): Promise<string | undefined> {
    // Refused, not failed: the row then says by whom.
    if (!(await this.locked())) return undefined
    const client = await this.#session()
    const state = Buffer.from(bytes).toString('utf8')
    const { rows } =
      before === undefined
        ? await this.#ask<{ version: string }>(
            client,
            `INSERT INTO kuager_log_lead (id, version, state) VALUES (1, 1, $1) ON CONFLICT DO NOTHING RETURNING version::text`,
            [state],
          )
        : await this.#ask<{ version: string }>(
            client,
            `UPDATE kuager_log_lead SET version = version + 1, state = $1 WHERE version = $2 RETURNING version::text`,
            [state, before],
          )
    return rows[0]?.version
  }

  async #session(): Promise<Pg.Client> {
    if (this.#client !== undefined) return this.#client
    const { Client } = (await import('pg')).default
    const client = new Client({
      connectionString: this.#url,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: STATEMENT_MS,
      keepAlive: true,
      application_name: 'kuager-lead',
    })
    const lose = (): void => {
      if (this.#client === client) this.#client = undefined
      this.#locked = false
    }
    client.on('error', lose)
    client.on('end', lose)
    try {
      await client.connect()
      await limitSession(client, { ...SESSION_LIMITS, rows: STATEMENT_MS })
      await client.query("SET synchronous_commit = 'on'")
      await client.query(
        'CREATE TABLE IF NOT EXISTS kuager_log_lead (id int PRIMARY KEY, version bigint NOT NULL, state text NOT NULL)',
      )
    } catch (cause) {
      await client.end().catch(() => undefined)
      throw new Fault(`Cannot reach ${this.name}`, { cause })
    }
    this.#locked = false
    this.#client = client
    return client
  }

  /** An answer that did not come, or a session that the server ended: it is not known what it did, and it is left. */
  async #ask<R extends Pg.QueryResultRow>(
    client: Pg.Client,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Pg.QueryResult<R>> {
    try {
      return await client.query<R>(text, [...values])
    } catch (cause) {
      if (this.#client === client) this.#client = undefined
      this.#locked = false
      void client.end().catch(() => undefined)
      throw new Fault(`Cannot ask ${this.name}`, { cause })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const client = this.#client
    this.#client = undefined
    this.#locked = false
    await client?.end().catch(() => undefined)
  }
}
