import { cpus } from 'node:os'
import { Fault } from '../../core/model/errors.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { Mutex } from '../../runtime/mutex.ts'
import { openChdb } from './chdb.ts'
import type {
  ArchivedLeaves,
  EncodedRows,
  Judged,
  LeafRange,
  LeafWithoutVerdict,
  Remaking,
  RowBytes,
  SeriesKey,
  Warehouse,
} from './contract.ts'
import type { Engine } from './engine.ts'
import { KeptRows } from './write/kept.ts'
import { ReadingWarehouse } from './reading-warehouse.ts'
import { createNext, dropNext, nextTables, openNext, recoverNext, swapNext, type Made } from './write/remade.ts'
import { RowWriter, type RowTables, type WrittenTo } from './write/row-writer.ts'
import { encodeRows } from './rows.ts'
import { loadQueries, migrate, newestVersion, type Queries } from './schema.ts'
import { openServer, type ServerPlace } from './server/open-server.ts'

export interface WarehouseOptions {
  /** A ClickHouse server instead of the embedded engine. */
  readonly server?: ServerPlace
  /** Bytes the embedded engine may hold; 512 MiB where not given. */
  readonly memoryBytes?: number
  /** Threads of the embedded engine; at most 4 where not given. */
  readonly threads?: number
}

/**
 * Opens the warehouse of a data folder and brings its tables to the newest version. One writer a warehouse: the
 * embedded engine refuses a second process, the tables of a server name their owner.
 * Throws Fault where the engine is absent, away, held elsewhere, or its tables are newer than this program.
 */
export async function openWarehouse(folder: string, options: WarehouseOptions = {}): Promise<Warehouse> {
  if (options.server !== undefined) return new ClickHouseWarehouse(await openServer(options.server))
  const limits = {
    memoryBytes: options.memoryBytes ?? 512 * 2 ** 20,
    threads: options.threads ?? Math.min(4, cpus().length),
  }
  const engine = await openChdb(folder, limits)
  try {
    const queries = await loadQueries()
    const schema = await newestVersion()
    // Before the tables are changed: an exchange that was interrupted is of tables as they were then.
    const made = await recoverNext(engine, queries, schema)
    await migrate(engine)
    const [damaged] = await engine.query(queries['damaged-parts'], {})
    if (damaged !== undefined)
      throw new Fault(
        `Cannot open the warehouse: ${String(damaged['part'])} is damaged; nothing is lost: ` +
          'delete the folder "warehouse" and run "kuager rebuild"',
      )
    await engine.command(queries['reconcile-leaves'], { from: (await KeptRows.load({ engine, queries })).upto })
    const warehouse = new ClickHouseWarehouse({ engine, queries, schema, made: () => made })
    await warehouse.reach()
    return warehouse
  } catch (error) {
    await engine[Symbol.asyncDispose]()
    throw error
  }
}

/** Rows that are made again next to those that are read. */
interface Next {
  readonly made: Pick<Made, 'version'>
  readonly writer: RowWriter
  readonly writes: Mutex
  /** Whether someone is making them. */
  taken: boolean
}

interface WarehouseParts {
  readonly engine: Engine
  readonly queries: Queries
  /** Version of the tables. */
  readonly schema: number
  /** What an interrupted process was making again, once the engine has answered. */
  readonly made: () => Made | undefined
}

class ClickHouseWarehouse extends ReadingWarehouse implements Warehouse {
  readonly #parts: WarehouseParts
  readonly #tables: RowTables
  #rows: RowWriter
  #kept: KeptRows
  #begun: Promise<void> | undefined
  #next: Next | undefined
  /** Writes run one after another, so that a later insertion has a higher number in every table. */
  readonly #writes = new Mutex()

  constructor(parts: WarehouseParts) {
    super(parts)
    this.#parts = parts
    this.#tables = { ...parts, tableName: (table) => table, beforeErase: () => this.#kept.drop() }
    this.#kept = new KeptRows(parts)
    this.#rows = new RowWriter(this.#tables, { judged: 0, leaves: 0 })
  }

