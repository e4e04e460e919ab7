import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { Fault } from '../../../core/model/errors.ts'
import { awayFault } from '../away.ts'
import type { Engine, Params, QueryUse, Row } from '../engine.ts'
import type { WarehouseAddress } from './address.ts'
import { splitLists } from './split-lists.ts'

/** Seconds that a statement may run on the server. A page is not waited for longer; a mutation rewrites whole months. */
const LIMIT_S = { page: 20, detection: 300, maintenance: 3600 } as const satisfies Record<QueryUse, number>
/** How much longer the client waits: the server says itself that the time is over. */
const GRACE_MS = 5000

/** What every statement of ours needs; a profile of a reader may have the same (deploy/clickhouse/users.d). */
const READING: ClickHouseSettings = {
  // All rows of a measurement that can replace one another have one started_at, so one partition.
  do_not_merge_across_partitions_select_final: 1,
  output_format_json_quote_64bit_integers: 0,
}

const WRITING: ClickHouseSettings = {
  ...READING,
  // An insertion is on disk and visible when it returns, and is one part at any size.
  async_insert: 0,
  max_insert_block_size: '1048576',
  max_partitions_per_insert_block: '400',
  // A repeated insertion has a number of its own. Without this a replicated table drops rows that a rebuild makes again.
  insert_deduplicate: 0,
}

/** While a long statement runs, the server sends a line of its head so often: what is between must not end the silence. */
const PROGRESS: ClickHouseSettings = { send_progress_in_http_headers: 1, http_headers_progress_interval_ms: '20000' }
const MOST_HEAD_BYTES = 256 * 1024

export interface ClickHouseOptions {
  /** Reads only: for a user who may not write. */
  readonly readOnly: boolean
  /** What each statement is for, by its text; absent: a page. */
  readonly uses: ReadonlyMap<string, QueryUse>
}

/**
 * A ClickHouse server over HTTP; memory and threads are its own business. Tested against the embedded engine behind the
 * same HTTP, not against a server: docs/operating/cluster.md says what that leaves open. Throws Fault where the optional
 * package is absent or the certificate of the authority cannot be read.
 */
export async function openClickHouse(address: WarehouseAddress, options: ClickHouseOptions): Promise<Engine> {
  const { createClient, ClickHouseLogLevel } = await import('@clickhouse/client').catch((cause: unknown) => {
    throw new Fault('Cannot reach the ClickHouse server: the optional package "@clickhouse/client" is not installed', {
      cause,
    })
  })
  const tls = address.ca === undefined ? {} : { tls: { ca_cert: await readAuthority(address.ca) } }
  const clientFor = (use: QueryUse): ClickHouseClient =>
    createClient({
      url: address.url,
      username: address.user,
      password: address.password,
      database: address.database,
      ...tls,
      // Errors come as Fault to the caller; the client would also print them, with the statement.
      log: { level: ClickHouseLogLevel.OFF },
      application: 'kuager',
      request_timeout: LIMIT_S[use] * 1000 + GRACE_MS,
      max_response_headers_size: MOST_HEAD_BYTES,
      // Blocks of an insertion are several times smaller so, and answers to a page too.
      compression: { request: true, response: true },
      // Parameters travel in the body: an address may have 1 MiB, and proxies write addresses down.
      use_multipart_params: true,
      clickhouse_settings: {
        ...(options.readOnly ? READING : WRITING),
        ...(use === 'maintenance' && !options.readOnly ? PROGRESS : {}),
        max_execution_time: LIMIT_S[use],
      },
    })
  const clients = {
    page: clientFor('page'),
    detection: clientFor('detection'),
    maintenance: clientFor('maintenance'),
  }
  return new ClickHouse(clients, { ...options, shown: address.shown })
}

async function readAuthority(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new Fault(`Cannot read the certificate of the authority of the warehouse "${path}"`, { cause })
  }
}

class ClickHouse implements Engine {
  readonly #clients: Readonly<Record<QueryUse, ClickHouseClient>>
  readonly #options: ClickHouseOptions & { readonly shown: string }

