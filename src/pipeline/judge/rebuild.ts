import { Fault } from '../../core/model/errors.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { LeafRange, LeafWithoutVerdict, Warehouse } from '../../store/warehouse/contract.ts'
import { Portions, type JudgedPortion, type Portion } from './judge-archived.ts'
import { RowInserter } from './row-inserter.ts'

/** Judges portions of archived measurements by today's rules. */
export interface PortionJudge {
  /** Portions that are judged at once. */
  readonly atOnce: number
  judge(portion: Portion): Promise<JudgedPortion>
}

export interface Sources {
  readonly archive: Pick<Archive, 'size' | 'frames' | 'readLeaf' | 'erasedLeaves'>
  readonly warehouse: Pick<Warehouse, 'insertEncoded' | 'setAside' | 'missingLeaves' | 'leafBound'>
  readonly judge: PortionJudge
  /** Called after every few hundred leaves; a throw ends the work like the signal. */
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void
  /** Stops between two portions; what was judged by then is inserted, and the next `catchUp` continues from there. */
  readonly signal: AbortSignal
}

/** What became of the leaves that were read. */
export interface Rebuilt {
  stored: number
  erased: number
  undecoded: number
  /** Leaves on which our own code broke: not stored, tried again by the next `catchUp`. */
  readonly broken: { readonly leafIndex: number; readonly why: string }[]
}

/** Leaves that came during one look and are left for the exchange: their rows are carried over. */
const FEW_LEAVES = 2000
/** Looks at most, where more comes in all the time. */
const MOST_LOOKS = 20

/** Rows that were made again, and what became of the leaves. */
export interface RemadeRows {
  readonly rebuilt: Rebuilt
  /** Leaves below were all looked at. */
  readonly size: number
}

/**
 * Makes all rows again from the archive, next to those that are read: the same bytes under the same rules give the same
 * rows. It continues where an interrupted one stopped, and looks again at what came meanwhile until that is little.
 */
export async function remakeRows(sources: Sources): Promise<RemadeRows> {
  const all: Rebuilt = { stored: 0, erased: 0, undecoded: 0, broken: [] }
  for (let look = 1; ; look++) {
    const { size } = sources.archive
    const { stored, erased, undecoded, broken } = await catchUp(sources)
    all.stored += stored
    all.erased += erased
    all.undecoded += undecoded
    const known = new Set(all.broken.map(({ leafIndex }) => leafIndex))
    all.broken.push(...broken.filter(({ leafIndex }) => !known.has(leafIndex)))
    if (sources.archive.size - size <= FEW_LEAVES || look === MOST_LOOKS) return { rebuilt: all, size }
  }
}

/**
 * Judges and stores the leaves that the warehouse lacks, after a crash between log and warehouse or after new leaves,
 * and takes away the rows of leaves that were erased while they were not. Each step says what a crash right after it
 * leaves. Leaves are read ahead by a few portions, which bounds the memory; portions may be stored in any order.
 *
 * Throws Fault where the warehouse knows leaves that the log has not: one of the two belongs to another folder or was
 * restored from an older copy, and only a rebuild can follow the log again.
 */
export async function catchUp(sources: Sources): Promise<Rebuilt> {
  const { archive, warehouse } = sources

  // 1. What is lacking. Crash: nothing was changed.
  const size = archive.size
  const known = await warehouse.leafBound()
  if (known > size)
    throw new Fault(
      `Cannot go on with the warehouse: it knows ${known} leaves, the log has ${size}; "kuager rebuild" makes it again`,
    )
  const ranges = await warehouse.missingLeaves(size)

  // 2. Rows of leaves that were erased after they were judged are taken away. Crash: the next start does it again.
  const before = new Set(archive.erasedLeaves)
  const isLacking = (leaf: number): boolean => ranges.some(({ from, until }) => leaf >= from && leaf < until)
  await setErased(
    warehouse,
    [...before].filter((leaf) => !isLacking(leaf)),
  )

  // 3. Judged by today's rules, and stored. Crash: what was not stored is lacking, and the next start judges it.
  const run = new Run(sources, ranges)
  try {
    await run.readAll()
  } finally {
    // 4. Also where it was stopped: what was judged is stored. Crash: as after 3.
    await run.end()
  }

  // 5. What was erased while it was judged may have been stored after its rows were taken away. Crash: as after 2.
  await setErased(
    warehouse,
    archive.erasedLeaves.filter((leaf) => !before.has(leaf)),
  )
  return run.result
}

const setErased = (warehouse: Sources['warehouse'], leaves: readonly number[]): Promise<void> =>
  warehouse.setAside(leaves.map((leafIndex) => ({ leafIndex, state: 'erased' })))

/** Leaves without a verdict that are recorded at once. */
const ASIDE_AT_ONCE = 2000

/** The leaves of some ranges on their way from the archive to the warehouse. */
class Run {
  readonly result: Rebuilt = { stored: 0, erased: 0, undecoded: 0, broken: [] }
  readonly #sources: Sources
  readonly #ranges: readonly LeafRange[]
  readonly #total: number
  readonly #portions = new Portions()
  readonly #inserter: RowInserter
  readonly #running = new Set<Promise<void>>()
  #aside: LeafWithoutVerdict[] = []
  #done = 0
  #failed: { readonly error: unknown } | undefined

