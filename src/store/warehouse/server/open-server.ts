import { Fault } from '../../../core/model/errors.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { isWarehouseAway } from '../away.ts'
import type { Engine, Params, Row } from '../engine.ts'
import { KeptRows } from '../write/kept.ts'
import { nextQueries, recoverNext, type Made } from '../write/remade.ts'
import {
  loadQueries,
  migrate,
  newestVersion,
  ONE_MACHINE,
  replicatedWords,
  requireNewest,
  usesOf,
  type Queries,
} from '../schema.ts'
import type { WarehouseAddress } from './address.ts'
import { openClickHouse } from './clickhouse.ts'
import { BEAT_MS, Ownership, type WarehouseOwner } from './owner.ts'

/** A warehouse on a server, and what this process may do with it. */
export interface ServerPlace {
  readonly address: WarehouseAddress
  /** Who writes; absent: the tables are only read, by a user who need not be allowed more. */
  readonly owner?: WarehouseOwner
  /** Whether a server that is away now is waited for by those who ask later; otherwise it is an error at once. */
  readonly mayBeAway?: boolean
}

export interface OpenServer {
  readonly engine: Engine
  readonly queries: Queries
  /** Version of the tables. */
  readonly schema: number
  /** Rows that an interrupted process was making again, once the server has answered. */
  readonly made: () => Made | undefined
}

/** A server that was away is not tried again for every question. */
const AGAIN_MS = 2000

/**
 * Opens the tables of a server: the database is made where there is none, and its tables are brought to the newest
 * version. Throws InputError where they are another folder's, Fault where they cannot be used.
 */
export async function openServer(place: ServerPlace): Promise<OpenServer> {
  const { address, owner } = place
  const words = address.replicated ? replicatedWords(address.database) : ONE_MACHINE
  const queries = await loadQueries(words)
  const schema = await newestVersion()
  const uses = new Map([...usesOf(queries), ...usesOf(nextQueries(queries))])
  const options = { readOnly: owner === undefined, uses }
  const inner = await openClickHouse(address, options)
  const ownership = owner === undefined ? undefined : new Ownership(inner, owner, address.shown)
  let made: Made | undefined
  const prepare = async (): Promise<void> => {
    if (ownership === undefined) return requireNewest(inner)
    await makeDatabase(address)
    await ownership.claim(words)
    // Before the tables are changed: an exchange that was interrupted is of tables as they were then.
    made = await recoverNext(inner, queries, schema)
    await migrate(inner, words)
    // A replicated table puts parts aside in daily work, and fetches a broken one from another replica.
    if (!address.replicated) await refuseDamaged(inner, queries, address.shown)
    const { upto } = await KeptRows.load({ engine: inner, queries })
    await inner.command(queries['reconcile-leaves'], { from: upto })
  }
  const engine = new ServerEngine(inner, prepare, ownership)
  try {
    await engine.ready()
  } catch (error) {
    if (place.mayBeAway !== true || !isWarehouseAway(error)) {
      await engine[Symbol.asyncDispose]()
      throw error
    }
  }
  return { engine, queries, schema, made: () => made }
}

/** Asked in the database that every server has, since ours may be missing. */
async function makeDatabase(address: WarehouseAddress): Promise<void> {
  await using server = await openClickHouse({ ...address, database: 'default' }, { readOnly: false, uses: new Map() })
  const { database } = address // letters, digits and underscores
  const engine = address.replicated
    ? ` ENGINE = Replicated('/clickhouse/databases/${database}', '{shard}', '{replica}')`
    : ''
  const [known] = await server.query('SELECT engine FROM system.databases WHERE name = {database:String}', { database })
  if (known === undefined) return server.command(`CREATE DATABASE IF NOT EXISTS ${database}${engine}`, {})
  if (address.replicated !== (known['engine'] === 'Replicated'))
    throw new Fault(
      `Cannot use the warehouse ${address.shown}: its database is of the engine ${String(known['engine'])}; ` +
        'give the address with ?replicated=1 for one of the engine Replicated, and without for any other',
    )
}

async function refuseDamaged(engine: Engine, queries: Queries, shown: string): Promise<void> {
  const [damaged] = await engine.query(queries['damaged-parts'], {})
  if (damaged !== undefined)
    throw new Fault(
      `Cannot open the warehouse ${shown}: ${String(damaged['part'])} is damaged or put aside; nothing is lost: ` +
        'drop the database on the server, and everything is judged again from the archive',
    )
}

/** An engine that is made ready by the first statement that reaches its server, and again after it was overtaken. */
class ServerEngine implements Engine {
  readonly #inner: Engine
  readonly #prepare: () => Promise<void>
  readonly #ownership: Ownership | undefined
  #ready: Promise<void> | undefined
  /** The last failure, which is the answer until then. */
  #failed: { readonly error: Error; readonly until: number } | undefined
  #beat: NodeJS.Timeout | undefined

  constructor(inner: Engine, prepare: () => Promise<void>, ownership: Ownership | undefined) {
    this.#inner = inner
    this.#prepare = prepare
    this.#ownership = ownership
  }

  ready(): Promise<void> {
    const failed = this.#failed
    if (failed !== undefined && systemClock.monotonic() < failed.until) return Promise.reject(failed.error)
    this.#ready ??= this.#make()
    return this.#ready
  }

  async #make(): Promise<void> {
    try {
      await this.#prepare()
      this.#failed = undefined
      if (this.#ownership !== undefined) this.#beat ??= setInterval(() => void this.#live(), BEAT_MS).unref()
    } catch (error) {
      this.#ready = undefined
      if (error instanceof Error) this.#failed = { error, until: systemClock.monotonic() + AGAIN_MS }
      throw error
    }
  }

  /** One that fails changes nothing: each write asks whether another holder has taken over. */
  async #live(): Promise<void> {
    await this.#ownership?.beat().catch(() => undefined)
  }

  async query(sql: string, params: Params): Promise<readonly Row[]> {
    await this.ready()
    return this.#inner.query(sql, params)
  }

  async queryText(sql: string, params: Params): Promise<string> {
    await this.ready()
    return this.#inner.queryText(sql, params)
  }

  async command(sql: string, params: Params): Promise<void> {
    await this.#mayWrite()
    await this.#inner.command(sql, params)
  }

  async insertNative(table: string, columns: readonly string[], pieces: readonly Uint8Array[]): Promise<void> {
    await this.#mayWrite()
    await this.#inner.insertNative(table, columns, pieces)
  }

  async #mayWrite(): Promise<void> {
    await this.ready()
    await this.#ownership?.check()
  }

  async reach(): Promise<void> {
    await this.ready()
    await this.#inner.reach()
  }

  releaseMemory(): Promise<void> {
    return this.#inner.releaseMemory()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beat)
    // A server that does not hear it learns it by the silence.
    if (this.#beat !== undefined) await this.#ownership?.release().catch(() => undefined)
    await this.#inner[Symbol.asyncDispose]()
  }
}
