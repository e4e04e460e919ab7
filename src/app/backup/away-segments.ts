import { join } from 'node:path'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { readFinished } from '../../store/archive/erasures.ts'
import { layoutOf, type Layout } from '../../store/archive/layout.ts'
import { openAwaySegment } from '../../store/archive/ship/away-disk.ts'
import { erasedOn } from '../../store/archive/ship/ship-erasures.ts'
import type { PieceSource } from './store-pieces.ts'

/** Segments of an archive that are only on object storage, as a backup reads them. */
export class AwaySegments {
  readonly #layout: Layout
  readonly #store: ObjectStore | undefined
  readonly #paths = new Set<string>()
  /** Erasures that the store had carried out before the first byte was read from it. */
  #erased = 0

  constructor({ folder, archiveStore }: { readonly folder: string; readonly archiveStore?: ObjectStore }) {
    this.#layout = layoutOf(join(folder, 'archive'))
    this.#store = archiveStore
  }

  /**
   * Opens one by its name in the archive; undefined where there is none. The etag names its state, so it is read again
   * only after an erasure. Throws Fault where the store is not known, or has not the whole segment.
   */
  async open(name: string): Promise<PieceSource | undefined> {
    const path = join(this.#layout.folder, name)
    if (this.#store !== undefined && this.#paths.size === 0) this.#erased = await erasedOn(this.#store)
    const found = await openAwaySegment(path, { layout: this.#layout, disk: REAL_DISK, store: this.#store })
    if (found === undefined) return undefined
    const { file, etag } = found
    this.#paths.add(path)
    const bytes = await file.size()
    return {
      bytes,
      stamp: { bytes: String(bytes), changed: etag, inode: this.#store?.name ?? '' },
      read: (into, position) => file.read(into, position),
      close: () => file.close(),
    }
  }

  /** Erasures in what was opened that the store may not have carried out then. */
  async unshipped(): Promise<number> {
    const { erasures: path } = this.#layout
    const text = this.#paths.size === 0 ? undefined : await readWhole(path)
    if (text === undefined) return 0
    const later = readFinished(text, path).erasures.slice(this.#erased)
    return later.filter(({ segment }) => this.#paths.has(this.#layout.segment(segment))).length
  }
}
