import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DAY_MS } from '../../core/model/duration.ts'
import { parseInstant, type Instant } from '../../core/model/units.ts'
import { REAL_DISK, isMissing, type Disk } from '../../runtime/files/disk.ts'
import { UNFINISHED, writeDurable } from '../../runtime/files/durable-file.ts'
import { seal } from './seal.ts'

/** What the owner chose for copies. Absent everywhere: none are kept. */
export interface CopySettings {
  /** Public key of age; absent: copies lie open in the owner's folder. */
  readonly recipient?: string
}

/** Days and bytes for which copies are kept, whichever ends first. */
const KEPT_DAYS = 90
const KEPT_BYTES = 500 * 1024 * 1024
const NAME = /^(\d{4}-\d{2}-\d{2})-[0-9a-f]{64}\.json\.gz(\.age)?$/

/**
 * Documents as they were before anything was erased from them, for the owner alone: kept only where the owner asks,
 * below `copies/`, sealed where the owner gave a key, never sent by anything, gone after 90 days or 500 MB.
 */
export class Copies {
  readonly #folder: string
  readonly #settings: CopySettings
  readonly #disk: Disk

  constructor(probeFolder: string, settings: CopySettings, disk: Disk = REAL_DISK) {
    this.#folder = join(probeFolder, 'copies')
    this.#settings = settings
    this.#disk = disk
  }

  /** Keeps one; `id` is that of the document that is sent, so that the two can be found together. */
  async add(document: string, about: { readonly id: string; readonly at: Instant }): Promise<void> {
    const packed = gzipSync(document)
    const { recipient } = this.#settings
    const bytes = recipient === undefined ? packed : await seal(packed, recipient)
    const name = `${new Date(about.at).toISOString().slice(0, 10)}-${about.id}.json.gz${recipient === undefined ? '' : '.age'}`
    await this.#disk.makeFolder(this.#folder)
    await writeDurable(join(this.#folder, name), bytes, this.#disk)
    await this.#forgetOld(about.at)
  }

  async #forgetOld(now: Instant): Promise<void> {
    let total = 0
    for (const name of (await this.#names()).toReversed()) {
      const path = join(this.#folder, name)
      const day = NAME.exec(name)?.[1]
      if (day === undefined) {
        if (name.endsWith(UNFINISHED)) await this.#disk.remove(path)
        continue
      }
      const file = await this.#disk.open(path, 'read')
      total += await file.size()
      await file.close()
      if (total > KEPT_BYTES || parseInstant(day) < now - KEPT_DAYS * DAY_MS) await this.#disk.remove(path)
    }
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await this.#disk.list(this.#folder)
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }
}
