import { join } from 'node:path'
import { REAL_DISK, type Disk, type DiskFile } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import type { ReadIncidents } from './contract.ts'
import { decodeRevision, readIncidentJournal } from './journal-line.ts'
import { ACKNOWLEDGED, decodeAcknowledged, EPISODES, JOURNAL, ReadingJournal } from './reading-journal.ts'

/** Published incidents that another process writes. */
export interface FollowedIncidents extends ReadIncidents {
  /** Takes in what was published since; gives whether there was any. */
  follow(): Promise<boolean>
}

/**
 * Reads the journal of incidents in a folder that another process writes, or a copy of it, changing nothing. Only what
 * was acknowledged is taken in. Throws Fault where the journal is damaged.
 */
export async function followIncidents(folder: string, disk: Disk = REAL_DISK): Promise<FollowedIncidents> {
  const journal = new FollowedJournal({ folder, disk, file: await disk.open(join(folder, JOURNAL), 'read') })
  try {
    await journal.follow()
    return journal
  } catch (error) {
    await journal[Symbol.asyncDispose]()
    throw error
  }
}

class FollowedJournal extends ReadingJournal implements FollowedIncidents {
  readonly #disk: Disk
  #end = 0
  /** The last line that was taken in, and its bytes: while they stand there it is the same journal, grown. */
  #last: { readonly offset: number; readonly bytes: Buffer } | undefined
  #episodesText: string | undefined

  constructor(parts: { folder: string; disk: Disk; file: DiskFile }) {
    super(parts)
    this.#disk = parts.disk
  }

  follow(): Promise<boolean> {
    return this.work.run(async () => {
      const journal = await this.#followJournal()
      const episodes = await this.#followEpisodes()
      if (journal || episodes) this.written++
      return journal || episodes
    })
  }

  async #followJournal(): Promise<boolean> {
    const acknowledged = decodeAcknowledged(await readWhole(join(this.folder, ACKNOWLEDGED), this.#disk))
    // Nothing is published yet, or ids are being taken out at this moment.
    if (acknowledged === 0 || (acknowledged === this.#end && (await this.#isSame(this.file)))) return false
    const file = await this.#disk.open(join(this.folder, JOURNAL), 'read')
    try {
      const isOther = acknowledged < this.#end || !(await this.#isSame(file))
      if (isOther) this.#forgetAll()
      const until = Math.min(acknowledged, await file.size())
      const bytes = Buffer.alloc(until - this.#end)
      await file.read(bytes, this.#end)
      const from = this.#end
      for (const line of readIncidentJournal(bytes, file.path, from).lines) {
        this.remember(decodeRevision(line.text), { offset: line.offset, length: line.length })
        this.#end = line.offset + line.length
        this.#last = { offset: line.offset, bytes: bytes.subarray(line.offset - from, this.#end - from) }
      }
      // The bytes of the last line alone stay in memory.
      if (this.#last !== undefined) this.#last = { ...this.#last, bytes: Buffer.from(this.#last.bytes) }
      const before = this.file
      this.file = file
      await before.close()
      return isOther || this.#end > from
    } catch (error) {
      if (this.file !== file) await file.close()
      throw error
    }
  }

  /** Whether the line that was read last stands where it was, in this opening of the file. */
  async #isSame(file: DiskFile): Promise<boolean> {
    if (this.#last === undefined) return true
    const found = Buffer.alloc(this.#last.bytes.length)
    await file.read(found, this.#last.offset)
    return found.equals(this.#last.bytes)
  }

  #forgetAll(): void {
    const known = [...this.places.values()].reduce((sum, places) => sum + places.length, 0)
    this.forgotten += known + 1
    this.places.clear()
    this.latest.clear()
    this.#end = 0
    this.#last = undefined
  }

  async #followEpisodes(): Promise<boolean> {
    const bytes = await readWhole(join(this.folder, EPISODES), this.#disk)
    const text = bytes?.toString()
    if (text === this.#episodesText) return false
    this.recallEpisodes(bytes)
    this.#episodesText = text
    return true
  }
}
