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
 * and takes away the rows of leaves that were erased while they were not. Each step says what a crash right after it
 * leaves.
 *
 * Throws Fault where the warehouse knows leaves that the log has not: one of the two belongs to another folder or was
 * restored from an older copy, and only `rebuild` can follow the log again.
 */
export async function catchUp(sources: Sources): Promise<Rebuilt> {
  const { archive, warehouse, onProgress } = sources
  const result: Rebuilt = { stored: 0, erased: 0, undecoded: 0, broken: [] }

  // 1. What is lacking. Crash: nothing was changed.
  const size = archive.size
  const known = await warehouse.leafBound()
  if (known > size)
    throw new Fault(
      `Cannot go on with the warehouse: it knows ${known} leaves, the log has ${size}; "kuager rebuild" makes it again`,
    )
  const ranges = await warehouse.missingLeaves(size)
  const total = ranges.reduce((sum, { from, until }) => sum + until - from, 0)

  // 2. Rows of leaves that were erased after they were judged are taken away. Crash: the next start does it again.
  const isLacking = (leaf: number): boolean => ranges.some(({ from, until }) => leaf >= from && leaf < until)
  const erased = archive.erasedLeaves.filter((leafIndex) => !isLacking(leafIndex))
  await warehouse.setAside(erased.map((leafIndex) => ({ leafIndex, state: 'erased' })))

  const inserter = new RowInserter(warehouse)
  let done = 0
  for await (const batch of batchesOf(ranges, sources)) {
    // 3. Judged by today's rules, in memory, in the order of the leaves. Crash: as before the batch.
    const judged: Judged[] = []
    const aside: LeafWithoutVerdict[] = []
    for (const { leafIndex, found } of await Promise.all(batch)) {
      if (typeof found === 'string') aside.push({ leafIndex, state: found })
      else if ('error' in found) result.broken.push({ leafIndex, error: found.error })
      else judged.push(found)
    }

    // 4. Rows, inserted in large portions. Crash before their portion: these leaves are lacking, and the next start judges
    // them.
    if (judged.length > 0) await inserter.add(encodeRows(judged))

    // 5. Leaves without a verdict. Crash: they are known, whether or not the rows of 4 are.
    await warehouse.setAside(aside)
    result.stored += judged.length
    for (const { state } of aside) if (state !== 'entry') result[state]++
    done += batch.length
    onProgress({ done, total })
  }

  // 6. The last portion. Crash: only leaves on which our own code broke are lacking.
  await inserter.flush()
  return result
}

/** Measurements encoded at once, and bytes of their blobs after which a smaller number is: memory stays bounded. */
const BATCH = 512
const BATCH_BYTES = 8 * 2 ** 20

/** Measurements that are being judged at once: as many threads as a machine has find work. */
const MOST_JUDGING = 16

/** A leaf with what came of judging it: its row, why it has none, or an error of our own code. */
interface Settled {
  readonly leafIndex: number
  readonly found: Judged | LeafWithoutVerdict['state'] | { readonly error: unknown }
}

/** Leaves of ranges in batches; each is judged from the moment it is read. The last batch may be empty. */
async function* batchesOf(
  ranges: readonly LeafRange[],
  { archive, judge, signal }: Sources,
): AsyncGenerator<readonly Promise<Settled>[]> {
  let batch: Promise<Settled>[] = []
  let bytes = 0
  for (const { from, until } of ranges)
    for await (const archived of archive.scan(from)) {
      if (archived.leafIndex >= until) break
      signal.throwIfAborted()
      batch.push(settle(archived, judge))
      if (archived.kind === 'blob') bytes += archived.bytes.length
      if (batch.length % MOST_JUDGING === 0) await Promise.all(batch)
      if (batch.length < BATCH && bytes < BATCH_BYTES) continue
      yield batch
      batch = []
      bytes = 0
    }
  yield batch
}

/** Never rejects. */
async function settle(archived: Archived, judge: JudgeBlob): Promise<Settled> {
  const { leafIndex } = archived
  if (archived.kind !== 'blob') return { leafIndex, found: archived.kind }
  try {
    return { leafIndex, found: (await judge(archived)) ?? 'undecoded' }
  } catch (error) {
    return { leafIndex, found: error instanceof InputError ? 'undecoded' : { error } }
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
