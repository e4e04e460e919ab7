import { hash } from 'node:crypto'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Fault } from '../../core/model/errors.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { REAL_DISK, isMissing, type Disk } from '../../runtime/files/disk.ts'
import { readWhole, UNFINISHED, writeDurable } from '../../runtime/files/durable-file.ts'

/** One signed document that waits to be delivered. */
export interface SpoolEntry {
  /** SHA-256 of the document's UTF-8 bytes: the id under which a collector keeps it. */
  readonly id: string
  readonly scope: SpoolScope
  /** Pseudonym of the key that signed it. */
  readonly probe: string
  /** Minute of the run, as `2026-11-25T1952Z`; sorts by time. */
  readonly minute: string
  readonly name: string
  /** Of the file. */
  readonly bytes: number
}

export type SpoolScope = 'core' | 'full'

export interface AboutDocument {
  readonly at: Instant
  readonly scope: SpoolScope
  readonly probe: string
}

/** What happened when a document was put in. */
export interface Added {
  readonly id: string
  /** False where the same document waits already. */
  readonly added: boolean
  /** Documents that had to go so that the spool stays within its bound. */
  readonly dropped: number
}

/** Bytes of files that may wait. */
export const SPOOL_BYTES = 200 * 1024 * 1024
/** What was sent stays this long, to be looked at by its owner, and takes at most this much. */
const SENT_KEPT = 2 * DAY_MS
const SENT_BYTES = 5 * 1024 * 1024
/** A document larger than this is none of ours. */
export const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024
const NAME = /^(\d{4}-\d{2}-\d{2}T\d{4}Z)-(core|full)-([0-9a-f]{16})-([0-9a-f]{64})\.json\.gz$/

/** Id of a document, unique everywhere. */
export const documentId = (document: string): string => hash('sha256', document, 'hex')

const minuteOf = (at: Instant): string => `${new Date(at).toISOString().slice(0, 16).replace(/:/g, '')}Z`

/**
 * Signed documents until a collector has them: one gzip file each below `spool/`, written whole or not at all. A
 * document is removed only after its receipt is on disk (receipts.ts), so that a death at any instant loses none; the
 * same document twice is one. Bounded: where it is full the oldest core runs go first, then the oldest full ones.
 *
 * One process writes at a time (it holds `measure`, see turn.ts); sending may go on beside it.
 */
export class Spool {
  readonly #folder: string
  readonly #most: number
  readonly #disk: Disk

  constructor(probeFolder: string, options: { readonly most?: number; readonly disk?: Disk } = {}) {
    this.#folder = join(probeFolder, 'spool')
    this.#most = options.most ?? SPOOL_BYTES
    this.#disk = options.disk ?? REAL_DISK
  }