  constructor(
    clients: Readonly<Record<QueryUse, ClickHouseClient>>,
    options: ClickHouseOptions & { readonly shown: string },
  ) {
    this.#clients = clients
    this.#options = options
  }

  query(sql: string, params: Params): Promise<readonly Row[]> {
    return this.#ask(sql, async (client) => {
      const result = await client.query({ ...asked(sql, params), format: 'JSONEachRow' })
      return result.json<Row>()
    })
  }

  queryText(sql: string, params: Params): Promise<string> {
    return this.#ask(sql, async (client) =>
      (await client.query({ ...asked(sql, params), format: 'JSONCompactEachRowWithNames' })).text(),
    )
  }

  /** A question changes nothing, so it is asked a second time where the answer was lost: an idle connection may be closed. */
  async #ask<T>(sql: string, ask: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    const client = this.#clients[this.#options.uses.get(sql) ?? 'page']
    try {
      return await ask(client)
    } catch (error) {
      if (!isLost(error)) throw this.#fault(sql, error)
      return await ask(client).catch((again: unknown) => {
        throw this.#fault(sql, again)
      })
    }
  }

  async command(sql: string, params: Params): Promise<void> {
    this.#refuseReader(sql)
    try {
      await this.#clients.maintenance.command({ query: sql, query_params: params })
    } catch (cause) {
      throw this.#fault(sql, cause)
    }
  }

  async reach(): Promise<void> {
    await this.query('SELECT 1', {})
  }

  async releaseMemory(): Promise<void> {}

  async insertNative(table: string, columns: readonly string[], pieces: readonly Uint8Array[]): Promise<void> {
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) FORMAT Native`
    this.#refuseReader(sql)
    try {
      const values = Readable.from(pieces, { objectMode: false })
      const { stream } = await this.#clients.maintenance.exec({ query: sql, values })
      // To its end: an error that comes after the head is in the text.
      const text = (await stream.toArray()).join('')
      if (/\bDB::Exception\b/.test(text)) throw new Error(text.slice(0, 1000))
    } catch (cause) {
      throw this.#fault(sql, cause)
    }
  }

  #refuseReader(sql: string): void {
    if (this.#options.readOnly)
      throw new Fault(`Cannot write to a warehouse that was opened for reading: ${short(sql)}`)
  }

  #fault(sql: string, cause: unknown): Fault {
    const { shown } = this.#options
    if (isLost(cause)) return awayFault(`Cannot reach the warehouse ${shown}: ${whyLost(cause)}`, cause)
    const code = codeOf(cause)
    const why = code === undefined ? undefined : REASONS[code]
    return new Fault(
      why === undefined
        ? `Cannot run on the warehouse ${shown}: ${short(sql)}`
        : `Cannot use the warehouse ${shown}: ${why}`,
      { cause },
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of Object.values(this.#clients)) await client.close()
  }
}

const asked = (sql: string, params: Params): { query: string; query_params: Record<string, unknown> } => {
  const split = splitLists(sql, params)
  return { query: split.sql, query_params: split.params }
}

/** What the answers that an operator can act on mean. */
const REASONS: Readonly<Record<string, string>> = {
  159: 'the statement took longer than it may',
  164: 'the user may not write or may not set settings; a reader needs the profile "readonly = 2"',
  192: 'there is no such user',
  193: 'the password is wrong',
  497: 'the user lacks a right (docs/operating/cluster.md lists them)',
  516: 'user or password is wrong',
}

/**
 * Answers of a server that is being stopped, has lost Keeper, is too busy, or does not know whether its replicas have
 * an insertion: as if there were no answer.
 */
const NOT_NOW: ReadonlySet<string> = new Set(['202', '209', '210', '225', '236', '242', '319', '394', '999'])

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'type' in error && 'code' in error ? String(error.code) : undefined

/** Whether the server gave no answer of its own: it cannot be reached, the connection broke, or something between us failed. */
function isLost(error: unknown): boolean {
  const code = codeOf(error)
  return code === undefined || NOT_NOW.has(code)
}

function whyLost(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return code ?? (short(error.message) || 'no answer')
}

const short = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 80)
