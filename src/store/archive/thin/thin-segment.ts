import { Fault } from '../../../core/model/errors.ts'
import { formatInstantUtc, type Instant } from '../../../core/model/units.ts'
import { isMissing, type Disk } from '../../../runtime/files/disk.ts'
import { openAnew, writeDurable } from '../../../runtime/files/durable-file.ts'
import type { ThinnedTogether } from '../contract.ts'
import type { Erasures } from '../erasures.ts'
import type { ArchiveIndex } from '../ids/archive-index.ts'
import { numbersOf, type Layout } from '../layout.ts'
import { ID_BYTES, encodeErased, encodeThinned, idOf, provenanceOf } from '../record.ts'
import { readSegmentHead } from '../recover.ts'
import { SEGMENT_HEAD_BYTES, encodeSegmentHead, type SegmentHead } from '../segment-head.ts'
import { walkSegment } from '../segment-walk.ts'
import { writeSidecar } from '../sidecar.ts'
import { Window } from '../window.ts'
import { RowChunks, RowsFile, withoutLeaves } from './rows-file.ts'
import { bitmapOf, type Thinning } from './thinned-leaves.ts'

const PIECE_BYTES = 4 * 1024 * 1024

interface ThinnerParts {
  readonly layout: Layout
  readonly disk: Disk
  readonly erasures: Erasures
  readonly index: ArchiveIndex
  /** Of every segment, the active one last. */
  readonly heads: readonly SegmentHead[]
  /** Runs an act while nothing else changes a file of the archive. */
  readonly exclusive: <T>(act: () => Promise<T>) => Promise<T>
}

interface FinishParts extends Pick<ThinnerParts, 'layout' | 'disk'> {
  readonly erasures: Pick<Erasures, 'thinned' | 'ofLeaf'>
}

/** A segment without the bytes of some measurements, written next to the one that is there. */
interface Prepared {
  readonly head: SegmentHead
  readonly thinning: Thinning
  /** Of each leaf of the segment, in their order. */
  readonly ids: Buffer
  readonly offsets: readonly number[]
  readonly leavesEnd: number
}

/**
 * Thins full segments: writes a segment again without the frames of some measurements. Each step says what a crash right
 * after it leaves. Readers that have the old file open go on in it.
 */
export class Thinner {
  readonly #parts: ThinnerParts
  #switching: Promise<unknown> | undefined
  #switched = 0
  #unfinished: Prepared | undefined

  constructor(parts: ThinnerParts) {
    this.#parts = parts
  }

  /** Gives how many measurements lost their bytes: those that are whole by now. */
  async thin({ segment, at, rows }: ThinnedTogether): Promise<number> {
    const { heads, exclusive, erasures, layout, disk } = this.#parts
    const head = heads[segment - 1]
    if (head === undefined || segment >= heads.length)
      throw new Fault(`Cannot thin segment ${segment}: only a segment that takes no further record is thinned`)
    const isErased = (leaf: number): boolean => erasures.ofLeaf(leaf) !== undefined
    const chunks = new RowChunks()
    const given = new Set<number>()
    for await (const [leaf, text] of rows) {
      if (isErased(leaf) || erasures.thinned.has(leaf)) continue
      chunks.add(leaf, text)
      given.add(leaf)
    }
    const more = chunks.finish()
    for (;;) {
      // An erasure that is at work now is done first; what it erased is not thinned, and nothing is kept of it.
      const before = await exclusive(async () => erasedIn(segment, erasures))
      const leaves = new Set([...given].filter((leaf) => !isErased(leaf)))
      if (leaves.size === 0) return 0
      const count = heads[segment]!.firstLeaf - head.firstLeaf // it is not the last
      // 1. The new file, next to the one that is there. Crash: opening removes it.
      let prepared: Prepared
      try {
        const thinnedAt = (leaf: number): Instant | undefined => (leaves.has(leaf) ? at : undefined)
        prepared = await prepare(head, { count, at, thinnedAt }, this.#parts)
      } catch (error) {
        // An erasure overwrote a record while it was read.
        if (error instanceof Fault && erasedIn(segment, erasures) !== before) continue
        throw error
      }
      const done = await exclusive(async () => {
        // An erasure meanwhile is not in the copy.
        if (erasedIn(segment, erasures) !== before) return false
        // 2. What is kept of the measurements. Crash: it says nothing that the segment does not have.
        const added = withoutLeaves(more, isErased, layout.rows(segment))
        const kept = RowsFile.with(segment, await RowsFile.open(layout.rows(segment), disk), added)
        await writeDurable(layout.rows(segment), kept, disk)
        // 3. The line of the log. From here on it is done: opening finishes it.
        this.#unfinished = prepared
        await erasures.thin(prepared.thinning)
        await this.#finish(prepared)
        return true
      })
      if (done) return leaves.size
    }
  }

  /** Finishes what a failed write interrupted; to be called while nothing else changes a file. */
  async recover(): Promise<void> {
    const prepared = this.#unfinished
    if (prepared === undefined) return
    const last = this.#parts.erasures.thinned.lastOf(prepared.head.number)
    if (last?.segmentBytes === prepared.thinning.segmentBytes) await this.#finish(prepared)
    this.#unfinished = undefined
  }

  async #finish(prepared: Prepared): Promise<void> {
    const done = this.#switch(prepared)
    this.#switching = done
    try {
      await done
      this.#unfinished = undefined
    } finally {
      this.#switched++
      this.#switching = undefined
    }
  }

