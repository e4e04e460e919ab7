import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '../../../core/model/errors.ts'
import type { Sha256 } from '../../../core/model/units.ts'
import { isWarehouseAway } from '../away.ts'
import type { EncodedBlock, EncodedRows, LeafRange, LeafWithoutVerdict, RowKey } from '../contract.ts'
import { decodeKnownLeaf } from '../decode-rows.ts'
import type { Engine } from '../engine.ts'
import { leafGaps } from '../leaf-gaps.ts'
import { blockHead } from '../native-block.ts'
import { asideBlock, groupsWithoutRepeats, leavesBlock, movedBlock } from '../rows.ts'
import type { Queries } from '../schema.ts'

/** The tables delete replaced files about two seconds later (settings in sql/0001-tables.sql); a minute is too long. */
const OLD_PARTS_LOOKS = 300
const OLD_PARTS_PAUSE_MS = 200

/** Leaves of one erasing statement: it travels in the address of a request to a server. */
const MOST_ERASED = 4096
/** How often a write is made whose answer is lost, and the pause before the second time. */
const WRITES = 3
const WRITE_AGAIN_MS = 500

export interface RowTables {
  readonly engine: Engine
  /** Over the tables that are written. */
  readonly queries: Queries
  /** Name of one of the three tables. */
  readonly tableName: (table: 'observations' | 'verdicts' | 'leaves') => string
  /** Called before rows are taken away. */
  readonly beforeErase?: () => Promise<void>
}

/** How far tables are written. */
export interface WrittenTo {
  /** Number of the last insertion begun. */
  readonly judged: number
  /** Above every leaf known: leaves from here on are new and need no look-up. */
  readonly leaves: number
}

/**
 * A write whose answer is lost has happened or not: it is made again under a new number, which supersedes what is there.
 * What failed for another reason is not repeated.
 */
export async function writeAgain(write: () => Promise<void>): Promise<void> {
  for (let nth = 1; ; nth++)
    try {
      return await write()
    } catch (error) {
      if (nth === WRITES || !isWarehouseAway(error)) throw error
      await pause(nth * WRITE_AGAIN_MS)
    }
}

/** Writes rows into one set of tables. One act at a time: the caller sees to it. */
export class RowWriter {
  readonly #tables: RowTables
  #judged: number
  #leaves: number

  constructor(tables: RowTables, { judged, leaves }: WrittenTo) {
    this.#tables = tables
    this.#judged = judged
    this.#leaves = leaves
  }

  get written(): WrittenTo {
    return { judged: this.#judged, leaves: this.#leaves }
  }

  async insert(batches: readonly EncodedRows[]): Promise<void> {
    for (const group of groupsWithoutRepeats(batches)) await writeAgain(() => this.#insertGroup(group))
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
    // Before their rows: where the answer is lost, they may be known.
    for (const { leafIndex } of keys) if (leafIndex >= this.#leaves) this.#leaves = leafIndex + 1
    await this.#insertBlocks('leaves', judged, [leavesBlock(keys)])
  }

  /** Places where measurements of these keys were until now and are no longer. */
  async #movedKeys(keys: readonly RowKey[]): Promise<readonly RowKey[]> {
    const byLeaf = new Map(keys.filter(({ leafIndex }) => leafIndex < this.#leaves).map((key) => [key.leafIndex, key]))
    if (byLeaf.size === 0) return []
    const { engine, queries } = this.#tables
    const rows = await engine.query(queries['known-leaves'], { leaves: [...byLeaf.keys()] })
    return rows.map(decodeKnownLeaf).flatMap((old) => {
      const key = byLeaf.get(old.leafIndex)
      if (key === undefined) return []
      const stays = key.service === old.service && key.asn === old.asn && key.startedAt === old.startedAt
      return stays ? [] : [{ ...old, id: key.id }]
    })
  }

  async #insertBlocks(
    table: 'observations' | 'verdicts' | 'leaves',
    judged: number,
    blocks: readonly EncodedBlock[],
  ): Promise<void> {
    const filled = blocks.filter(({ rows }) => rows > 0)
    const columns = filled[0]?.columns
    if (columns === undefined) return
    const pieces = filled.flatMap((block) => [
      blockHead(block.columns.length, block.rows, { name: 'judged', value: judged }),
      block.bytes,
    ])
    const { engine, tableName } = this.#tables
    await engine.insertNative(tableName(table), ['judged', ...columns], pieces)
  }

  /** Records leaves that have no verdict; rows of them go. */
  async setAside(leaves: readonly LeafWithoutVerdict[]): Promise<void> {
    if (leaves.length > 0) await writeAgain(() => this.#setAside(leaves))
  }

  async #setAside(leaves: readonly LeafWithoutVerdict[]): Promise<void> {
    const { engine, queries } = this.#tables
    const known = leaves.map(({ leafIndex }) => leafIndex).filter((leafIndex) => leafIndex < this.#leaves)
    if (known.length > 0) {
      const rows = await engine.query(queries['known-leaves'], { leaves: known })
      const gone = rows.map((row) => decodeKnownLeaf(row).leafIndex)
      for (let at = 0; at < gone.length; at += MOST_ERASED) await this.#erase(gone.slice(at, at + MOST_ERASED))
    }
    for (const { leafIndex } of leaves) if (leafIndex >= this.#leaves) this.#leaves = leafIndex + 1
    await this.#insertBlocks('leaves', ++this.#judged, [asideBlock(leaves)])
  }

  /** Resolves when the files that held the rows are deleted, too: the engine replaces files first and deletes later. */
  async #erase(leaves: readonly number[]): Promise<void> {
    const { engine, queries, beforeErase } = this.#tables
    await beforeErase?.()
    for (const statement of queries['erase-leaves']) await engine.command(statement, { leaves })
    const oldParts = async (): Promise<readonly unknown[]> =>
      (await engine.query(queries['old-parts'], {})).map((row) => row['part'])
    const replaced = new Set(await oldParts())
    for (let look = 0; look < OLD_PARTS_LOOKS; look++) {
      if (!(await oldParts()).some((part) => replaced.has(part))) return
      await pause(OLD_PARTS_PAUSE_MS)
    }
    throw new Fault('Cannot finish the erasure: the rows are gone, old files of the warehouse still lie on the disk')
  }

  /** Takes every row of a measurement off the disk and records its leaf as erased; nothing where it is not stored. */
  async remove(id: Sha256): Promise<void> {
    const { engine, queries } = this.#tables
    const [row] = await engine.query(queries['measurement'], { id })
    if (row !== undefined) await this.setAside([{ leafIndex: Number(row['leaf_index']), state: 'erased' }])
  }

  /** Copies rows of leaves from the tables that are read. */
  async carry({ from, until }: LeafRange): Promise<void> {
    const { engine, queries } = this.#tables
    await writeAgain(async () => {
      const judged = ++this.#judged
      for (const statement of queries['carry-rows']) await engine.command(statement, { from, until, judged })
    })
    if (until > this.#leaves) this.#leaves = until
  }

  missingLeaves(size: number, from = 0): Promise<readonly LeafRange[]> {
    const { engine, queries } = this.#tables
    return leafGaps(engine, queries, { from, size })
  }
}
