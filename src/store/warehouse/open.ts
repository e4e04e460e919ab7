import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '../../core/model/errors.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { Mutex } from '../../runtime/mutex.ts'
import { openChdb } from './chdb.ts'
import { openClickHouse } from './clickhouse.ts'
import type {
  EncodedBlock,
  EncodedRows,
  Judged,
  LeafRange,
  LeafWithoutVerdict,
  RowKey,
  SeriesKey,
  Warehouse,
} from './contract.ts'
import { decodeKnownLeaf } from './decode-rows.ts'
import type { Engine } from './engine.ts'
import { leafGaps } from './leaf-gaps.ts'
import { blockHead } from './native-block.ts'
import { ReadingWarehouse } from './reading-warehouse.ts'
import { encodeRows, groupsWithoutRepeats, leavesBlock, movedBlock } from './rows.ts'
import { loadQueries, migrate, type Queries } from './schema.ts'

export interface WarehouseOptions {
  /** A ClickHouse server (`http://host:8123/database`) instead of the embedded engine. */
  readonly server?: string
  /** Bytes the embedded engine may hold; 512 MiB where not given. */
  readonly memoryBytes?: number
  /** Threads of the embedded engine; at most 4 where not given. */
  readonly threads?: number
}

/**
 * Opens the warehouse of a data folder and brings its tables to the newest version. One writer a warehouse: the
 * embedded engine refuses a second process, on a server the one that holds the archive writes.
 * Throws Fault where the engine is absent, held elsewhere, or its tables are newer than this program.
 */
export async function openWarehouse(folder: string, options: WarehouseOptions = {}): Promise<Warehouse> {
  const limits = {
    memoryBytes: options.memoryBytes ?? 512 * 2 ** 20,
    threads: options.threads ?? Math.min(4, cpus().length),
  }
  const engine = options.server === undefined ? await openChdb(folder, limits) : await openClickHouse(options.server)
  try {
    await migrate(engine)
    const queries = await loadQueries()
    const [damaged] = await engine.query(queries['damaged-parts'], {})
    if (damaged !== undefined)
      throw new Fault(
        `Cannot open the warehouse: ${String(damaged['part'])} is damaged; nothing is lost: ` +
          'delete the folder "warehouse" and run "kuager rebuild"',
      )
    await engine.command(queries['reconcile-leaves'], {})
    const [state] = await engine.query(queries['state'], {})
    return new ClickHouseWarehouse({ engine, queries }, Number(state?.['judged'] ?? 0), Number(state?.['leaves'] ?? 0))
  } catch (error) {
    await engine[Symbol.asyncDispose]()
    throw error
  }
}

/** The tables delete replaced files about two seconds later (settings in sql/0001-tables.sql); a minute is too long. */
const OLD_PARTS_LOOKS = 300
const OLD_PARTS_PAUSE_MS = 200

class ClickHouseWarehouse extends ReadingWarehouse implements Warehouse {
  /** Number of the last insertion begun. */
  #judged: number
  /** Above every leaf known: leaves from here on are new and need no look-up. */
  #leaves: number
  /** Writes run one after another, so that a later insertion has a higher number in every table. */
  readonly #writes = new Mutex()

  constructor(parts: { engine: Engine; queries: Queries }, judged: number, leaves: number) {
    super(parts)
    this.#judged = judged
    this.#leaves = leaves
  }

  insert(batch: readonly Judged[]): Promise<void> {
    return this.insertEncoded([encodeRows(batch)])
  }

