import { Fault } from '../../core/model/errors.ts'
import type { OtherEntryKind } from '../../core/model/log-entry.ts'
import type { Instant, Sha256 } from '../../core/model/units.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import type {
  Appended,
  Archive,
  ArchiveItem,
  ArchiveLengths,
  Archived,
  Framed,
  LeafCodec,
  SealedItem,
} from './contract.ts'
import { checkReason, eraseRecord, readRecordHead, unknownMeasurement } from './erase-record.ts'
import type { Erasure, Erasures } from './erasures.ts'
import { GroupCommit } from './group-commit.ts'
import type { ArchiveIndex } from './ids/archive-index.ts'
import { LeafReader } from './leaf-reader.ts'
import type { Layout } from './layout.ts'
import { prepareEntry, prepareItem } from './prepare.ts'
import { frameRecord, openRecord } from './read-blob.ts'
import { entryId } from './record.ts'
import { RecordReader, asErased } from './record-reader.ts'
import { createSegment, saveSidecar, type ActiveSegment, type PreparedBlob } from './segment.ts'
import type { SegmentHead } from './segment-head.ts'
import { Mutex } from '../../runtime/mutex.ts'

/** Most bytes written before an fsync. */
const GROUP_BYTES = 16 * 1024 * 1024

export interface FileArchiveParts {
  readonly layout: Layout
  readonly disk: Disk
  readonly index: ArchiveIndex
  readonly erasures: Erasures
  /** Of every segment, the active one last. */
  readonly heads: SegmentHead[]
  readonly active: ActiveSegment
  readonly segmentBytes: number
  readonly leaves: LeafCodec
}

interface Pending {
  readonly prepared: PreparedBlob
  readonly done: Promise<void>
}

/** The archive over segment files; made by openArchive(). One writer at a time, many readers. */
export class FileArchive implements Archive {
  readonly #parts: FileArchiveParts
  readonly #commit: GroupCommit<PreparedBlob>
  /** Submitted and not yet durable, by id. */
  readonly #pending = new Map<string, Pending>()
  readonly #leafReader: LeafReader
  /** Look-ups on the disk before an append, one after another: leaves are in the order of the calls. */
  readonly #lookUps = new Mutex()
  readonly #records: RecordReader
  #active: ActiveSegment
  #closed: Promise<void> | undefined

