import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '../../core/model/errors.ts'
import type { Reading } from '../../core/model/measured/reading.ts'
import { parseSha256, type Asn, type Instant, type Sha256 } from '../../core/model/units.ts'
import { Mutex } from '../../runtime/mutex.ts'
import { openChdb } from './chdb.ts'
import { openClickHouse } from './clickhouse.ts'
import {
  MOST_OBSERVATIONS,
  type EncodedBlock,
  type EncodedRows,
  type ExploredBin,
  type ExplorePeriod,
  type Judged,
  type LeafRange,
  type KeptApart,
  type LeafWithoutVerdict,
  type ListedPeriod,
  type ListedPoint,
  type MatrixCell,
  type MeasuredDay,
  type Period,
  type ReadingPeriod,
  type LastInterfered,
  type RecentSeries,
  type RowKey,
  type SeriesColumns,
  type SeriesCount,
  type SeriesKey,
  type SeriesName,
  type SeriesPoint,
  type StoredVerdict,
  type Warehouse,
} from './contract.ts'
import { decodeReading, decodeSeriesColumns, decodeSeriesCount, decodeSeriesKey } from './decode-readings.ts'
import { aggregate } from './aggregate.ts'
import {
  decodeExploredBin,
  decodeKeptApart,
  decodeKnownLeaf,
  decodeListedPoint,
  decodeMatrixCell,
  decodeMeasuredDay,
  decodeLastInterfered,
  decodeRecentSeries,
  decodeSeriesPoint,
  decodeStoredVerdict,
  type FoundVerdict,
} from './decode-rows.ts'
import type { Engine, Params } from './engine.ts'
import { leafGaps } from './leaf-gaps.ts'
import { blockHead } from './native-block.ts'
import { publishedRows } from './published.ts'
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

class ClickHouseWarehouse implements Warehouse {
  readonly #engine: Engine
  readonly #queries: Queries
  readonly aggregated: Warehouse['aggregated'] = (asked) => aggregate(this.#engine, this.#queries['aggregated'], asked)
  readonly published: Warehouse['published']
  /** Number of the last insertion begun. */
  #judged: number
  /** Above every leaf known: leaves from here on are new and need no look-up. */
  #leaves: number
  /** Writes run one after another, so that a later insertion has a higher number in every table. */
  readonly #writes = new Mutex()

  constructor(parts: { engine: Engine; queries: Queries }, judged: number, leaves: number) {
    this.#engine = parts.engine
    this.#queries = parts.queries
    this.published = publishedRows(parts.engine, parts.queries)
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
    const rows = await this.#engine.query(this.#queries['known-leaves'], { leaves: [...byLeaf.keys()] })
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
    await this.#engine.insertNative(table, ['judged', ...columns], pieces)
  }

  setAside(leaves: readonly LeafWithoutVerdict[]): Promise<void> {
    return this.#writes.run(() => this.#setAside(leaves))
  }

  async #setAside(leaves: readonly LeafWithoutVerdict[]): Promise<void> {
    if (leaves.length === 0) return
    const known = leaves.map(({ leafIndex }) => leafIndex).filter((leafIndex) => leafIndex < this.#leaves)
    if (known.length > 0) {
      const rows = await this.#engine.query(this.#queries['known-leaves'], { leaves: known })
      const gone = rows.map((row) => decodeKnownLeaf(row).leafIndex)
      if (gone.length > 0) await this.#erase(gone)
    }
    await this.#engine.command(this.#queries['set-aside'], {
      leaves: leaves.map(({ leafIndex }) => leafIndex),
      states: leaves.map(({ state }) => state),
      judged: ++this.#judged,
    })
    for (const { leafIndex } of leaves) if (leafIndex >= this.#leaves) this.#leaves = leafIndex + 1
  }

