import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../../core/model/errors.ts'
import { FEWEST_OF_REGION } from '../core/letter.ts'
import { REGIONS, regionSchema, type Region } from '../../core/model/region.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

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
 * The table that is shown for these counts, or the one before
 * (docs/formats/letter.md, "What the server stores, what it shows"):
 * - a number is rounded down to whole tens, and none below ten is shown: two tables never differ by less than ten;
 * - a new table comes only after ten changes: what it newly shows is of ten people or more;
 * - of the total, which everyone knows, at least ten are in no number: else it would tell that all of a batch are from
 *   the regions that are shown; where fewer were left, the largest is shown with ten less;
 * - a number grows by no more whole tens than there were changes, and where one would have to fall by more, the earlier
 *   table stays: else a growth that all changes together hardly explain tells what was there before.
 *
 * BUG: where nearly every region stands just below a whole ten (the last digits of all 21 add up to more than 180 of
 * 189), the total tells that none is empty.
 */
export function nextTable(counts: RegionCounts, changes: number, before: RegionTable | undefined): RegionTable {
  const last: RegionTable = before ?? { changes: 0, regions: [] }
  const since = tens(changes - last.changes)
  if (since < K) return last
  const shown = new Map(REGIONS.map((region) => [region, tens(counts[region] ?? 0)]))
  const total = sum(REGIONS.map((region) => counts[region] ?? 0))
  for (const [region, number] of shown) {
    const was = last.regions.find((one) => one.region === region)?.atLeast ?? 0
    if (was - number > since) return last
    shown.set(region, Math.min(number, was + since))
  }
  const [largest] = [...shown].sort(([, a], [, b]) => b - a)
  if (largest !== undefined && largest[1] > 0 && total - sum(shown.values()) < K) shown.set(largest[0], largest[1] - K)
  return { changes, regions: [...shown].flatMap(([region, atLeast]) => (atLeast > 0 ? [{ region, atLeast }] : [])) }
}
const tens = (number: number): number => Math.floor(number / K) * K
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0)
const K = FEWEST_OF_REGION

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

  /** Throws Fault for a file that is damaged: made again it could show what was kept back. */
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
    if (!parsed.success) throw new Fault(`Cannot read "${file}": it is damaged; removing it shows the regions again`)
    return new ShownRegions(file, disk, new Map(Object.entries(parsed.data)))
  }

  of(letter: string): RegionTable['regions'] {
    return this.#tables.get(letter)?.regions ?? []
  }

  /** Whether enough has changed for a new table. */
  isDue(letter: string, changes: number): boolean {
    return changes - (this.#tables.get(letter)?.changes ?? 0) >= K
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
