import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Session } from 'chdb'
import { Fault } from '../../core/model/errors.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { Engine, EngineLimits, Params, Row } from './engine.ts'
import { parseRows } from './row-text.ts'

/**
 * ClickHouse in this process, data in `<folder>/warehouse`. One process may hold the folder.
 * Throws Fault where the optional package `chdb` is absent or the folder is held by another process.
 */
export async function openChdb(folder: string, limits: EngineLimits): Promise<Engine> {
  const { Session: SessionClass } = await import('chdb').catch((cause: unknown) => {
    throw new Fault(
      'Cannot open the warehouse: the optional package "chdb" is not installed for this machine; ' +
        'install it with "npm install --include=optional", or name a ClickHouse server',
      { cause },
    )
  })
  const data = join(folder, 'warehouse')
  const staging = join(folder, 'warehouse-staging')
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  try {
    return new Chdb(new SessionClass(data, { connectionArgs: connectionArgs(limits) }), staging)
  } catch (cause) {
    throw new Fault(`Cannot open the warehouse in ${data}: another process may hold it`, { cause })
  }
}

/** Settings of server and session. Caches are small: the system's page cache stands behind them. */
const connectionArgs = (limits: EngineLimits): string[] => [
  `--max_server_memory_usage=${limits.memoryBytes}`,
  `--max_memory_usage=${limits.memoryBytes}`,
  `--max_threads=${limits.threads}`,
  `--max_insert_threads=1`,
  `--background_pool_size=${limits.threads}`,
  `--mark_cache_size=${64 * 2 ** 20}`,
  `--primary_index_cache_size=${64 * 2 ** 20}`,
  `--index_mark_cache_size=${32 * 2 ** 20}`,
  // An insertion is on disk and visible when it returns, and is one part at any size.
  '--async_insert=0',
  '--max_insert_block_size=1048576',
  // All rows of a measurement that can replace one another have one started_at, so one partition.
  '--do_not_merge_across_partitions_select_final=1',
  '--max_partitions_per_insert_block=400',
  '--output_format_json_quote_64bit_integers=0',
]

class Chdb implements Engine {
  readonly #session: Session
  readonly #staging: string
  readonly #mutex = new Mutex()

  constructor(session: Session, staging: string) {
    this.#session = session
    this.#staging = staging
  }

  async query(sql: string, params: Params): Promise<readonly Row[]> {
    return parseRows(await this.#run(sql, params))
  }

  queryText(sql: string, params: Params): Promise<string> {
    return this.#run(sql, params)
  }

  async command(sql: string, params: Params): Promise<void> {
    await this.#run(sql, params)
  }

  /**
   * One statement at a time. What a failed statement had written by then stays in chDB (3.4.0) and comes out before
   * the next result: a throw-away query removes it before the next caller asks.
   */
  #run(sql: string, params: Params): Promise<string> {
    return this.#mutex.run(async () => {
      try {
        return (await this.#session.queryBindAsync(sql, params, { format: 'JSONCompactEachRowWithNames' })).text()
      } catch (cause) {
        await this.#session.queryBindAsync('SELECT 1', {}).catch(() => undefined)
        throw new Fault(`Cannot run on the warehouse: ${shortened(sql)}`, { cause })
      }
    })
  }

  /**
   * Through a file: chDB's insertion of inline bytes reads binary formats only in part, without an error
   * (3.4.0: 10,650 of 60,000 rows), and its text formats cost ten times as much. A server takes the bytes as they are.
   */
  async insertNative(table: string, columns: readonly string[], pieces: readonly Uint8Array[]): Promise<void> {
    const path = join(this.#staging, `${randomUUID()}.native`)
    const list = columns.join(', ')
    const sql = `INSERT INTO ${table} (${list}) SELECT ${list} FROM file({path:String}, 'Native')`
    try {
      await writeFile(path, pieces, { flag: 'wx' })
      await this.#run(sql, { path })
    } finally {
      await rm(path, { force: true })
    }
  }

  async reach(): Promise<void> {}

  releaseMemory(): Promise<void> {
    return this.command('SYSTEM JEMALLOC PURGE', {})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mutex.settled()
    const { drainPending } = await import('chdb')
    this.#session.close()
    await drainPending()
    await rm(this.#staging, { recursive: true, force: true })
  }
}

const shortened = (sql: string): string => sql.replace(/\s+/g, ' ').trim().slice(0, 80)
