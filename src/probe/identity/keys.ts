import { join } from 'node:path'
import { formatAsn, parseAsn, type Asn, type Instant } from '../../core/model/units.ts'
import { REAL_DISK, isMissing, type Disk } from '../../runtime/files/disk.ts'
import { readWhole, UNFINISHED, writeDurable } from '../../runtime/files/durable-file.ts'
import { makeKey, readKey, writeKey, type ProbeKey } from './key.ts'
import { monthBefore, monthNumber, monthOf } from './month.ts'

/** A key with what it is for. */
export interface MonthlyKey extends ProbeKey {
  readonly asn: Asn
  readonly month: string
}

/** Months after which a key is forgotten. */
const KEPT_MONTHS = 3
const NAME = /^(AS[1-9]\d*)-(\d{4}-\d{2})\.pem$/

/**
 * The signing keys of one probe: one for each network and month, so that no key follows a person between home, work and
 * mobile or through the years. Files `keys/AS9198-2026-11.pem`, which their owner alone can read.
 */
export class ProbeKeys {
  readonly #folder: string
  readonly #disk: Disk

  constructor(probeFolder: string, disk: Disk = REAL_DISK) {
    this.#folder = join(probeFolder, 'keys')
    this.#disk = disk
  }

  /**
   * The key of a network for the month of `at`; made and stored where there is none. A network that is unknown (number
   * 0) may be home or work: its key is new each time and stored nowhere, so that it links nothing.
   */
  async keyFor(asn: Asn, at: Instant): Promise<MonthlyKey> {
    const month = monthOf(at)
    if (asn === 0) return { ...makeKey(), asn, month }
    const stored = await this.#read(asn, month)
    if (stored !== undefined) return stored
    const key = makeKey()
    await this.#disk.makeFolder(this.#folder)
    await writeDurable(this.#path(asn, month), Buffer.from(writeKey(key)), this.#disk)
    return { ...key, asn, month }
  }

  /** The key that vouches for this one: of the same network, of the month before; undefined where there is none. */
  elderOf(key: MonthlyKey): Promise<MonthlyKey | undefined> {
    return this.#read(key.asn, monthBefore(key.month))
  }

  /** The key of a network and month; undefined where it was forgotten or never stored. */
  stored(asn: Asn, month: string): Promise<MonthlyKey | undefined> {
    return this.#read(asn, month)
  }

  /** Networks and months for which a key is stored, sorted. */
  async list(): Promise<readonly { readonly asn: Asn; readonly month: string }[]> {
    return (await this.#names()).flatMap((name) => {
      const match = NAME.exec(name)
      return match?.[1] === undefined || match[2] === undefined ? [] : [{ asn: parseAsn(match[1]), month: match[2] }]
    })
  }

  /**
   * Deletes the keys of three months ago and before, and those of months that are not there yet (a clock ran ahead);
   * gives how many.
   *
   * BUG: where no other clock answers, one that runs months ahead makes today's keys look old, and they go: the
   * network starts again as unknown.
   */
  async forgetOld(at: Instant): Promise<number> {
    const now = monthNumber(monthOf(at))
    const old = (await this.list()).filter(({ month }) => {
      const age = now - monthNumber(month)
      return age >= KEPT_MONTHS || age < -1
    })
    for (const { asn, month } of old) await this.#disk.remove(this.#path(asn, month))
    for (const name of await this.#names())
      if (name.endsWith(UNFINISHED)) await this.#disk.remove(join(this.#folder, name))
    if (old.length > 0) await this.#disk.syncFolder(this.#folder)
    return old.length
  }

  /** Deletes every key; gives how many. What waits signed by one is still delivered, without an introduction. */
  async forgetAll(): Promise<number> {
    const all = await this.list()
    for (const { asn, month } of all) await this.#disk.remove(this.#path(asn, month))
    if (all.length > 0) await this.#disk.syncFolder(this.#folder)
    return all.length
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await this.#disk.list(this.#folder)
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  async #read(asn: Asn, month: string): Promise<MonthlyKey | undefined> {
    const bytes = await readWhole(this.#path(asn, month), this.#disk)
    return bytes === undefined ? undefined : { ...readKey(bytes.toString()), asn, month }
  }

  #path(asn: Asn, month: string): string {
    return join(this.#folder, `${formatAsn(asn)}-${month}.pem`)
  }
}