  /** Learns how far the tables are written, when that is first needed: a server may be away when it is opened. */
  #begin(): Promise<void> {
    this.#begun ??= this.#learn().catch((error: unknown) => {
      this.#begun = undefined
      throw error
    })
    return this.#begun
  }

  async #learn(): Promise<void> {
    this.#kept = await KeptRows.load(this.#parts)
    const [state] = await this.engine.query(this.queries['state'], { from: this.#kept.upto })
    const written: WrittenTo = { judged: Number(state?.['judged'] ?? 0), leaves: Number(state?.['leaves'] ?? 0) }
    const made = this.#parts.made()
    if (made !== undefined) await this.#attach(made)
    this.#rows = new RowWriter(this.#tables, written)
  }

  async reach(): Promise<void> {
    if (this.#begun === undefined) await this.#begin()
    else await this.engine.reach()
  }

  #write<T>(act: () => Promise<T>): Promise<T> {
    return this.#writes.run(async () => {
      await this.#begin()
      return act()
    })
  }

  async #written(): Promise<WrittenTo> {
    await this.#begin()
    return this.#rows.written
  }

  /** Takes up rows that an interrupted process was making again. */
  async #attach(made: Made): Promise<void> {
    const writer = await openNext(nextTables(this.engine, this.queries), made)
    this.#next = writer && { made, writer, writes: new Mutex(), taken: false }
  }

  insert(batch: readonly Judged[]): Promise<void> {
    return this.insertEncoded([encodeRows(batch)])
  }

  insertEncoded(batches: readonly EncodedRows[]): Promise<void> {
    return this.#write(async () => {
      const { leaves } = this.#rows.written
      // What is judged again has a new standing, and rows that are made again may hold it with the old one.
      const again = batches.filter(({ keys }) => keys.some(({ leafIndex }) => leafIndex < leaves))
      await this.#rows.insert(batches)
      if (again.length > 0) await this.#alsoIn((writer) => writer.insert(again))
    })
  }

  async #alsoIn(act: (writer: RowWriter) => Promise<void>): Promise<void> {
    const next = this.#next
    await next?.writes.run(() => act(next.writer))
  }

  setAside(leaves: readonly LeafWithoutVerdict[]): Promise<void> {
    return this.#write(() => this.#setAside(leaves))
  }

  async #setAside(leaves: readonly LeafWithoutVerdict[]): Promise<void> {
    await this.#rows.setAside(leaves)
    const erased = leaves.filter(({ state }) => state === 'erased')
    if (erased.length > 0) await this.#alsoIn((writer) => writer.setAside(erased))
  }

  remove(id: Sha256): Promise<void> {
    return this.#write(async () => {
      const found = await this.find(id)
      if (found !== undefined) return this.#setAside([{ leafIndex: found.key.leafIndex, state: 'erased' }])
      // Archived a moment ago, it may have been judged there alone.
      return this.#alsoIn((writer) => writer.remove(id))
    })
  }

  /** While nothing is written: half of an insertion would be taken for all of it. */
  override seriesKeys(insertion = 0): Promise<readonly SeriesKey[]> {
    return this.#write(async () => {
      if (insertion > 0) return super.seriesKeys(insertion)
      const { series } = await this.#kept.takeUpTo(this.#rows.written.judged)
      return [...series.values()].sort(
        (a, b) => order(a.service, b.service) || a.asn - b.asn || Number(a.simulated) - Number(b.simulated),
      )
    })
  }

  override hasReal(): Promise<boolean> {
    return this.#hasRealm('real')
  }

  override hasSimulated(): Promise<boolean> {
    return this.#hasRealm('simulated')
  }

  /** Where there never was any, only what was inserted since is asked. */
  async #hasRealm(realm: 'real' | 'simulated'): Promise<boolean> {
    const known = await this.#write(() => this.#kept.takeUpTo(this.#rows.written.judged))
    if (!known[realm]) return false
    const some = await this.engine.query(this.queries['some-realm'], { simulated: Number(realm === 'simulated') })
    if (some.length > 0) return true
    return realm === 'real' ? super.hasReal() : super.hasSimulated()
  }

  async leafBound(): Promise<number> {
    await this.#writes.settled()
    return (await this.#written()).leaves
  }

  async storedLeaves(): Promise<number> {
    const [first] = await this.missingLeaves((await this.#written()).leaves + 1)
    return first?.from ?? 0
  }

  async missingLeaves(size: number, from = 0): Promise<readonly LeafRange[]> {
    await this.#begin()
    const { whole } = this.#kept
    const gaps = await this.#rows.missingLeaves(size, Math.max(from, Math.min(size, whole)))
    if (from <= whole) this.#kept.sawWhole(gaps[0]?.from ?? size)
    return gaps
  }

  async rowBytes(): Promise<RowBytes> {
    const [row] = await this.engine.query(this.queries['row-bytes'], {})
    const bytes = (name: string): number => Number(row?.[name] ?? 0)
    return { read: bytes('read'), made: bytes('made'), free: bytes('free') }
  }

  remake(version: string): Promise<Remaking> {
    return this.#write(async () => {
      if (this.#next?.taken === true) throw new Fault('Cannot make the rows again: another rebuild is at work')
      const resumed = this.#next?.made.version === version
      if (!resumed) {
        await this.#dropNext()
        await createNext(this.engine, { version, schema: this.#parts.schema, judged: this.#rows.written.judged })
        const made = await recoverNext(this.engine, this.queries, this.#parts.schema)
        if (made === undefined) throw new Fault('Cannot make the rows again: new tables are not there')
        await this.#attach(made)
      }
      const next = this.#next
      if (next === undefined) throw new Fault('Cannot make the rows again: new tables are not there')
      next.taken = true
      return this.#remaking(next, resumed)
    })
  }

  #remaking(next: Next, resumed: boolean): Remaking {
    const { writer, writes } = next
    return {
      resumed,
      insertEncoded: (batches) => writes.run(() => writer.insert(batches)),
      setAside: (leaves) => writes.run(() => writer.setAside(leaves)),
      missingLeaves: (size, from) => writer.missingLeaves(size, from),
      leafBound: async () => writer.written.leaves,
      swap: (archived) => this.#writes.run(() => writes.run(() => this.#swap(next, archived))),
      drop: () => this.#writes.run(() => this.#dropNext()),
      [Symbol.dispose]: () => {
        next.taken = false
      },
    }
  }

  /**
   * With nothing written meanwhile: first what came after the last look, by its rows as they are read, and erasures. Crash
   * before the exchange: the next rebuild continues.
   */
  async #swap({ writer }: Next, archived: ArchivedLeaves): Promise<void> {
    const until = Math.min(archived.size, this.#rows.written.leaves)
    for (const range of await writer.missingLeaves(until, archived.looked)) await writer.carry(range)
    await writer.setAside(archived.erasedLeaves.map((leafIndex) => ({ leafIndex, state: 'erased' })))
    await this.#kept.drop()
    this.#rows = new RowWriter(this.#tables, await swapNext(this.engine, this.queries, writer))
    this.#next = undefined
    // Crash before the old rows are gone: opening removes them.
    await dropNext(this.engine)
  }

  async #dropNext(): Promise<void> {
    this.#next = undefined
    await dropNext(this.engine)
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#writes.settled()
    await this.#next?.writes.settled()
    await super[Symbol.asyncDispose]()
  }
}

/** As the engine orders texts: by their bytes. */
const order = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
