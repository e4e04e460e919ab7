import { setImmediate } from 'node:timers/promises'
import type { Realm } from '../../core/model/log-entry.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import type { Sha256 } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { Clock } from '../../runtime/clock.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import type { Lease, WorkerPool } from '../../runtime/worker-pool.ts'
import { appendBatch, type Fresh, type SettledValue } from './append-batch.ts'
import { Batch, type BatchSlots, type BatchEntry } from './batch.ts'
import { digest } from '../judge/judge-bytes.ts'
import { readPieces } from './read/measurements.ts'
import type { ReadLimits } from './read/piece.ts'
import type { ImportedSource } from './read/source.ts'
import { openRejects, type RejectsFile } from './rejects.ts'
import { openResumeRecord, type ResumeRecord } from './resume-record.ts'
import type { RowInserter } from '../judge/row-inserter.ts'
import { count, emptyTally, type ImportTally } from './tally.ts'

/** Time between two records of progress: what an interrupted import has to look at again. */
const SAVE_EVERY_MS = 1000

export interface SourceTools {
  readonly folder: string
  readonly archive: Archive
  readonly pool: WorkerPool
  readonly clock: Clock
  readonly rows: RowInserter
  readonly realm?: () => Promise<Realm | undefined>
  /** Where rejects go unless an interrupted import of this file has a file of its own. */
  readonly rejects: RejectsFile
  readonly signal: AbortSignal
  readonly limits: Partial<ReadLimits>
  readonly batchValues: number
  readonly room: BatchSlots
  readonly provenance: Pick<Provenance, 'channel' | 'origin'>
  onRowsLost(): void
  onBytes(count: number): void
  onProgress(progress: { bytes: number; tally: Readonly<ImportTally> }): void
}

/** Imports one file or URL; `rejects` names the file that holds what was not taken. */
export async function importSource(
  source: ImportedSource,
  tools: SourceTools,
): Promise<{ tally: ImportTally; rejects: string }> {
  const record = await openResumeRecord(tools.folder, source, REAL_DISK)
  const earlier = record?.earlier
  const { bytes = 0, name = '' } = earlier?.rejects ?? {}
  await using resumed =
    earlier === undefined ? undefined : await openRejects(tools.folder, name, { bytes, disk: REAL_DISK })
  const run = new SourceRun(tools, record, resumed ?? tools.rejects)
  try {
    await run.readAll(source)
  } catch (error) {
    await run.settle().catch(() => undefined)
    throw error
  }
  await run.settle()
  await run.rejects.flush()
  await record?.remove()
  return { tally: run.tally, rejects: run.rejects.name }
}

class SourceRun {
  readonly tally: ImportTally
  readonly rejects: RejectsFile
  readonly #tools: SourceTools
  readonly #record: ResumeRecord | undefined
  /** Pieces settled so far, those of an interrupted run included. */
  #pieces: number
  #nextLeaf: number
  /** Leaves from `#nextLeaf` up to this one may be those of the interrupted run. */
  readonly #interruptedUntil: number
  #savedAt: number
  #saved = false
  #bytesRead = 0
  /** Resolves when every batch begun so far is settled. */
  #tail: Promise<void> = Promise.resolve()

  constructor(tools: SourceTools, record: ResumeRecord | undefined, rejects: RejectsFile) {
    this.#tools = tools
    this.#record = record
    this.rejects = rejects
    this.tally = structuredClone(record?.earlier?.tally) ?? emptyTally()
    this.#pieces = record?.earlier?.pieces ?? 0
    this.#nextLeaf = record?.earlier?.nextLeaf ?? tools.archive.size
    this.#interruptedUntil = record?.earlier === undefined ? 0 : tools.archive.size
    this.#savedAt = tools.clock.monotonic()
  }

