import { Fault } from '../../../core/model/errors.ts'
import type { Disk } from '../../../runtime/files/disk.ts'
import { Mutex } from '../../../runtime/mutex.ts'
import { IdIndex } from './id-index.ts'
import { FINGERPRINT_STEP, type IdKey } from './id-key.ts'
import { DamagedRun, IdRun, readRunHead, writeRun, type RunHead } from './id-run.ts'
import type { Layout } from '../layout.ts'
import { SEGMENT_HEAD_BYTES, type SegmentHead } from '../segment-head.ts'
import { readEntries, type SidecarEntry } from '../sidecar.ts'

/** Leaves of whole segments after which their ids go to the disk: as long as there are fewer, all are in memory. */
export const RUN_LEAVES = 2 ** 21
/** Files open at once while ids are looked up. */
const MOST_READING = 16

export interface ArchiveIndexParts {
  readonly layout: Layout
  readonly disk: Disk
  readonly key: IdKey
  readonly runLeaves: number
  /** Of every segment, the active one last; grows with the archive. */
  readonly heads: readonly SegmentHead[]
  /** Ids and offsets of a segment that takes no further record: from its sidecar, which is made again where it is damaged. */
  readonly remake: (head: SegmentHead) => Promise<IdIndex>
}

/**
 * Which leaf an id has, and where it is. Ids of the newest segments are in memory; those of older ones in runs on the
 * disk, which say by a filter that an id is not there. What a run finds is compared with the sidecar, so a run that
 * is out of date by an erasure finds nothing wrong. All of it is derived from the segments.
 */
export class ArchiveIndex {
  readonly #parts: ArchiveIndexParts
  readonly #runs: IdRun[] = []
  #recent = new IdIndex()
  #generation = 0
  /** One at a time writes a run or a sidecar again. */
  readonly #runWrites = new Mutex()
  readonly #sidecarWrites = new Mutex()

  constructor(parts: ArchiveIndexParts) {
    this.#parts = parts
  }

  /** Number of leaves, the erased ones included. */
  get size(): number {
    return this.#recent.size
  }

  /** The newest leaves, in memory. */
  get recent(): IdIndex {
    return this.#recent
  }

  /** Whether there are ids on the disk alone. */
  get hasRuns(): boolean {
    return this.#runs.length > 0
  }

  /** Changes when ids go from memory to the disk: what was looked up before it is to be looked up again. */
  get generation(): number {
    return this.#generation
  }

  /** Bytes of memory held. */
  get heldBytes(): number {
    return this.#recent.heldBytes + this.#runs.reduce((sum, run) => sum + run.heldBytes, 0)
  }

