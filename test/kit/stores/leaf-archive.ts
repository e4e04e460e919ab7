import { createHash } from 'node:crypto'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import type { OtherEntryKind } from '../../../src/core/model/log-entry.ts'
import { parseSha256, type Instant } from '../../../src/core/model/units.ts'
import type { LogArchive } from '../../../src/pipeline/log/file-log.ts'
import type { ArchivedEntry } from '../../../src/store/archive/contract.ts'

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** Leaf of the nth of so many invented measurements: the same each time. */
export const inventedLeaf = (nth: number): Uint8Array =>
  LEAF_CODEC.encode({
    kind: 'measurement',
    original: parseSha256(sha256(`original ${nth}`)),
    public: parseSha256(sha256(`public ${nth}`)),
    size: nth,
  })

/** An archive in memory that never loses anything: what a log is built over. */
export class LeafArchive implements LogArchive {
  readonly #leaves: Uint8Array[] = []
  readonly #entries = new Map<number, ArchivedEntry>()

  get size(): number {
    return this.#leaves.length
  }

  /** Adds invented measurements until there are so many leaves. */
  growTo(size: number): void {
    while (this.size < size) this.#leaves.push(inventedLeaf(this.size))
  }

  /** Takes any bytes for a leaf. */
  push(leaf: Uint8Array): void {
    this.#leaves.push(leaf)
  }

  async *leaves(from: number, until: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let nth = from; nth < Math.min(until, this.size); nth++) yield this.#leaves[nth]! // below the length
  }

  async readLeaf(leafIndex: number): Promise<ArchivedEntry | undefined> {
    return this.#entries.get(leafIndex)
  }

  async appendEntry(kind: OtherEntryKind, bytes: Uint8Array, at: Instant): Promise<{ readonly leafIndex: number }> {
    for (const { entry, leafIndex, bytes: known } of this.#entries.values())
      if (entry === kind && Buffer.from(known).equals(bytes)) return { leafIndex }
    const salt = Buffer.alloc(16, this.size)
    const original = parseSha256(sha256(Buffer.concat([salt, bytes])))
    const leafIndex = this.size
    this.push(LEAF_CODEC.encode({ kind, original, public: parseSha256(sha256(bytes)), size: bytes.length }))
    this.#entries.set(leafIndex, { kind: 'entry', entry: kind, leafIndex, receivedAt: at, salt, bytes })
    return { leafIndex }
  }
}