  /** Resolves when the files that held the rows are deleted, too: the engine replaces files first and deletes later. */
  async #erase(leaves: readonly number[]): Promise<void> {
    for (const statement of this.#queries['erase-leaves']) await this.#engine.command(statement, { leaves })
    const oldParts = async (): Promise<readonly unknown[]> =>
      (await this.#engine.query(this.#queries['old-parts'], {})).map((row) => row['part'])
    const replaced = new Set(await oldParts())
    for (let look = 0; look < OLD_PARTS_LOOKS; look++) {
      if (!(await oldParts()).some((part) => replaced.has(part))) return
      await pause(OLD_PARTS_PAUSE_MS)
    }
    throw new Fault('Cannot finish the erasure: the rows are gone, old files of the warehouse still lie on the disk')
  }

  remove(id: Sha256): Promise<void> {
    return this.#writes.run(async () => {
      const found = await this.#find(id)
      if (found !== undefined) await this.#setAside([{ leafIndex: found.key.leafIndex, state: 'erased' }])
    })
  }

  async series(service: string, asn: Asn, period: Period): Promise<readonly SeriesPoint[]> {
    return (await this.#engine.query(this.#queries['series'], { service, asn, ...period })).map(decodeSeriesPoint)
  }

  async listed(service: string, period: ListedPeriod): Promise<readonly ListedPoint[]> {
    const { since, until, asn, after, most, realOnly = false } = period
    const params = {
      service,
      since,
      until,
      most,
      after_asn: after?.asn ?? asn ?? 0,
      last_asn: asn ?? 0xffff_ffff,
      after_at: after?.at ?? 0,
      after_leaf: after?.leafIndex ?? -1,
      with_simulated: Number(!realOnly),
    }
    return (await this.#engine.query(this.#queries['listed'], params)).map(decodeListedPoint)
  }

  async readings(service: string, asn: Asn, period: ReadingPeriod): Promise<readonly Reading[]> {
    const { since, until, simulated } = period
    const params = { service, asn, since, until, simulated: Number(simulated) }
    return (await this.#engine.query(this.#queries['readings'], params)).map(decodeReading)
  }

  async readingColumns(of: readonly SeriesName[], period: ReadingPeriod): Promise<readonly SeriesColumns[]> {
    if (of.length === 0) return []
    const rows = await this.#engine.query(this.#queries['reading-columns'], seriesParams(of, period))
    return rows.map(decodeSeriesColumns)
  }

  async verdicts(
    service: string,
    asn: Asn,
    period: ReadingPeriod & { readonly most: number },
  ): Promise<readonly StoredVerdict[]> {
    const { since, until, simulated, most } = period
    const params = { service, asn, since, until, most, simulated: Number(simulated) }
    return (await this.#engine.query(this.#queries['verdicts'], params)).map(
      (row) => decodeStoredVerdict(parseSha256(row['id_hex']), row).stored,
    )
  }

  async keptApart(service: string, asn: Asn, period: Period & { readonly most: number }): Promise<KeptApart> {
    return decodeKeptApart(await this.#engine.query(this.#queries['kept-apart'], { service, asn, ...period }))
  }

  async apart(service: string, asn: Asn, { since, until, simulated }: ReadingPeriod): Promise<number> {
    const params = { service, asn, since, until, simulated: Number(simulated) }
    const [row] = await this.#engine.query(this.#queries['series-apart'], params)
    return Number(row?.['measurements'] ?? 0)
  }

  async revoked(
    service: string,
    asn: Asn,
    { since, until, simulated, after }: ReadingPeriod & { readonly after: number },
  ): Promise<number> {
    const params = { service, asn, since, until, simulated: Number(simulated), after }
    const [row] = await this.#engine.query(this.#queries['series-revoked'], params)
    return Number(row?.['measurements'] ?? 0)
  }

  async bySender(names: readonly string[], from: Instant): Promise<readonly number[]> {
    if (names.length === 0) return []
    const rows = await this.#engine.query(this.#queries['by-sender'], { names, from })
    return rows.map((row) => Number(row['leaf_index']))
  }

  async counts(of: readonly SeriesName[], period: ReadingPeriod): Promise<readonly SeriesCount[]> {
    if (of.length === 0) return []
    const rows = await this.#engine.query(this.#queries['series-counts'], seriesParams(of, period))
    return rows.map(decodeSeriesCount)
  }

  async seriesKeys(insertion = 0): Promise<readonly SeriesKey[]> {
    await this.#writes.settled()
    return (await this.#engine.query(this.#queries['series-keys'], { after: insertion })).map(decodeSeriesKey)
  }

  async matrix(period: Period): Promise<readonly MatrixCell[]> {
    return (await this.#engine.query(this.#queries['matrix'], { ...period })).map(decodeMatrixCell)
  }

  async recent({ since, until, simulated }: ReadingPeriod): Promise<readonly RecentSeries[]> {
    const params = { since, until, simulated: Number(simulated) }
    return (await this.#engine.query(this.#queries['recent'], params)).map(decodeRecentSeries)
  }

  async lastInterfered({ since, until, simulated }: ReadingPeriod): Promise<readonly LastInterfered[]> {
    const params = { since, until, simulated: Number(simulated) }
    return (await this.#engine.query(this.#queries['last-interfered'], params)).map(decodeLastInterfered)
  }

  async measuredHours({ since, until, simulated }: ReadingPeriod): Promise<readonly MeasuredDay[]> {
    const params = { since, until, simulated: Number(simulated) }
    return (await this.#engine.query(this.#queries['measured-hours'], params)).map(decodeMeasuredDay)
  }

  async explored(service: string, asked: ExplorePeriod): Promise<readonly ExploredBin[]> {
    const { asns, step, simulated, since, until } = asked
    const params = { service, since, until, step, simulated: Number(simulated) }
    const networks = { asns: asns ?? [], pooled: Number(asns === undefined) }
    return (await this.#engine.query(this.#queries['explored'], { ...params, ...networks })).map((row) =>
      decodeExploredBin(row, step),
    )
  }

  async measurement(id: Sha256): Promise<StoredVerdict | undefined> {
    return (await this.#find(id))?.stored
  }

  async #find(id: Sha256): Promise<FoundVerdict | undefined> {
    const [row] = await this.#engine.query(this.#queries['measurement'], { id })
    return row === undefined ? undefined : decodeStoredVerdict(id, row)
  }

  async observations(id: Sha256): Promise<readonly Record<string, unknown>[]> {
    const found = await this.#find(id)
    if (found === undefined) return []
    const { leafIndex: leaf, service, asn, startedAt: at } = found.key
    return this.#engine.query(this.#queries['observations'], {
      ...{ service, asn, at, leaf, judged: found.judged },
      most: MOST_OBSERVATIONS,
    })
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
    return leafGaps(this.#engine, this.#queries, { from, size })
  }

  async hasReal(): Promise<boolean> {
    return (await this.#engine.query(this.#queries['any-real'], {})).length > 0
  }

  async hasSimulated(): Promise<boolean> {
    return (await this.#engine.query(this.#queries['any-simulated'], {})).length > 0
  }

  releaseMemory(): Promise<void> {
    return this.#engine.releaseMemory()
  }

  clear(): Promise<void> {
    return this.#writes.run(async () => {
      for (const statement of this.#queries['clear']) await this.#engine.command(statement, {})
      this.#leaves = 0
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writes.settled()
    await this.#engine[Symbol.asyncDispose]()
  }
}

const seriesParams = (of: readonly SeriesName[], { since, until, simulated }: ReadingPeriod): Params => ({
  services: of.map(({ service }) => service),
  asns: of.map(({ asn }) => asn),
  since,
  until,
  simulated: Number(simulated),
})
