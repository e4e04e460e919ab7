import { z } from 'zod'
import { parseLeafRecord } from '../../core/evidence/log/leaf-record.ts'
import type { OtherEntryKind } from '../../core/model/log-entry.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { readJsonFile, writeJsonFile, type LogFolder } from './log-folder.ts'

/** How every leaf of a measurement begins. */
const MEASUREMENT = Buffer.from('{"kind":"measurement"')

/**
 * Says the kind of a leaf; undefined where its place is never asked for. Throws InputError for bytes that are no leaf.
 */
export type KindOf = (leaf: Uint8Array) => string | undefined

/**
 * Kind of a leaf that is not a measurement; undefined for one that is. Throws InputError for bytes that are no leaf.
 */
export const otherKindOf: KindOf = (leaf) =>
  MEASUREMENT.compare(leaf, 0, MEASUREMENT.length) === 0 ? undefined : parseLeafRecord(leaf).kind

/** Leaves read after which the places are kept even where none was added. */
const KEEP_EVERY = 100_000

const keptSchema = z.strictObject({
  until: z.number().int().nonnegative(),
  places: z.record(z.string(), z.array(z.number().int().nonnegative())),
})

/** Places as they were kept: those of the first `until` leaves. */
export type KeptPlaces = z.infer<typeof keptSchema>

/** The file of places; undefined where it is gone or damaged. */
export async function readPlaces(at: LogFolder, disk: Disk): Promise<KeptPlaces | undefined> {
  const kept = keptSchema.safeParse(await readJsonFile(at.entries, disk).catch(() => undefined))
  return kept.success ? kept.data : undefined
}

/**
 * Which leaves are not measurements, by kind. Derived: found by walking the leaves, and kept in a file so that a start
 * need not walk them all. A file that is gone or damaged is made again.
 */
export class EntryPlaces {
  readonly #at: LogFolder
  readonly #archive: Pick<Archive, 'size' | 'leaves'>
  readonly #disk: Disk
  readonly #kindOf: KindOf
  #places = new Map<string, number[]>()
  #until = 0
  #kept: { readonly until: number; readonly count: number } | undefined
  readonly #mutex = new Mutex()

  constructor(at: LogFolder, archive: Pick<Archive, 'size' | 'leaves'>, parts: { disk: Disk; kindOf: KindOf }) {
    this.#at = at
    this.#archive = archive
    this.#disk = parts.disk
    this.#kindOf = parts.kindOf
  }

  /** Leaves of a kind in their order, as many as the archive holds now. */
  async of(kind: OtherEntryKind): Promise<readonly number[]> {
    await this.#mutex.run(() => this.#follow())
    return [...(this.#places.get(kind) ?? [])]
  }

  /** Writes what was found to the disk, where it is worth it. */
  async keep(): Promise<void> {
    if (this.#kept === undefined) return // places were not asked for yet
    const count = this.#count()
    if (count === this.#kept.count && this.#until - this.#kept.until < KEEP_EVERY) return
    this.#kept = { until: this.#until, count }
    await writeJsonFile(this.#at.entries, { until: this.#until, places: Object.fromEntries(this.#places) }, this.#disk)
  }

  #count(): number {
    let count = 0
    for (const places of this.#places.values()) count += places.length
    return count
  }

  async #follow(): Promise<void> {
    if (this.#kept === undefined) {
      await this.#load()
      this.#kept = { until: this.#until, count: this.#count() }
    }
    for await (const leaf of this.#archive.leaves(this.#until, this.#archive.size)) {
      const kind = this.#kindOf(leaf)
      if (kind !== undefined) {
        const places = this.#places.get(kind) ?? []
        places.push(this.#until)
        this.#places.set(kind, places)
      }
      this.#until++
    }
  }

  async #load(): Promise<void> {
    const kept = await readPlaces(this.#at, this.#disk)
    if (kept === undefined || kept.until > this.#archive.size) return
    this.#places = new Map(Object.entries(kept.places))
    this.#until = kept.until
  }
}
