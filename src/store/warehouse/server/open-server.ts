import { Fault } from '../../../core/model/errors.ts'
import { isWarehouseAway } from '../away.ts'
import type { Engine } from '../engine.ts'
import { KeptRows } from '../write/kept.ts'
import { nextQueries, recoverNext, type Made } from '../write/remade.ts'
import { loadQueries, migrate, newestVersion, ONE_MACHINE, replicatedWords, usesOf, type Queries } from '../schema.ts'
import type { WarehouseAddress } from './address.ts'
import { openClickHouse } from './clickhouse.ts'
import { Ownership, type WarehouseOwner } from './owner.ts'
import { ServerEngine } from './server-engine.ts'

/** A warehouse on a server, and what this process may do with it. */
export interface ServerPlace {
  readonly address: WarehouseAddress
  /** Who writes. */
  readonly owner: WarehouseOwner
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
  const inner = await openClickHouse(address, { readOnly: false, uses })
  const ownership = new Ownership(inner, owner, address.shown)
  let made: Made | undefined
  const prepare = async (): Promise<void> => {
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
