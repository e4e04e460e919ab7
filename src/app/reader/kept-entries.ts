import { EntryLeaves } from '../../pipeline/log/entry-leaves.ts'
import { nameOfRevision } from '../../pipeline/log/revision-name.ts'
import type { Archived } from '../../store/archive/contract.ts'
import type { ReadArchive } from '../../store/archive/read-segments.ts'

/** What is asked of an archive of which only entries are read. */
type EntryArchive = Pick<ReadArchive, 'readLeaf' | 'leaves' | 'size'>

/** Bytes of entries that are kept; those beyond it are read each time. */
const MOST_BYTES = 64 * 2 ** 20

/** The entries of an archive of which reading one is a request: one that was read is kept, since none changes. */
export class KeptEntries implements EntryArchive {
  readonly #archive: EntryArchive
  readonly #kept = new Map<number, Archived>()
  #bytes = 0
  #size = 0

  constructor(archive: EntryArchive) {
    this.#archive = archive
  }

  get size(): number {
    return this.#archive.size
  }

  leaves(from: number, until: number): AsyncIterable<Uint8Array> {
    return this.#archive.leaves(from, until)
  }

  async readLeaf(leaf: number): Promise<Archived | undefined> {
    // Another archive is in the place of the one that was read.
    if (this.size < this.#size) {
      this.#kept.clear()
      this.#bytes = 0
    }
    this.#size = this.size
    const known = this.#kept.get(leaf)
    if (known !== undefined) return known
    const found = await this.#archive.readLeaf(leaf)
    if (found?.kind !== 'entry' || this.#bytes > MOST_BYTES) return found
    this.#bytes += found.bytes.length
    this.#kept.set(leaf, found)
    return found
  }
}

/** Leaves of the revisions that were logged, by incident and number. */
export class RevisionLeaves {
  readonly #archive: EntryArchive
  readonly #leaves: EntryLeaves
  #known: Promise<ReadonlyMap<string, number>> | undefined

  constructor(archive: EntryArchive, folder: string) {
    this.#archive = archive
    this.#leaves = new EntryLeaves('incident-revision', archive, folder)
  }

  async leafOf(incident: string, revision: number): Promise<number | undefined> {
    this.#known ??= this.#read()
    this.#known.catch(() => (this.#known = undefined))
    return (await this.#known).get(`${revision} ${incident}`)
  }

  async #read(): Promise<ReadonlyMap<string, number>> {
    const known = new Map<string, number>()
    for (const leaf of await this.#leaves.look()) {
      const found = await this.#archive.readLeaf(leaf)
      if (found?.kind !== 'entry') continue
      const { incident, revision } = nameOfRevision(found)
      const name = `${revision} ${incident}`
      if (!known.has(name)) known.set(name, leaf)
    }
    return known
  }
}
