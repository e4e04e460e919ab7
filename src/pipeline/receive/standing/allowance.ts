import { z } from 'zod'
import { DAY_MS } from '../../../core/model/duration.ts'
import { COUNTED_STANDINGS, type Standing } from '../../../core/model/standing.ts'
import type { Instant } from '../../../core/model/units.ts'
import type { Disk } from '../../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../../runtime/files/durable-file.ts'
import { Mutex } from '../../../runtime/mutex.ts'

/** Bytes a day of all senders that are neither known nor invited, if the operator says nothing else. */
export const STRANGERS_PER_DAY = 256 * 2 ** 20
/** Share of it that one part of the network may use, and one known key beyond it. */
const OF_ONE_PART = 1 / 8
const OF_ONE_KEY = 1 / 4
/** Share that measurements without a usable signature may use: what is left is for new keys. */
const OF_UNSIGNED = 1 / 2
/** The totals are written down after each such share: a restart forgets no more than it. */
const WRITTEN_AFTER = 1 / 256
/** Parts of the network and keys that are counted at once. Beyond it the first ones begin again. */
const MOST_COUNTED = 200_000
/** What a sender without an address is counted as. */
const NO_PART = ''

/** Who sent a measurement, as far as its allowance depends on it. */
export interface Spender {
  readonly standing: Standing
  readonly pseudonym?: string
  /** Stands for the sender's part of the network today; see runtime/sender/rate.ts. */
  readonly prefix?: string
}

/** Bytes of today. No address and no key is among them. */
const totalsSchema = z.strictObject({
  day: z.number().int(),
  strangers: z.number().nonnegative(),
  unsigned: z.number().nonnegative(),
})
type Totals = z.infer<typeof totalsSchema>

/** Where the totals are kept over a restart. */
export interface KeptTotals {
  readonly file: string
  readonly disk: Disk
}

const isStranger = (standing: Standing): boolean => !COUNTED_STANDINGS.some((counted) => counted === standing)

/**
 * Bytes that senders may add in one day of UTC, by standing, part of the network and key
 * (docs/formats/collector.md, "Space and clock"). Invited keys are not bounded here: the operator chose them.
 */
export class Allowance {
  readonly #perDay: number
  readonly #kept: KeptTotals
  #totals: Totals
  #written: number
  readonly #writing = new Mutex()
  /** Bytes of today by part of the network, and by known key. */
  #parts = new Map<string, number>()
  #keys = new Map<string, number>()

  private constructor(perDay: number, kept: KeptTotals, totals: Totals) {
    this.#perDay = perDay
    this.#kept = kept
    this.#totals = totals
    this.#written = totals.strangers
  }

  /** Opens it with the totals that an earlier process left. A file that cannot be read counts as none. */
  static async open(perDay: number, kept: KeptTotals): Promise<Allowance> {
    return new Allowance(perDay, kept, await readTotals(kept))
  }

  /**
   * Takes bytes from the allowance of a sender; gives the seconds until the next day where they are not in it, else 0.
   */
  take(spender: Spender, bytes: number, at: Instant): number {
    this.#turnDay(at)
    if (this.#left(spender) < bytes) return Math.max(1, Math.ceil((DAY_MS - (at % DAY_MS)) / 1000))
    this.#count(spender, bytes)
    if (this.#totals.strangers - this.#written >= WRITTEN_AFTER * this.#perDay) this.#write()
    return 0
  }

  /** Gives back what was taken for a measurement that was not archived after all. */
  giveBack(spender: Spender, bytes: number): void {
    this.#count(spender, -bytes)
  }

  #left({ standing, pseudonym = '', prefix = NO_PART }: Spender): number {
    if (standing === 'enrolled') return Number.POSITIVE_INFINITY
    if (standing === 'known') return OF_ONE_KEY * this.#perDay - (this.#keys.get(pseudonym) ?? 0)
    const { strangers, unsigned } = this.#totals
    return Math.min(
      this.#perDay - strangers,
      OF_ONE_PART * this.#perDay - (this.#parts.get(prefix) ?? 0),
      standing === 'new' ? Number.POSITIVE_INFINITY : OF_UNSIGNED * this.#perDay - unsigned,
    )
  }

  #count({ standing, pseudonym = '', prefix = NO_PART }: Spender, bytes: number): void {
    if (standing === 'known') add(this.#keys, pseudonym, bytes)
    if (!isStranger(standing)) return
    add(this.#parts, prefix, bytes)
    const { day, strangers, unsigned } = this.#totals
    const more = standing === 'new' ? 0 : bytes
    this.#totals = { day, strangers: Math.max(0, strangers + bytes), unsigned: Math.max(0, unsigned + more) }
  }

  #turnDay(at: Instant): void {
    const day = Math.floor(at / DAY_MS)
    if (day === this.#totals.day) return
    this.#totals = { day, strangers: 0, unsigned: 0 }
    this.#written = 0
    this.#parts = new Map()
    this.#keys = new Map()
  }

  /** One write at a time. A disk that refuses costs the count of this process only if it also ends. */
  #write(): void {
    const totals = this.#totals
    this.#written = totals.strangers
    void this.#writing.run(() => writeTotals(this.#kept, totals).catch(() => undefined))
  }

  /** Writes the totals a last time. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#totals.strangers !== this.#written) this.#write()
    await this.#writing.settled()
  }
}

function add(counted: Map<string, number>, name: string, bytes: number): void {
  const before = counted.get(name)
  if (before === undefined && counted.size >= MOST_COUNTED) {
    const [first] = counted.keys()
    if (first !== undefined) counted.delete(first)
  }
  counted.set(name, Math.max(0, (before ?? 0) + bytes))
}

const writeTotals = ({ file, disk }: KeptTotals, totals: Totals): Promise<void> =>
  writeDurable(file, Buffer.from(`${JSON.stringify(totals)}\n`), disk)

async function readTotals({ file, disk }: KeptTotals): Promise<Totals> {
  try {
    const bytes = await readWhole(file, disk)
    if (bytes !== undefined) return totalsSchema.parse(JSON.parse(bytes.toString()))
  } catch {
    // A count of one day: nothing rests on it but how much unknown senders may still add today.
  }
  return { day: -1, strangers: 0, unsigned: 0 }
}