  constructor(sources: Sources, ranges: readonly LeafRange[]) {
    this.#sources = sources
    this.#ranges = ranges
    this.#total = ranges.reduce((sum, { from, until }) => sum + until - from, 0)
    this.#inserter = new RowInserter(sources.warehouse)
  }

  /** Throws the first error of what it began, or the reason of the signal. */
  async readAll(): Promise<void> {
    const { archive, signal } = this.#sources
    for (const { from, until } of this.#ranges)
      for await (const found of archive.frames(from)) {
        if (found.leafIndex >= until) break
        signal.throwIfAborted()
        if (found.kind !== 'frame') {
          this.#done++
          this.#aside.push({ leafIndex: found.leafIndex, state: found.kind })
          if (this.#aside.length >= ASIDE_AT_ONCE) await this.#setAside()
          continue
        }
        const { leafIndex, provenance, frame, size } = found
        await this.#begin(this.#portions.add({ leafIndex, provenance, bytes: frame, expandsTo: size }))
      }
    await this.#begin(this.#portions.finish())
    await Promise.all(this.#running)
    this.#throwFailed()
    signal.throwIfAborted()
  }

  /** Resolves when nothing is under way and all that was judged is stored. */
  async end(): Promise<void> {
    await Promise.all(this.#running)
    await this.#inserter.flush()
    await this.#setAside()
    this.#sources.onProgress({ done: this.#done, total: this.#total })
  }

  /** Resolves when the next portion may begin. */
  async #begin(portion: Portion | undefined): Promise<void> {
    if (portion === undefined) return
    const running = this.#settle(portion)
      .catch((error: unknown) => {
        this.#failed ??= { error }
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
    if (this.#running.size >= this.#sources.judge.atOnce) await Promise.race(this.#running)
    this.#throwFailed()
  }

  #throwFailed(): void {
    if (this.#failed !== undefined) throw this.#failed.error
  }

  async #settle(portion: Portion): Promise<void> {
    const { judge, onProgress } = this.#sources
    const { rows, leaves, without, lost } = await judge.judge(portion)
    this.#portions.release(portion)
    for (const some of rows) await this.#inserter.add(some)
    this.result.stored += leaves.length
    for (const one of without)
      if (one.kind === 'broken') this.result.broken.push({ leafIndex: one.leafIndex, why: one.why })
      else if (one.kind === 'undecoded') this.#aside.push({ leafIndex: one.leafIndex, state: 'undecoded' })
      else await this.#takeDamaged(one.leafIndex)
    // One that ends its thread is judged as saying nothing: the next rules may read it.
    for (const { leafIndex } of lost) this.#aside.push({ leafIndex, state: 'undecoded' })
    this.#done += portion.places.length
    if (this.#aside.length >= ASIDE_AT_ONCE) await this.#setAside()
    onProgress({ done: this.#done, total: this.#total })
  }

  /** Throws Fault that names the file, except for what was erased since it was read. */
  async #takeDamaged(leafIndex: number): Promise<void> {
    const found = await this.#sources.archive.readLeaf(leafIndex)
    if (found?.kind !== 'erased') throw new Fault(`Cannot read leaf ${leafIndex}: found two contents`)
    this.#aside.push({ leafIndex, state: 'erased' })
  }

  /** Leaves without a verdict. Crash: they are known, whether or not the rows of others are. */
  async #setAside(): Promise<void> {
    const aside = this.#aside
    this.#aside = []
    await this.#sources.warehouse.setAside(aside)
    for (const { state } of aside) if (state !== 'entry') this.result[state]++
  }
}

interface AgainSources {
  readonly archive: Pick<Archive, 'readLeaf'>
  readonly warehouse: Pick<Warehouse, 'insertEncoded'>
  readonly judge: PortionJudge
  readonly signal: AbortSignal
}

/** Judges stored measurements again and replaces their rows: what is known of their senders has changed. */
export async function judgeAgain(leaves: readonly number[], sources: AgainSources): Promise<void> {
  const { archive, warehouse, judge, signal } = sources
  const inserter = new RowInserter(warehouse)
  const portions = new Portions()
  const store = async (portion: Portion | undefined): Promise<void> => {
    if (portion === undefined) return
    const { rows, without } = await judge.judge(portion)
    portions.release(portion)
    // What says nothing by the rules of today keeps its rows: a rebuild sets it aside.
    const broken = without.find(({ kind }) => kind !== 'undecoded')
    if (broken !== undefined)
      throw new Fault(
        `Cannot judge leaf ${broken.leafIndex} again: ${broken.kind === 'broken' ? broken.why : 'damaged'}`,
      )
    for (const some of rows) await inserter.add(some)
  }
  for (const leaf of leaves) {
    signal.throwIfAborted()
    const archived = await archive.readLeaf(leaf)
    if (archived?.kind === 'blob') await store(portions.add(archived))
  }
  await store(portions.finish())
  await inserter.flush()
}