  async #switch({ head, thinning, ids, offsets, leavesEnd }: Prepared): Promise<void> {
    const { layout, disk, index } = this.#parts
    // 4. The file takes its place. Crash: the same as after 3, or as after 5.
    await replaceSegment(head.number, { layout, disk })
    // 5. Its sidecar. Crash: opening makes one from the records.
    const lengths = { segmentEnd: thinning.segmentBytes, leavesEnd }
    await writeSidecar(
      layout.sidecar(head.number),
      { number: head.number, firstLeaf: head.firstLeaf, count: offsets.length, ...lengths },
      {
        disk,
        entry: (nth) => ({ id: ids.subarray(nth * ID_BYTES, (nth + 1) * ID_BYTES), offset: offsets[nth]! }), // one for each
      },
    )
    for (const [nth, offset] of offsets.entries()) index.move(head.firstLeaf + nth, offset)
  }

  /** Opens a file of a segment together with a place in it: a segment that is being replaced is waited for. */
  async openAt<T>(open: () => Promise<T>, close: (opened: T) => Promise<void>): Promise<T> {
    for (;;) {
      await this.#switching?.catch(() => undefined)
      const before = this.#switched
      const opened = await open()
      if (before === this.#switched && this.#switching === undefined) return opened
      await close(opened)
    }
  }
}

const erasedIn = (number: number, erasures: Erasures): number => {
  let count = 0
  for (const { segment } of erasures.all) if (segment === number) count++
  return count
}

