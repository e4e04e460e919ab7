import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../../model/errors.ts'
import { FEWEST_OF_REGION } from '../../model/letter.ts'
import { REGIONS, regionSchema, type Region } from '../../model/region.ts'
import { REAL_DISK, type Disk } from '../../sys/disk.ts'
import { readWhole, writeDurable } from '../../sys/durable-file.ts'

/** Numbers of a letter by region as they were shown last. */
export interface RegionTable {
  /** Signatures and removals of all regions up to then. */
  readonly changes: number
  readonly regions: readonly { readonly region: Region; readonly atLeast: number }[]
}

const tableSchema = z.strictObject({
  changes: z.number().int().nonnegative(),
  regions: z.array(z.strictObject({ region: regionSchema, atLeast: z.number().int().positive() })),
})
const fileSchema = z.record(z.string(), tableSchema)

export type RegionCounts = Readonly<Partial<Record<Region, number>>>

/**
 * The table that is shown for these counts, or the one before (`docs/formats/letter.md`, "What it shows"):
 * - a number is rounded down to whole tens, and none below ten is shown: two tables never differ by less than ten;
 * - a new table comes only after ten changes: what it shows anew is of ten people or more;
 * - where the total, which everybody knows, would still tell of a number under ten that it is not zero, because all others
 *   together could not make up the rest, the earlier table stays.
 */
export function nextTable(counts: RegionCounts, changes: number, before: RegionTable | undefined): RegionTable {
  const none: RegionTable = { changes: 0, regions: [] }
  const last = before ?? none
  if (changes - last.changes < FEWEST_OF_REGION) return last
  const regions = REGIONS.flatMap((region) => {
    const atLeast = Math.floor((counts[region] ?? 0) / FEWEST_OF_REGION) * FEWEST_OF_REGION
    return atLeast === 0 ? [] : [{ region, atLeast }]
  })
  const total = REGIONS.reduce((sum, region) => sum + (counts[region] ?? 0), 0)
  const rest = total - regions.reduce((sum, { atLeast }) => sum + atLeast, 0)
  const mostOfOthers = (REGIONS.length - 1) * (FEWEST_OF_REGION - 1)
  return rest > mostOfOthers ? last : { changes, regions }
}

/** The tables that were shown last, kept so that no restart shows one between two. */
export class ShownRegions {
  readonly #file: string
  readonly #disk: Disk
  readonly #tables: Map<string, RegionTable>

  private constructor(file: string, disk: Disk, tables: Map<string, RegionTable>) {
    this.#file = file
    this.#disk = disk
    this.#tables = tables
  }

  /** Throws Fault for a file that is damaged: made anew it could show what was kept back. */
  static async load(folder: string, disk: Disk = REAL_DISK): Promise<ShownRegions> {
    const file = join(folder, 'shown-regions.json')
    const bytes = await readWhole(file, disk)
    if (bytes === undefined) return new ShownRegions(file, disk, new Map())
    let value: unknown
    try {
      value = JSON.parse(bytes.toString('utf8'))
    } catch {
      value = undefined
    }
    const parsed = fileSchema.safeParse(value)
    if (!parsed.success) throw new Fault(`Cannot read "${file}": it is damaged; removing it shows the regions anew`)
    return new ShownRegions(file, disk, new Map(Object.entries(parsed.data)))
  }

  of(letter: string): RegionTable['regions'] {
    return this.#tables.get(letter)?.regions ?? []
  }

  /** Whether enough has changed for a new table. */
  isDue(letter: string, changes: number): boolean {
    return changes - (this.#tables.get(letter)?.changes ?? 0) >= FEWEST_OF_REGION
  }

  async update(letter: string, counts: RegionCounts, changes: number): Promise<void> {
    const before = this.#tables.get(letter)
    const next = nextTable(counts, changes, before)
    if (next === before || next.changes !== changes) return
    this.#tables.set(letter, next)
    await this.#save()
  }

  async forget(letter: string): Promise<void> {
    if (this.#tables.delete(letter)) await this.#save()
  }

  #save(): Promise<void> {
    return writeDurable(this.#file, Buffer.from(JSON.stringify(Object.fromEntries(this.#tables))), this.#disk)
  }
}
