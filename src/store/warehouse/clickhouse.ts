import { Readable } from 'node:stream'
import type { ClickHouseClient } from '@clickhouse/client'
import { Fault } from '../../core/model/errors.ts'
import type { Engine, Params, Row } from './engine.ts'

/**
 * A ClickHouse server over HTTP, `http://user:password@host:8123/database`; memory and threads are the server's own
 * business. BUG: tested for the shape of its requests only, against a stand-in: no server could be had where this was
 * written. The SQL is the one the embedded engine (the same program) runs in every test.
 * Throws Fault where the optional package is absent.
 */
export async function openClickHouse(server: string): Promise<Engine> {
  const { createClient, ClickHouseLogLevel } = await import('@clickhouse/client').catch((cause: unknown) => {
    throw new Fault('Cannot reach the ClickHouse server: the optional package "@clickhouse/client" is not installed', {
      cause,
    })
  })
  const client = createClient({
    url: server,
    // Errors come as Fault to the caller; the client would also print them, with the statement.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      // An insertion is on disk and visible when it returns, and is one part at any size.
      async_insert: 0,
      max_insert_block_size: '1048576',
      // All rows of a measurement that can replace one another have one started_at, so one partition.
      do_not_merge_across_partitions_select_final: 1,
      max_partitions_per_insert_block: '400',
      output_format_json_quote_64bit_integers: 0,
    },
  })
  return new ClickHouse(client)
}

class ClickHouse implements Engine {
  readonly #client: ClickHouseClient

  constructor(client: ClickHouseClient) {
    this.#client = client
  }

  async query(sql: string, params: Params): Promise<readonly Row[]> {
    try {
      const result = await this.#client.query({ query: sql, query_params: params, format: 'JSONEachRow' })
      return await result.json<Row>()
    } catch (cause) {
      throw failed(sql, cause)
    }
  }

  async queryText(sql: string, params: Params): Promise<string> {
    try {
      const format = 'JSONCompactEachRowWithNames'
      return await (await this.#client.query({ query: sql, query_params: params, format })).text()
    } catch (cause) {
      throw failed(sql, cause)
    }
  }

  async command(sql: string, params: Params): Promise<void> {
    try {
      await this.#client.command({ query: sql, query_params: params })
    } catch (cause) {
      throw failed(sql, cause)
    }
  }

  async releaseMemory(): Promise<void> {}

  async insertNative(table: string, columns: readonly string[], pieces: readonly Uint8Array[]): Promise<void> {
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) FORMAT Native`
    try {
      const { stream } = await this.#client.exec({ query: sql, values: Readable.from(pieces, { objectMode: false }) })
      stream.resume()
    } catch (cause) {
      throw failed(sql, cause)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close()
  }
}

const failed = (sql: string, cause: unknown): Fault =>
  new Fault(`Cannot run on the warehouse server: ${sql.replace(/\s+/g, ' ').trim().slice(0, 80)}`, { cause })