  /**
   * Takes over the runs that fit one another, from the first segment on, and removes others; gives the last segment whose
   * ids they hold.
   */
  async openRuns(numbers: readonly number[], segments: number): Promise<number> {
    const { layout, disk } = this.#parts
    let last = 0
    for (const number of numbers) {
      const path = layout.run(number)
      const head = await readRunHead(path, this.#parts)
      const fits = head?.firstSegment === last + 1 && head.firstLeaf === this.runsEnd && head.lastSegment === number
      // The last segment may be cut when it is opened, so no run may hold it.
      if (head === undefined || !fits || number >= segments) await disk.remove(path)
      else {
        this.#runs.push(new IdRun(path, head, disk))
        last = number
      }
    }
    return last
  }

  /** Counts the leaves of a segment whose ids are in a run. */
  skip(leaves: number): void {
    this.#recent = new IdIndex(this.#recent.size + leaves)
  }

  /** Leaves of the segments whose ids are in runs, as these say. */
  get runsEnd(): number {
    const last = this.#runs.at(-1)?.head
    return last === undefined ? 0 : last.firstLeaf + last.leaves
  }

  /** Adds the next leaf; an erased one has an id of zeros. */
  push(id: Uint8Array, offset: number): void {
    this.#recent.push(id, offset)
  }

  /** Leaf of an id that is in memory. */
  recentLeaf(id: Uint8Array): number | undefined {
    return this.#recent.leafOf(id)
  }

  /** Leaf of an id, wherever it is. */
  async find(id: Uint8Array): Promise<number | undefined> {
    for (;;) {
      const { generation } = this
      const [older] = this.hasRuns ? await this.older([id]) : []
      const found = this.recentLeaf(id) ?? older
      if (generation === this.generation) return found
    }
  }

  /** Leaves of ids that are on the disk alone, in the order of the ids. */
  async older(ids: readonly Uint8Array[]): Promise<readonly (number | undefined)[]> {
    for (;;) {
      const runs = [...this.#runs]
      try {
        for (const run of runs) await run.load()
        return await this.#among(runs, ids)
      } catch (error) {
        if (!(error instanceof DamagedRun)) throw error
        await this.#remake(error.message)
      }
    }
  }

  async #among(runs: readonly IdRun[], ids: readonly Uint8Array[]): Promise<readonly (number | undefined)[]> {
    const prints = this.#parts.key.fingerprints(ids)
    const found = Array.from<number | undefined>({ length: ids.length })
    const looks: (() => Promise<void>)[] = []
    for (const [nth, id] of ids.entries()) {
      const high = prints.readUInt32BE(nth * FINGERPRINT_STEP)
      const low = prints.readUInt32BE(nth * FINGERPRINT_STEP + 4)
      for (const run of runs)
        if (run.mayHold(high, low))
          looks.push(async () => {
            for (const leaf of await run.candidates(high, low))
              if ((await this.#entryOf(leaf)).id.equals(id)) found[nth] = leaf
          })
    }
    for (let at = 0; at < looks.length; at += MOST_READING)
      await Promise.all(looks.slice(at, at + MOST_READING).map((look) => look()))
    return found
  }

  /** Offset of a leaf in its segment. */
  async offsetOf(leaf: number): Promise<number> {
    if (leaf >= this.#recent.first) return this.#recent.offsetOf(leaf)
    return leaf === this.segmentOf(leaf).firstLeaf ? SEGMENT_HEAD_BYTES : (await this.#entryOf(leaf)).offset
  }

  /** Forgets the id of a leaf; on the disk its sidecar has forgotten it already. */
  erase(leaf: number): void {
    if (leaf >= this.#recent.first) this.#recent.erase(leaf)
  }

  /** Segment that holds a leaf. */
  segmentOf(leaf: number): SegmentHead {
    const { heads } = this.#parts
    let low = 0
    for (let high = heads.length - 1; low < high;) {
      const middle = Math.ceil((low + high) / 2)
      const { firstLeaf } = heads[middle]! // middle lies between two positions of the list
      if (firstLeaf <= leaf) low = middle
      else high = middle - 1
    }
    return heads[low]! // there is always an active segment
  }

  /**
   * Writes the ids in memory as a run, durably, and lets go of them, where they are enough. To be called when all of them
   * are of segments up to `lastSegment`, which take no further record. A crash leaves the run whole or none: then the
   * sidecars are read again.
   */
  async settle(lastSegment: number): Promise<boolean> {
    const { runLeaves, layout, disk, key } = this.#parts
    const recent = this.#recent
    if (recent.held < runLeaves) return false
    const head = {
      firstSegment: (this.#runs.at(-1)?.head.lastSegment ?? 0) + 1,
      lastSegment,
      firstLeaf: recent.first,
      leaves: recent.held,
    }
    await writeRun(layout.run(lastSegment), head, { ids: recent.ids, key, disk })
    this.#runs.push(await this.#open(head))
    this.#recent = new IdIndex(recent.size)
    this.#generation++
    return true
  }

  async #open({ lastSegment }: Pick<RunHead, 'lastSegment'>): Promise<IdRun> {
    const { layout, disk } = this.#parts
    const path = layout.run(lastSegment)
    const head = await readRunHead(path, this.#parts)
    if (head === undefined) throw new Fault(`Cannot read "${path}": it was written and is damaged`)
    return new IdRun(path, head, disk)
  }

  /** Makes a run again from the sidecars of its segments. */
  #remake(path: string): Promise<void> {
    return this.#runWrites.run(async () => {
      const nth = this.#runs.findIndex((run) => run.path === path)
      const run = this.#runs[nth]
      if (run === undefined) throw new Fault(`Cannot make "${path}" again: it is no run of this archive`)
      const { heads, disk, key } = this.#parts
      const { firstSegment, lastSegment, firstLeaf } = run.head
      const ids: Buffer[] = []
      let leaves = 0
      for (const segment of heads.slice(firstSegment - 1, lastSegment)) {
        const index = await this.#sidecarOf(segment)
        ids.push(...index.ids)
        leaves += index.held
      }
      await writeRun(path, { firstSegment, lastSegment, firstLeaf, leaves }, { ids, key, disk })
      this.#runs[nth] = await this.#open(run.head)
    })
  }

  async #entryOf(leaf: number): Promise<SidecarEntry> {
    const { layout, disk } = this.#parts
    const head = this.segmentOf(leaf)
    const entries = await readEntries(layout.sidecar(head.number), [leaf - head.firstLeaf], disk)
    if (entries?.[0] !== undefined) return entries[0]
    const index = await this.#sidecarOf(head)
    return { id: index.idOf(leaf), offset: index.offsetOf(leaf) }
  }

  #sidecarOf(head: SegmentHead): Promise<IdIndex> {
    return this.#sidecarWrites.run(() => this.#parts.remake(head))
  }
}
