import type { Disk, DiskFile } from '../../runtime/files/disk.ts'
import type { Archived } from './contract.ts'
import type { Erasure, Erasures } from './erasures.ts'
import type { ArchiveIndex } from './ids/archive-index.ts'
import type { Layout } from './layout.ts'
import { damageFault, type Damage } from './read-blob.ts'
import type { RecordHead } from './record.ts'
import type { SegmentHead } from './segment-head.ts'
import { walkSegment } from './segment-walk.ts'
import { Window } from './window.ts'

/** First piece read for one measurement or entry: most fit. */
const SMALL_PIECE_BYTES = 16 * 1024

type Erased = Extract<Archived, { kind: 'erased' }>
/** Leaves from one to before another. */
interface LeavesAsked {
  readonly leaf: number
  readonly beforeLeaf: number
}
/** Gives what is in a whole record that is not erased, or what is wrong with it. */
type OpenRecord<T extends object> = (head: RecordHead, record: Buffer) => Promise<T | Damage>

interface RecordReaderParts {
  readonly layout: Layout
  readonly disk: Disk
  readonly index: ArchiveIndex
  readonly erasures: Erasures
  /** Durable length of the segment that is being written; undefined for another. */
  readonly activeEnd: (head: SegmentHead) => number | undefined
}

/** Reads records of an archive by their leaves, while it is written. */
export class RecordReader {
  readonly #parts: RecordReaderParts

  constructor(parts: RecordReaderParts) {
    this.#parts = parts
  }

  /** Leaves from one to before another, as far as they are durable; goes on through what is added meanwhile. */
  async *read<T extends { readonly leafIndex: number }>(
    range: LeavesAsked,
    open: OpenRecord<T>,
  ): AsyncGenerator<T | Erased, void, undefined> {
    const { index } = this.#parts
    for (let { leaf } = range; leaf < Math.min(range.beforeLeaf, index.size);) {
      const head = index.segmentOf(leaf)
      const { file, from } = await this.#open(head, leaf)
      try {
        for await (const found of this.#fromSegment({ head, file, from }, { ...range, leaf }, open)) {
          leaf = found.leafIndex + 1
          yield found
        }
      } finally {
        await file.close()
      }
    }
  }

  async #open(head: SegmentHead, leaf: number): Promise<{ readonly file: DiskFile; readonly from: number }> {
    const { disk, layout, index } = this.#parts
    const file = await disk.open(layout.segment(head.number), 'read')
    try {
      return { file, from: await index.offsetOf(leaf) }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async *#fromSegment<T extends object>(
    { head, file, from }: { readonly head: SegmentHead; readonly file: DiskFile; readonly from: number },
    range: LeavesAsked,
    open: OpenRecord<T>,
  ): AsyncGenerator<T | Erased, void, undefined> {
    const { erasures, activeEnd } = this.#parts
    const end = activeEnd(head) ?? (await file.size())
    const one = range.beforeLeaf === range.leaf + 1
    const window = new Window(file, end, one ? SMALL_PIECE_BYTES : undefined)
    let { leaf } = range
    for await (const walked of walkSegment(window, { nonce: head.nonce, from, bodies: true })) {
      if (walked.kind === 'damage' || walked.head.leafIndex !== leaf) throw damageFault(leaf, file.path, 'head')
      // Asked before and after decoding: an erasure may overwrite the record while it is being read.
      const opened = erasures.ofLeaf(leaf) === undefined ? await open(walked.head, walked.bytes) : 'head'
      const erasure = erasures.ofLeaf(leaf)
      if (erasure !== undefined) yield asErased(erasure)
      else if (typeof opened === 'string') throw damageFault(leaf, file.path, opened)
      else yield opened
      leaf++
      if (leaf >= range.beforeLeaf) return
    }
  }
}

/** What a reader gets of an erased leaf. */
export const asErased = (erasure: Erasure): Erased => ({
  kind: 'erased',
  leafIndex: erasure.leafIndex,
  erasedAt: erasure.at,
  reason: erasure.reason,
})
