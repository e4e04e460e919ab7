import { join } from 'node:path'
import { z } from 'zod'
import { instant, parseInstant } from '../../model/units.ts'
import type { Instant } from '../../model/units.ts'
import { REAL_DISK, isMissing } from '../../sys/disk.ts'
import type { Disk } from '../../sys/disk.ts'
import { readWhole } from '../../sys/durable-file.ts'
import { monthNumber, monthOf } from '../identity/month.ts'

const receiptSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  /** Place of the measurement in the collector's log. */
  leaf: z.number().int().nonnegative(),
  at_utc: z.string(),
})

/** A collector's word that it holds a document. */
export interface Receipt {
  readonly id: string
  readonly leaf: number
  /** Minute of the answer. */
  readonly at: Instant
}

/** Receipts are kept for the month they are of and the one after: enough for "this week" and for no history. */
const KEPT_MONTHS = 2
const MINUTE = 60_000

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
    const at = Math.floor(receipt.at / MINUTE) * MINUTE
    const line = `${JSON.stringify({ id: receipt.id, leaf: receipt.leaf, at_utc: new Date(at).toISOString() })}\n`
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
    const { id, leaf, at_utc: at } = receiptSchema.parse(JSON.parse(line))
    return { id, leaf, at: instant(parseInstant(at)) }
  } catch {
    return undefined // cut short by a death while it was written: its document is sent again, which changes nothing
  }
}

const WEEK = 7 * 24 * 3_600_000

/** How many measurements of this probe were received within the seven days before `now`. */
export const countWeek = (receipts: readonly Receipt[], now: Instant): number =>
  receipts.filter(({ at }) => at > now - WEEK && at <= now + MINUTE).length
