import { ReadingWarehouse, type ReadWarehouse } from '../reading-warehouse.ts'
import { loadQueries, ONE_MACHINE, replicatedWords, requireNewest, usesOf } from '../schema.ts'
import type { WarehouseAddress } from './address.ts'
import { openClickHouse } from './clickhouse.ts'
import { ServerEngine } from './server-engine.ts'

/**
 * The questions of a warehouse on a server, for a user who may only read: nothing is made, brought up or written.
 * Throws Fault where its tables are of another version.
 */
export async function openServerForReading(address: WarehouseAddress): Promise<ReadWarehouse & AsyncDisposable> {
  const queries = await loadQueries(address.replicated ? replicatedWords(address.database) : ONE_MACHINE)
  const inner = await openClickHouse(address, { readOnly: true, uses: usesOf(queries) })
  const engine = new ServerEngine(inner, () => requireNewest(inner), undefined)
  try {
    await engine.ready()
  } catch (error) {
    await engine[Symbol.asyncDispose]()
    throw error
  }
  return new ReadingWarehouse({ engine, queries })
}
