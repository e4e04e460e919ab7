import { join } from 'node:path'
import type { OtherEntryKind } from '../../core/model/log-entry.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { readPlaces } from './entry-places.ts'
import { logFolder } from './log-folder.ts'

/** Which leaves are entries of a kind: those that the log remembers, then those found among leaves that came since. */
export class EntryLeaves {
  readonly #kind: OtherEntryKind
  /** How the canonical bytes of such a leaf record begin: a million of them are read in one go. */
  readonly #beginning: Buffer
  readonly #archive: Pick<Archive, 'leaves' | 'size'>
  readonly #folder: string
  #leaves: number[] = []
  #seen: number | undefined

  /** `folder`: the data folder, whose log remembers places of entries. */
  constructor(kind: OtherEntryKind, archive: Pick<Archive, 'leaves' | 'size'>, folder: string) {
    this.#kind = kind
    this.#beginning = Buffer.from(`{"kind":"${kind}",`)
    this.#archive = archive
    this.#folder = folder
  }

  async look(): Promise<readonly number[]> {
    const until = this.#archive.size
    this.#seen ??= await this.#remembered(until)
    if (until <= this.#seen) return this.#leaves
    let leafIndex = this.#seen
    for await (const leaf of this.#archive.leaves(leafIndex, until)) {
      if (this.#beginning.equals(leaf.subarray(0, this.#beginning.length))) this.#leaves.push(leafIndex)
      leafIndex++
    }
    this.#seen = until
    return this.#leaves
  }

  /** Takes over what the log found; gives up to which leaf that was. */
  async #remembered(size: number): Promise<number> {
    const kept = await readPlaces(logFolder(join(this.#folder, 'log')), REAL_DISK)
    if (kept === undefined || kept.until > size) return 0
    this.#leaves = [...(kept.places[this.#kind] ?? [])]
    return kept.until
  }
}