  constructor(parts: FileArchiveParts) {
    this.#parts = parts
    this.#active = parts.active
    this.#leafReader = new LeafReader({
      layout: parts.layout,
      disk: parts.disk,
      size: () => parts.index.size,
      segmentOf: (leaf) => parts.index.segmentOf(leaf),
      activeEnd: (head) => (head === this.#active.head ? this.#active.leavesEnd : undefined),
    })
    this.#commit = new GroupCommit((group) => this.#write(group), {
      maxBytes: GROUP_BYTES,
      recover: () => this.#recover(),
    })
    this.#records = new RecordReader({
      ...parts,
      activeEnd: (head) => (head === this.#active.head ? this.#active.end : undefined),
    })
  }

  get size(): number {
    return this.#parts.index.size
  }

  get broken(): boolean {
    return this.#commit.broken
  }

  get erasedLeaves(): readonly number[] {
    return [...this.#parts.erasures.all].map(({ leafIndex }) => leafIndex)
  }

  async lengths(): Promise<ArchiveLengths> {
    this.#refuseClosed()
    const now = (): ArchiveLengths => {
      const { head, end, leavesEnd } = this.#active
      return { leaves: this.#parts.index.size, segment: head.number, segmentBytes: end, leafBytes: leavesEnd }
    }
    // After a failed write these are the lengths before it, and nothing else is being written.
    return this.#commit.exclusive(async () => now()).catch(now)
  }

  async has(id: Sha256): Promise<boolean> {
    const bytes = Buffer.from(id, 'hex')
    return (await this.#parts.index.find(bytes)) !== undefined || this.#parts.erasures.bars(bytes)
  }

  async append(items: readonly (ArchiveItem | SealedItem)[]): Promise<readonly Appended[]> {
    this.#refuseClosed()
    const ids = items.map(({ provenance }) => Buffer.from(provenance.id, 'hex'))
    return this.#lookedUp(ids, (older) => this.#append(items, older))
  }

  /**
   * Looks ids up on the disk and then begins `act`, with nothing between the last look and it. Where no id is on the disk
   * alone it begins at once.
   */
  async #lookedUp<T>(ids: readonly Buffer[], act: (older: readonly (number | undefined)[]) => Promise<T>): Promise<T> {
    const { index } = this.#parts
    if (!index.hasRuns) return act([])
    const { running } = await this.#lookUps.run(async () => {
      for (;;) {
        const { generation } = index
        const older = await index.older(ids)
        this.#refuseClosed()
        if (generation === index.generation) return { running: act(older) }
      }
    })
    return running
  }

  async #append(
    items: readonly (ArchiveItem | SealedItem)[],
    older: readonly (number | undefined)[],
  ): Promise<readonly Appended[]> {
    const fresh = new Map<Sha256, PreparedBlob>()
    const waits: Promise<void>[] = []
    const outcomes = items.map((item, nth) => this.#place({ item, older: older[nth] }, fresh, waits))
    if (fresh.size > 0) {
      const group = [...fresh.values()]
      const bytes = group.reduce((sum, prepared) => sum + prepared.head.length + prepared.frame.length, 0)
      const done = this.#commit.submit(group, bytes)
      for (const [id, prepared] of fresh) this.#pending.set(id, { prepared, done })
      waits.push(done.finally(() => fresh.forEach((_, id) => this.#pending.delete(id))))
    }
    await Promise.all(waits)
    return outcomes.map((outcome) => outcome())
  }

  async appendEntry(kind: OtherEntryKind, bytes: Uint8Array, at: Instant): Promise<{ readonly leafIndex: number }> {
    this.#refuseClosed()
    const id = entryId(kind, bytes)
    return this.#lookedUp([id], ([older]) => this.#appendEntry({ kind, bytes, at }, { id, older }))
  }

  async #appendEntry(
    entry: { readonly kind: OtherEntryKind; readonly bytes: Uint8Array; readonly at: Instant },
    { id, older }: { readonly id: Buffer; readonly older: number | undefined },
  ): Promise<{ readonly leafIndex: number }> {
    const known = this.#parts.index.recentLeaf(id) ?? older
    if (known !== undefined) return { leafIndex: known }
    const name = id.toString('hex')
    const twin = this.#pending.get(name)
    const prepared = twin?.prepared ?? prepareEntry(entry, this.#parts.leaves)
    const done = twin?.done ?? this.#commit.submit([prepared], prepared.head.length + prepared.frame.length)
    if (twin === undefined) this.#pending.set(name, { prepared, done })
    await done.finally(() => this.#pending.delete(name))
    return { leafIndex: prepared.leafIndex }
  }

  /** Says what becomes of one item, once `waits` have passed; prepares it when it is new. */
  #place(
    { item, older }: { readonly item: ArchiveItem | SealedItem; readonly older: number | undefined },
    fresh: Map<Sha256, PreparedBlob>,
    waits: Promise<void>[],
  ): () => Appended {
    const { index, erasures, leaves } = this.#parts
    const { id } = item.provenance
    const bytes = Buffer.from(id, 'hex')
    // An id on the disk that was erased since it was looked up is barred below.
    const leafIndex = index.recentLeaf(bytes) ?? (older === undefined || erasures.ofLeaf(older) ? undefined : older)
    if (leafIndex !== undefined) return () => ({ kind: 'known', leafIndex })
    const pending = this.#pending.get(id)
    if (pending !== undefined) waits.push(pending.done)
    const twin = fresh.get(id) ?? pending?.prepared
    if (twin !== undefined) return () => ({ kind: 'known', leafIndex: twin.leafIndex })
    if (erasures.bars(bytes)) return () => ({ kind: 'barred' })
    const prepared = prepareItem(item, leaves)
    fresh.set(id, prepared)
    return () => ({ kind: 'added', leafIndex: prepared.leafIndex })
  }

  async #write(group: readonly PreparedBlob[]): Promise<void> {
    const { index, segmentBytes } = this.#parts
    if (this.#active.end >= segmentBytes) await this.#rotate()
    const firstLeaf = index.size
    const offsets = await this.#active.write(group, firstLeaf)
    for (const [nth, prepared] of group.entries()) {
      prepared.leafIndex = firstLeaf + nth
      index.push(prepared.id, offsets[nth]!) // one offset for each
    }
  }

  /**
   * Brings the files back to what is known to be durable, as an opening does after a crash: erasures that were intended
   * are finished, and what a failed write left behind the last group is cut. Everything that a failed fsync covered is
   * thus written again, by bytes that have an fsync of their own.
   */
  async #recover(): Promise<void> {
    const { erasures, index, layout, disk } = this.#parts
    await erasures.cut()
    for (const erasure of erasures.unfinished) {
      await eraseRecord(erasure, { layout, disk })
      await erasures.finish(erasure.leafIndex)
      index.erase(erasure.leafIndex)
    }
    await this.#active.cut()
  }

  async #rotate(): Promise<void> {
    const { layout, disk, index, heads } = this.#parts
    const full = this.#active
    await saveSidecar(full, { layout, disk, index: index.recent })
    const next = await createSegment(layout, disk, { number: full.head.number + 1, firstLeaf: index.size })
    this.#active = next
    heads.push(next.head)
    await full.close()
    // Where the disk refuses it, the ids stay in memory, and the next rotation tries again.
    await index.settle(full.head.number).catch(() => false)
  }

  async read(id: Sha256): Promise<Archived | undefined> {
    this.#refuseClosed()
    const { index, erasures } = this.#parts
    const bytes = Buffer.from(id, 'hex')
    const leafIndex = await index.find(bytes)
    if (leafIndex !== undefined) return this.readLeaf(leafIndex)
    const tombstone = erasures.tombstoneOf(bytes)
    for (const erasure of erasures.all) if (erasure.tombstone === tombstone) return asErased(erasure)
    return undefined
  }

  leafOf(id: Sha256): Promise<number | undefined> {
    return this.#parts.index.find(Buffer.from(id, 'hex'))
  }

  async readLeaf(leafIndex: number): Promise<Archived | undefined> {
    this.#refuseClosed()
    for await (const found of this.#records.read({ leaf: leafIndex, beforeLeaf: leafIndex + 1 }, openRecord))
      return found
    return undefined
  }

  leaves(from: number, until: number): AsyncIterable<Uint8Array> {
    this.#refuseClosed()
    return this.#leafReader.read(from, until)
  }

  scan(fromLeaf: number): AsyncIterable<Archived> {
    this.#refuseClosed()
    return this.#records.read({ leaf: fromLeaf, beforeLeaf: Number.POSITIVE_INFINITY }, openRecord)
  }

  frames(fromLeaf: number): AsyncIterable<Framed | Exclude<Archived, { kind: 'blob' }>> {
    this.#refuseClosed()
    return this.#records.read({ leaf: fromLeaf, beforeLeaf: Number.POSITIVE_INFINITY }, frameRecord)
  }

  async erase(id: Sha256, reason: string, at: Instant): Promise<void> {
    this.#refuseClosed()
    checkReason(reason, id)
    const bytes = Buffer.from(id, 'hex')
    const { index, erasures, layout, disk } = this.#parts
    if (erasures.bars(bytes)) {
      // An act that the disk interrupted is finished by the recovery before the next one.
      if (erasures.unfinished.length > 0) await this.#commit.exclusive(async () => undefined)
      return
    }
    if ((await index.find(bytes)) === undefined) throw unknownMeasurement(id)
    const erased = await this.#commit.exclusive(async () => {
      const leafIndex = await index.find(bytes)
      if (leafIndex === undefined) return true // another call has just erased it
      const head = index.segmentOf(leafIndex)
      const offset = await index.offsetOf(leafIndex)
      const frame = await readRecordHead(head, offset, { layout, disk })
      if (frame.state === 'entry') return false
      const { batchLeaf, originBytes, frameBytes, leafBytes, leafCrc } = frame
      const place = { leafIndex, batchLeaf, originBytes, frameBytes, leafBytes, leafCrc, segment: head.number, offset }
      const erasure: Erasure = { at, reason, tombstone: erasures.tombstoneOf(bytes), ...place }
      await erasures.intend(erasure)
      await eraseRecord(erasure, { layout, disk })
      await erasures.finish(leafIndex)
      index.erase(leafIndex)
      return true
    })
    // Said outside: an error of an act that has the files for itself counts as one of the disk.
    if (!erased) throw unknownMeasurement(id)
  }

  #refuseClosed(): void {
    if (this.#closed !== undefined) throw new Fault(`Cannot use archive "${this.#parts.layout.folder}": it is closed`)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /** Without a sidecar, after a failed write or where it finds no space, opening looks at every record of the last segment. */
  async #close(): Promise<void> {
    const { layout, disk, index, erasures } = this.#parts
    try {
      await this.#lookUps.idle()
      await this.#commit.idle()
      const { recent } = index
      if (!this.#commit.broken) await saveSidecar(this.#active, { layout, disk, index: recent }).catch(() => undefined)
    } finally {
      await this.#active.close()
      await erasures.close()
    }
  }
}