  /** Removes what a death while writing left. Only for the process that writes. */
  async clean(): Promise<void> {
    for (const folder of [this.#folder, this.#refusedFolder(), this.#sentFolder()])
      for (const name of await this.#names(folder))
        if (name.endsWith(UNFINISHED)) await this.#disk.remove(join(folder, name))
  }

  /** Puts a document in; resolves when it survives a loss of power. */
  async add(document: string, about: AboutDocument): Promise<Added> {
    const id = documentId(document)
    if ((await this.list()).some((entry) => entry.id === id)) return { id, added: false, dropped: 0 }
    const packed = gzipSync(document)
    await this.#disk.makeFolder(this.#folder)
    const dropped = await this.#makeRoom(packed.length)
    const name = `${minuteOf(about.at)}-${about.scope}-${about.probe}-${id}.json.gz`
    await writeDurable(join(this.#folder, name), packed, this.#disk)
    return { id, added: true, dropped }
  }

  /** What waits, oldest first. */
  list(): Promise<readonly SpoolEntry[]> {
    return this.#entries(this.#folder)
  }

  /** What collectors refused for good, oldest first. */
  listRefused(): Promise<readonly SpoolEntry[]> {
    return this.#entries(this.#refusedFolder())
  }

  /** What collectors took in the last two days, oldest first. */
  async listSent(now: Instant): Promise<readonly SpoolEntry[]> {
    const first = minuteOf(instant(now - SENT_KEPT))
    return (await this.#entries(this.#sentFolder())).filter(({ minute }) => minute >= first)
  }

  /** Sets a document aside that a collector took, so that its owner can read what was sent; what is older goes. */
  async keepSent(entry: SpoolEntry, now: Instant): Promise<void> {
    const folder = this.#sentFolder()
    await this.#disk.makeFolder(folder)
    await this.#move(entry, folder)
    const kept = await this.listSent(now)
    let total = kept.reduce((sum, { bytes }) => sum + bytes, 0)
    for (const one of await this.#entries(folder)) {
      if (total <= SENT_BYTES && kept.some(({ name }) => name === one.name)) break
      await this.#removeFrom(folder, one.name)
      if (kept.some(({ name }) => name === one.name)) total -= one.bytes
    }
  }

  /** The document of an entry; undefined where it is no longer there. Throws Fault where the file is not what its name says. */
  async read(entry: SpoolEntry): Promise<string | undefined> {
    for (const folder of [this.#folder, this.#refusedFolder(), this.#sentFolder()]) {
      const found = await this.#readFrom(folder, entry)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Removes an entry, whether it waits or was refused; nothing happens where it is gone. */
  async remove(entry: SpoolEntry): Promise<void> {
    await this.#removeFrom(this.#folder, entry.name)
    await this.#removeFrom(this.#refusedFolder(), entry.name)
    await this.#removeFrom(this.#refusedFolder(), reasonName(entry))
  }

  /** Sets a document aside that a collector refused for good, with its words: nothing is lost silently. */
  async refuse(entry: SpoolEntry, reason: string): Promise<void> {
    const folder = this.#refusedFolder()
    await this.#disk.makeFolder(folder)
    await writeDurable(join(folder, reasonName(entry)), Buffer.from(`${reason.slice(0, 2000)}\n`), this.#disk)
    await this.#move(entry, folder)
  }

  /** Why an entry was refused; undefined if unknown. */
  async reasonOf(entry: SpoolEntry): Promise<string | undefined> {
    return (await readWhole(join(this.#refusedFolder(), reasonName(entry)), this.#disk))?.toString().trim()
  }

  /** Moves the file of a waiting entry to another folder; nothing happens where it is gone. */
  async #move(entry: SpoolEntry, folder: string): Promise<void> {
    try {
      await this.#disk.rename(join(this.#folder, entry.name), join(folder, entry.name))
    } catch (error) {
      if (!isMissing(error)) throw error
    }
    await this.#disk.syncFolder(folder)
    await this.#disk.syncFolder(this.#folder)
  }

  async #makeRoom(bytes: number): Promise<number> {
    const entries = [...(await this.list())]
    let total = entries.reduce((sum, entry) => sum + entry.bytes, bytes)
    const order = [
      ...entries.filter(({ scope }) => scope === 'core'),
      ...entries.filter(({ scope }) => scope === 'full'),
    ]
    let dropped = 0
    for (const entry of order) {
      if (total <= this.#most) break
      await this.#removeFrom(this.#folder, entry.name)
      total -= entry.bytes
      dropped += 1
    }
    return dropped
  }

  async #entries(folder: string): Promise<readonly SpoolEntry[]> {
    const entries: SpoolEntry[] = []
    for (const name of await this.#names(folder)) {
      const [, minute, scope, probe, id] = NAME.exec(name) ?? []
      if (minute === undefined || probe === undefined || id === undefined || (scope !== 'core' && scope !== 'full'))
        continue
      const bytes = await this.#sizeOf(join(folder, name))
      if (bytes !== undefined) entries.push({ id, scope, probe, minute, name, bytes })
    }
    return entries
  }

  async #sizeOf(path: string): Promise<number | undefined> {
    try {
      const file = await this.#disk.open(path, 'read')
      try {
        return await file.size()
      } finally {
        await file.close()
      }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  async #readFrom(folder: string, entry: SpoolEntry): Promise<string | undefined> {
    const packed = await readWhole(join(folder, entry.name), this.#disk)
    if (packed === undefined) return undefined
    let document: string
    try {
      document = gunzipSync(packed, { maxOutputLength: MAX_DOCUMENT_BYTES }).toString()
    } catch (error) {
      throw new Fault(`Cannot read "${entry.name}" of the spool: its bytes are damaged`, { cause: error })
    }
    if (documentId(document) !== entry.id)
      throw new Fault(`Cannot read "${entry.name}" of the spool: its content has another digest`)
    return document
  }

  async #removeFrom(folder: string, name: string): Promise<void> {
    try {
      await this.#disk.remove(join(folder, name))
      await this.#disk.syncFolder(folder)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  async #names(folder: string): Promise<readonly string[]> {
    try {
      return await this.#disk.list(folder)
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  #sentFolder(): string {
    return join(this.#folder, 'sent')
  }

  #refusedFolder(): string {
    return join(this.#folder, 'refused')
  }
}

const reasonName = (entry: SpoolEntry): string => `${entry.id}.reason`
