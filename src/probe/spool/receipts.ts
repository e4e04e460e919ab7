import { join } from 'node:path'
import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { MINUTE_MS, WEEK_MS } from '../../core/model/duration.ts'
import { COUNTED_STANDINGS, STANDINGS, type Standing } from '../../core/model/standing.ts'
import { instant, parseInstant, type Instant } from '../../core/model/units.ts'
import { REAL_DISK, isMissing, type Disk } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import { monthNumber, monthOf } from '../identity/month.ts'

const receiptSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  /** Place of the measurement in the collector's log. */
  leaf: z.number().int().nonnegative(),
  at_utc: z.string(),
  standing: z.enum(STANDINGS).optional().catch(undefined),
  probe: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional()
    .catch(undefined),
})

/** A collector's word that it holds a document. */
export interface Receipt {
  readonly id: string
  readonly leaf: number
  /** Minute of the answer. */
  readonly at: Instant
  /** What the collector said about the key; absent if it said nothing, as in receipts of older versions. */
  readonly standing?: Standing
  /** Pseudonym of the key that signed the document; absent in receipts of older versions. */
  readonly probe?: string
}

/** Receipts are kept for the month they are of and the one after: enough for "this week" and for no history. */
const KEPT_MONTHS = 2

/** Receipts of delivered documents: `receipts/2026-11.jsonl`, each line fsynced before its document leaves the spool. */
export class Receipts {
  readonly #folder: string
  readonly #disk: Disk

  constructor(probeFolder: string, disk: Disk = REAL_DISK) {
    this.#folder = join(probeFolder, 'receipts')
    this.#disk = disk
  }

  /** Adds one; resolves when it survives a loss of power. A line that a death cut short is closed first. */
  async add(receipt: Receipt): Promise<void> {
    const { id, leaf, standing, probe } = receipt
    const at = new Date(Math.floor(receipt.at / MINUTE_MS) * MINUTE_MS).toISOString()
    const line = `${JSON.stringify({ id, leaf, at_utc: at, standing, probe })}\n` // undefined is left out
    await this.#disk.makeFolder(this.#folder)
    const file = await this.#disk.open(join(this.#folder, `${monthOf(receipt.at)}.jsonl`), 'append')
    try {
      const size = await file.size()
      const last = new Uint8Array(1)
      if (size > 0) await file.read(last, size - 1)
      const torn = size > 0 && last[0] !== 10
      await file.write(Buffer.from(torn ? `\n${line}` : line), size)
      await file.sync()
    } finally {
      await file.close()
    }
    await this.#disk.syncFolder(this.#folder)
  }

  /** All that are kept, each id once; lines that a death cut short are passed over. */
  async list(): Promise<readonly Receipt[]> {
    const found = new Map<string, Receipt>()
    for (const name of await this.#names()) {
      const text = (await readWhole(join(this.#folder, name), this.#disk))?.toString() ?? ''
      for (const line of text.split('\n')) {
        const receipt = parseReceipt(line)
        if (receipt !== undefined && !found.has(receipt.id)) found.set(receipt.id, receipt)
      }
    }
    return [...found.values()]
  }

  /** Deletes the files of months that are over for long; gives how many. */
  async forgetOld(at: Instant): Promise<number> {
    const now = monthNumber(monthOf(at))
    const old = (await this.#names()).filter((name) => now - monthNumber(name.slice(0, 7)) >= KEPT_MONTHS)
    for (const name of old) await this.#disk.remove(join(this.#folder, name))
    return old.length
  }

  async #names(): Promise<readonly string[]> {
    try {
      return (await this.#disk.list(this.#folder)).filter((name) => /^\d{4}-(0[1-9]|1[0-2])\.jsonl$/.test(name))
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }
}

function parseReceipt(line: string): Receipt | undefined {
  try {
    const { id, leaf, at_utc: at, standing, probe } = receiptSchema.parse(JSON.parse(line))
    return { id, leaf, at: instant(parseInstant(at)), ...defined({ standing, probe }) }
  } catch {
    return undefined // cut short by a death while it was written: its document is sent again, which changes nothing
  }
}

/** Standings whose measurements a collector excludes when they come; `revoked` is never an answer to a probe. */
export type ApartStanding = Exclude<Standing, (typeof COUNTED_STANDINGS)[number] | 'revoked'>
export const APART_STANDINGS = ['new', 'mismatched', 'unsigned'] as const satisfies readonly ApartStanding[]

/** What became of the measurements of this probe that were received within a week. */
export interface Week {
  readonly received: number
  /** In what is published. */
  readonly counted: number
  /** Excluded, by what the collector said about the key. */
  readonly apart: Readonly<Record<ApartStanding, number>>
  /** Of which the collector did not say. */
  readonly untold: number
}

/** Counts the receipts of the seven days before `now`. */
export function countWeek(receipts: readonly Receipt[], now: Instant): Week {
  const week = receipts.filter(({ at }) => at > now - WEEK_MS && at <= now + MINUTE_MS)
  const of = (standing: Standing | undefined): number => week.filter((one) => one.standing === standing).length
  return {
    received: week.length,
    counted: COUNTED_STANDINGS.reduce((sum, standing) => sum + of(standing), 0),
    apart: { new: of('new'), unsigned: of('unsigned'), mismatched: of('mismatched') },
    untold: of(undefined),
  }
}