async function prepare(
  { number, firstLeaf, nonce }: SegmentHead,
  {
    count,
    at,
    thinnedAt,
  }: {
    readonly count: number
    readonly at: Instant
    /** When a leaf loses, or lost, its bytes; undefined where it keeps them. */
    readonly thinnedAt: (leaf: number) => Instant | undefined
  },
  { layout, disk, erasures }: FinishParts,
): Promise<Prepared> {
  const ids = Buffer.alloc(count * ID_BYTES)
  const offsets: number[] = []
  const months: Record<string, number> = {}
  const chosen: number[] = []
  const moved: [number, number][] = []
  const source = await disk.open(layout.segment(number), 'read')
  try {
    const target = await openAnew(layout.thinner(number), disk)
    try {
      let end = SEGMENT_HEAD_BYTES
      let written = 0
      let parts: Buffer[] = [encodeSegmentHead({ number, firstLeaf, nonce })]
      const write = async (): Promise<void> => {
        await target.write(Buffer.concat(parts), written)
        written = end
        parts = []
      }
      const window = new Window(source, await source.size())
      for await (const walked of walkSegment(window, { nonce, from: SEGMENT_HEAD_BYTES, bodies: true })) {
        const leaf = firstLeaf + offsets.length
        if (walked.kind === 'damage' || walked.head.leafIndex !== leaf)
          throw new Fault(`Cannot thin "${source.path}": the record of leaf ${leaf} is damaged`)
        const { state } = walked.head
        const when = thinnedAt(leaf)
        // Done again on a copy: one that was erased after it was thinned has no frame either.
        const record =
          when !== undefined && state === 'blob'
            ? encodeThinned(nonce, walked, when)
            : when !== undefined && state === 'erased'
              ? encodeErased(nonce, { ...walked.head, frameBytes: 0 })
              : Buffer.from(walked.bytes)
        if (when !== undefined && state === 'blob') {
          const provenance = provenanceOf(walked.bytes, walked.head)
          if (provenance === undefined) throw new Fault(`Cannot thin leaf ${leaf}: its channel is not known`)
          const month = formatInstantUtc(provenance.receivedAt).slice(0, 7)
          months[month] = (months[month] ?? 0) + 1
          chosen.push(leaf)
        }
        if (state === 'erased' && erasures.ofLeaf(leaf) !== undefined) moved.push([leaf, end])
        ids.set(idOf(walked.bytes), offsets.length * ID_BYTES)
        offsets.push(end)
        parts.push(record)
        end += record.length
        if (end - written >= PIECE_BYTES) await write()
      }
      if (offsets.length !== count) throw new Fault(`Cannot thin "${source.path}": it has not all of its leaves`)
      await write()
      await target.sync()
      await disk.syncFolder(layout.segments)
      const bitmap = bitmapOf(chosen, { firstLeaf, count })
      const thinning = { at, segment: number, firstLeaf, leaves: count, segmentBytes: end, bitmap, months, moved }
      return {
        head: { number, firstLeaf, nonce },
        thinning,
        ids,
        offsets,
        leavesEnd: await sizeOf(layout.leafFile(number), disk),
      }
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** Puts a segment that was thinned in the place of the one that is there. Its sidecar, which no longer fits, goes first. */
async function replaceSegment(
  number: number,
  { layout, disk }: { readonly layout: Layout; readonly disk: Disk },
): Promise<void> {
  try {
    await disk.remove(layout.sidecar(number))
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  await disk.syncFolder(layout.segments)
  try {
    await disk.rename(layout.thinner(number), layout.segment(number))
  } catch (error) {
    if (!isMissing(error)) throw error // it was renamed before a write failed
  }
  await disk.syncFolder(layout.segments)
}

async function sizeOf(path: string, disk: Disk): Promise<number> {
  const file = await disk.open(path, 'read')
  try {
    return await file.size()
  } finally {
    await file.close()
  }
}

/**
 * Finishes on opening what a crash interrupted after its line was in the log, and removes what was not begun by it. A copy
 * that has the line and the whole segment is thinned again. Throws Fault where a segment is not the one that was thinned.
 */
export async function finishThinnings({ layout, disk, erasures }: FinishParts): Promise<void> {
  const { thinned } = erasures
  for (const number of numbersOf(await disk.list(layout.segments), 'thinner')) {
    const isLogged = thinned.lastOf(number)?.segmentBytes === (await sizeOf(layout.thinner(number), disk))
    if (isLogged) await replaceSegment(number, { layout, disk })
    else await disk.remove(layout.thinner(number))
  }
  for (const number of thinned.segments) {
    const last = thinned.lastOf(number)
    const found = await sizeOf(layout.segment(number), disk)
    if (last === undefined || found === last.segmentBytes) continue
    const fault = new Fault(
      `Cannot open "${layout.segment(number)}": it was thinned by the log of erasures, but has ${found} bytes`,
    )
    const head = await headOf(layout.segment(number), disk)
    const rows = await RowsFile.open(layout.rows(number), disk)
    if (head === undefined || rows === undefined || found < last.segmentBytes) throw fault
    // Each leaf as its own thinning left it: a copy gets the same bytes.
    const about = { count: last.leaves, at: last.at, thinnedAt: (leaf: number) => thinned.atOf(leaf) }
    const { thinning } = await prepare(head, about, { layout, disk, erasures })
    if (thinning.segmentBytes !== last.segmentBytes) throw fault
    await replaceSegment(number, { layout, disk })
  }
}

async function headOf(path: string, disk: Disk): Promise<SegmentHead | undefined> {
  const file = await disk.open(path, 'read')
  try {
    return await readSegmentHead(file)
  } finally {
    await file.close()
  }
}