  insertEncoded(batches: readonly EncodedRows[]): Promise<void> {
    return this.#writes.run(async () => {
      for (const group of groupsWithoutRepeats(batches)) await this.#insertGroup(group)
    })
  }

  /**
   * Observations, then verdicts, then leaves. A crash after the first leaves rows that no verdict points to; after the
   * second, verdicts whose leaves `reconcile-leaves` adds on the next start. Verdicts and what they replace are one
   * insertion and one part: no reader sees a measurement twice, or not at all.
   */
  async #insertGroup(batches: readonly EncodedRows[]): Promise<void> {
    const keys = batches.flatMap((batch) => batch.keys)
    if (keys.length === 0) return
    const judged = ++this.#judged
    const moved = await this.#movedKeys(keys)
    const verdicts = batches.map((batch) => batch.verdicts)
    if (moved.length > 0) verdicts.push(movedBlock(moved))
    await this.#insertBlocks(
      'observations',
      judged,
      batches.map((batch) => batch.observations),
    )
    await this.#insertBlocks('verdicts', judged, verdicts)
    await this.#insertBlocks('leaves', judged, [leavesBlock(keys)])
    for (const { leafIndex } of keys) if (leafIndex >= this.#leaves) this.#leaves = leafIndex + 1
  }

  /** Places where measurements of these keys stood until now and stand no longer. */
  async #movedKeys(keys: readonly RowKey[]): Promise<readonly RowKey[]> {
    const byLeaf = new Map(keys.filter(({ leafIndex }) => leafIndex < this.#leaves).map((key) => [key.leafIndex, key]))
    if (byLeaf.size === 0) return []
    const rows = await this.engine.query(this.queries['known-leaves'], { leaves: [...byLeaf.keys()] })
    return rows.map(decodeKnownLeaf).flatMap((old) => {
      const key = byLeaf.get(old.leafIndex)
      if (key === undefined) return []
      const stays = key.service === old.service && key.asn === old.asn && key.startedAt === old.startedAt
      return stays ? [] : [{ ...old, id: key.id }]
    })
  }

  async #insertBlocks(table: string, judged: number, blocks: readonly EncodedBlock[]): Promise<void> {
    const filled = blocks.filter(({ rows }) => rows > 0)
    const columns = filled[0]?.columns
    if (columns === undefined) return
    const pieces = filled.flatMap((block) => [
      blockHead(block.columns.length, block.rows, { name: 'judged', value: judged }),
      block.bytes,
    ])
    await this.engine.insertNative(table, ['judged', ...columns], pieces)
  }

  setAside(leaves: readonly LeafWithoutVerdict[]): Promise<void> {
    return this.#writes.run(() => this.#setAside(leaves))
  }

  async #setAside(leaves: readonly LeafWithoutVerdict[]): Promise<void> {
    if (leaves.length === 0) return
    const known = leaves.map(({ leafIndex }) => leafIndex).filter((leafIndex) => leafIndex < this.#leaves)
    if (known.length > 0) {
      const rows = await this.engine.query(this.queries['known-leaves'], { leaves: known })
      const gone = rows.map((row) => decodeKnownLeaf(row).leafIndex)
      if (gone.length > 0) await this.#erase(gone)
    }
    await this.engine.command(this.queries['set-aside'], {
      leaves: leaves.map(({ leafIndex }) => leafIndex),
      states: leaves.map(({ state }) => state),
      judged: ++this.#judged,
    })
    for (const { leafIndex } of leaves) if (leafIndex >= this.#leaves) this.#leaves = leafIndex + 1
  }

  /** Resolves when the files that held the rows are deleted, too: the engine replaces files first and deletes later. */
  async #erase(leaves: readonly number[]): Promise<void> {
    for (const statement of this.queries['erase-leaves']) await this.engine.command(statement, { leaves })
    const oldParts = async (): Promise<readonly unknown[]> =>
      (await this.engine.query(this.queries['old-parts'], {})).map((row) => row['part'])
    const replaced = new Set(await oldParts())
    for (let look = 0; look < OLD_PARTS_LOOKS; look++) {
      if (!(await oldParts()).some((part) => replaced.has(part))) return
      await pause(OLD_PARTS_PAUSE_MS)
    }
    throw new Fault('Cannot finish the erasure: the rows are gone, old files of the warehouse still lie on the disk')
  }

  remove(id: Sha256): Promise<void> {
    return this.#writes.run(async () => {
      const found = await this.find(id)
      if (found !== undefined) await this.#setAside([{ leafIndex: found.key.leafIndex, state: 'erased' }])
    })
  }

  override async seriesKeys(insertion = 0): Promise<readonly SeriesKey[]> {
    await this.#writes.settled()
    return super.seriesKeys(insertion)
  }

  async leafBound(): Promise<number> {
    await this.#writes.settled()
    return this.#leaves
  }

  async storedLeaves(): Promise<number> {
    const [first] = await this.missingLeaves(this.#leaves + 1)
    return first?.from ?? 0
  }

  async missingLeaves(size: number, from = 0): Promise<readonly LeafRange[]> {
    return leafGaps(this.engine, this.queries, { from, size })
  }

  clear(): Promise<void> {
    return this.#writes.run(async () => {
      for (const statement of this.queries['clear']) await this.engine.command(statement, {})
      this.#leaves = 0
    })
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#writes.settled()
    await super[Symbol.asyncDispose]()
  }
}
