import { Fault, InputError } from '../../core/model/errors.ts'
import type { Archive, Archived } from '../../store/archive/contract.ts'
import type { Judged, LeafRange, LeafWithoutVerdict, Warehouse } from '../../store/warehouse/contract.ts'
import { encodeRows } from '../../store/warehouse/rows.ts'
import { RowInserter } from './row-inserter.ts'

export type StoredBlob = Extract<Archived, { kind: 'blob' }>

/** Judges the bytes of a leaf by today's rules; undefined (or an InputError) where they say nothing we decode. */
export type JudgeBlob = (blob: StoredBlob) => Judged | undefined | Promise<Judged | undefined>

export interface Sources {
  readonly archive: Pick<Archive, 'size' | 'scan' | 'erasedLeaves'>
  readonly warehouse: Warehouse
  readonly judge: JudgeBlob
  /** Called after every few hundred leaves. */
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void
  /** Stops between two leaves; what is inserted by then stays, and the next `catchUp` continues from there. */
  readonly signal: AbortSignal
}

/** What became of the leaves that were read. */
export interface Rebuilt {
  stored: number
  erased: number
  undecoded: number
  /** Leaves on which our own code broke: not stored, tried again by the next `catchUp`. */
  readonly broken: { readonly leafIndex: number; readonly error: unknown }[]
}

/**
 * Makes the warehouse again from the archive: the same bytes under the same rules give the same rows.
 * An erased leaf is recorded as erased. Until it ends, readers see the part made so far.
 */
export async function rebuild(sources: Sources): Promise<Rebuilt> {
  await sources.warehouse.clear()
  return catchUp(sources)
}

/**
 * Judges and stores the leaves that the warehouse lacks, after a crash between log and warehouse or after new leaves,
 * and takes away the rows of leaves that were erased while they were not.
 * Throws Fault where the warehouse knows leaves that the log has not: one of the two belongs to another folder or was
 * restored from an older copy, and only `rebuild` can follow the log again.
 */
export async function catchUp(sources: Sources): Promise<Rebuilt> {
  const { archive, warehouse } = sources
  const size = archive.size
  const known = await warehouse.leafBound()
  if (known > size)
    throw new Fault(
      `Cannot go on with the warehouse: it knows ${known} leaves, the log has ${size}; "kuager rebuild" makes it again`,
    )
  const ranges = await warehouse.missingLeaves(size)
  const asked = (leaf: number): boolean => ranges.some(({ from, until }) => leaf >= from && leaf < until)
  const erased = archive.erasedLeaves.filter((leafIndex) => !asked(leafIndex))
  await warehouse.setAside(erased.map((leafIndex) => ({ leafIndex, state: 'erased' })))
  const total = ranges.reduce((sum, range) => sum + range.until - range.from, 0)
  const run = new Run(sources, total)
  for (const range of ranges) await run.read(range)
  await run.finish()
  return run.result
}

/** Measurements encoded at once, and bytes of their blobs after which a smaller number is: memory stays bounded. */
const BATCH = 512
const BATCH_BYTES = 8 * 2 ** 20

/** Measurements that are being judged at once: as many threads as a machine has find work. */
const MOST_JUDGING = 16

/** What came of judging one. */
type Settled = { readonly judged: Judged | undefined } | { readonly error: unknown }

class Run {
  readonly result: Rebuilt = { stored: 0, erased: 0, undecoded: 0, broken: [] }
  readonly #sources: Sources
  readonly #inserter: RowInserter
  readonly #total: number
  #batch: Judged[] = []
  #bytes = 0
  #aside: LeafWithoutVerdict[] = []
  #judging: { readonly leafIndex: number; readonly settled: Promise<Settled> }[] = []
  #done = 0

  constructor(sources: Sources, total: number) {
    this.#sources = sources
    this.#inserter = new RowInserter(sources.warehouse)
    this.#total = total
  }

  async read(range: LeafRange): Promise<void> {
    const { archive, signal } = this.#sources
    for await (const archived of archive.scan(range.from)) {
      if (archived.leafIndex >= range.until) return
      signal.throwIfAborted()
      this.#take(archived)
      if (this.#judging.length >= MOST_JUDGING) await this.#settle()
      if (++this.#done % BATCH === 0 || this.#bytes >= BATCH_BYTES) await this.#hand()
    }
  }

  #take(archived: Archived): void {
    const { leafIndex } = archived
    if (archived.kind === 'erased') {
      this.result.erased++
      this.#aside.push({ leafIndex, state: 'erased' })
      return
    }
    if (archived.kind === 'entry') {
      this.#aside.push({ leafIndex, state: 'entry' })
      return
    }
    this.#bytes += archived.bytes.length
    const judged = (async () => this.#sources.judge(archived))()
    const settled = judged.then(
      (found): Settled => ({ judged: found }),
      (error: unknown): Settled => ({ error }),
    )
    this.#judging.push({ leafIndex, settled })
  }

  /** Takes what was judged, in the order of the leaves. */
  async #settle(): Promise<void> {
    const judging = this.#judging
    this.#judging = []
    for (const { leafIndex, settled } of judging) {
      const found = await settled
      if ('judged' in found && found.judged !== undefined) this.#batch.push(found.judged)
      else if ('judged' in found || found.error instanceof InputError) this.#undecoded(leafIndex)
      else this.result.broken.push({ leafIndex, error: found.error })
    }
  }

  #undecoded(leafIndex: number): void {
    this.result.undecoded++
    this.#aside.push({ leafIndex, state: 'undecoded' })
  }

  async #hand(): Promise<void> {
    await this.#settle()
    const batch = this.#batch
    const aside = this.#aside
    this.#batch = []
    this.#aside = []
    this.#bytes = 0
    if (batch.length > 0) await this.#inserter.add(encodeRows(batch))
    await this.#sources.warehouse.setAside(aside)
    this.result.stored += batch.length
    this.#sources.onProgress({ done: this.#done, total: this.#total })
  }

  async finish(): Promise<void> {
    await this.#hand()
    await this.#inserter.flush()
  }
}

interface AgainSources {
  readonly archive: Pick<Archive, 'readLeaf'>
  readonly warehouse: Warehouse
  readonly judge: JudgeBlob
  readonly signal: AbortSignal
}

/** Judges stored measurements again and replaces their rows: what is known of their senders has changed. */
export async function judgeAgain(leaves: readonly number[], sources: AgainSources): Promise<void> {
  const { archive, warehouse, judge, signal } = sources
  const inserter = new RowInserter(warehouse)
  for (const leaf of leaves) {
    signal.throwIfAborted()
    const archived = await archive.readLeaf(leaf)
    if (archived?.kind !== 'blob') continue
    try {
      const judged = await judge(archived)
      if (judged !== undefined) await inserter.add(encodeRows([judged]))
    } catch (error) {
      // By the rules of today its bytes say nothing: a rebuild sets it aside.
      if (!(error instanceof InputError)) throw error
    }
  }
  await inserter.flush()
}