  async readAll(source: ImportedSource): Promise<void> {
    const { signal, limits, batchValues } = this.#tools
    let skip = this.#pieces
    let batch = new Batch(this.#tools.room)
    const onBytes = (count: number): void => {
      this.#bytesRead += count
      this.#tools.onBytes(count)
    }
    for await (const piece of readPieces(source, { signal, limits, onBytes })) {
      if (skip > 0) {
        skip--
        continue
      }
      if (!batch.add(piece)) {
        await this.#begin(batch)
        batch = new Batch(this.#tools.room)
        batch.add(piece)
      }
      if (batch.entries.length < batchValues) continue
      await this.#begin(batch)
      batch = new Batch(this.#tools.room)
    }
    if (batch.entries.length > 0) await this.#begin(batch)
  }

  /** Resolves when every batch begun is settled; throws the first error among them. */
  async settle(): Promise<void> {
    await this.#tail
  }

  async save(): Promise<void> {
    if (this.#record === undefined) return
    await this.rejects.flush()
    await this.#record.save({
      pieces: this.#pieces,
      nextLeaf: this.#nextLeaf,
      rejects: { name: this.rejects.name.replace(/^.*\//, ''), bytes: this.rejects.bytes },
      tally: this.tally,
    })
    this.#savedAt = this.#tools.clock.monotonic()
    this.#saved = true
  }

  /** Starts a batch once a worker has room for it; batches are judged side by side and settled in order. */
  async #begin(batch: Batch): Promise<void> {
    // Where an import began must be known before its first leaf; a file of one value is done or not done.
    if (!this.#saved && batch.entries.length > 1) await this.save()
    await this.#tools.pool.ready()
    const turn = this.#tail
    this.#tail = this.#run(batch, turn)
    this.#tail.catch(() => undefined) // thrown by settle(), and by every later batch in its turn
    await Promise.race([this.#tail, setImmediate()]) // an error stops the reading
  }

  async #run(batch: Batch, turn: Promise<void>): Promise<void> {
    const { entries } = batch
    const settled = await this.#tools.pool
      .lease((lease) => this.#settleBatch(lease, entries, turn))
      .finally(() => batch.release())
    await turn
    for (const entry of entries) this.#tell(entry, settled.get(entry)!) // every entry has its result
    this.#pieces += entries.length
    this.#tools.onProgress({ bytes: this.#bytesRead, tally: this.tally })
    if (this.#tools.clock.monotonic() - this.#savedAt >= SAVE_EVERY_MS) await this.save()
  }

  async #settleBatch(
    lease: Lease,
    entries: readonly BatchEntry[],
    turn: Promise<void>,
  ): Promise<Map<BatchEntry, SettledValue>> {
    const settled = new Map<BatchEntry, SettledValue>()
    const fresh: (Fresh & { entry: BatchEntry })[] = []
    for (const entry of entries) {
      if (entry.kind === 'reject') settled.set(entry, entry)
      else {
        const id = digest(entry.bytes)
        const known = (await this.#tools.archive.has(id)) ? await this.#lookUp(id) : undefined
        if (known === undefined) fresh.push({ entry, id, bytes: entry.bytes })
        else settled.set(entry, known)
      }
    }
    if (fresh.length === 0) return settled
    const { archive, rows, provenance, clock, onRowsLost, realm } = this.#tools
    const results = await appendBatch(lease, fresh, {
      archive,
      rows,
      turn,
      onRowsLost,
      realm: await realm?.(),
      provenance: { ...provenance, receivedAt: clock.now() },
    })
    for (const [i, { entry }] of fresh.entries()) settled.set(entry, results[i]!) // one result for each value
    return settled
  }

  /** What the archive says of bytes it has seen, without judging them again. */
  async #lookUp(id: Sha256): Promise<SettledValue> {
    const archived = await this.#tools.archive.read(id)
    return archived?.kind === 'blob' ? { kind: 'known', leafIndex: archived.leafIndex } : { kind: 'barred' }
  }

  /**
   * Counts an entry. After an interruption, a known leaf that the counts do not reach yet was added by the
   * interrupted run: leaves of one file are in its order.
   */
  #tell({ position }: BatchEntry, settled: SettledValue): void {
    switch (settled.kind) {
      case 'added':
      case 'known': {
        const { kind, leafIndex } = settled
        const fresh = kind === 'added' || (leafIndex >= this.#nextLeaf && leafIndex < this.#interruptedUntil)
        if (fresh) this.#nextLeaf = leafIndex + 1
        return count(this.tally, fresh ? 'added' : 'known')
      }
      case 'barred':
        this.rejects.add({ kind: 'barred', code: 'barred', detail: 'erased before', position })
        return count(this.tally, 'barred')
      case 'aside':
      case 'reject':
        this.rejects.add({ ...settled, position })
        return count(this.tally, settled.kind === 'aside' ? 'aside' : 'rejected', settled.code)
    }
  }
}
