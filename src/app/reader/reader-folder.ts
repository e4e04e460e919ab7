import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { followLog, type FollowedLog, type ReadLog } from '../../pipeline/log/read-log.ts'
import { openReviews } from '../../pipeline/review/reviews.ts'
import { Fault } from '../../core/model/errors.ts'
import { instant, type Instant, type Sha256 } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { isMissing, REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import type { Log } from '../../runtime/log.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import type { Archived } from '../../store/archive/contract.ts'
import { openReadArchive, type ReadArchive } from '../../store/archive/read-segments.ts'
import { StoreDisk } from '../../store/archive/ship/store-disk.ts'
import { followIncidents, type FollowedIncidents } from '../../store/incidents/follow-journal.ts'
import { copySeenValues, NO_COMMON_VALUES, writeCommonValues, type CommonValues } from '../../store/seen-values/open.ts'
import { openPartsWarehouse, partsInFolder, type PartsWarehouse } from '../../store/warehouse/read-parts.ts'
import type { ReadWarehouse } from '../../store/warehouse/reading-warehouse.ts'
import type { WarehouseAddress } from '../../store/warehouse/server/address.ts'
import { openServerForReading } from '../../store/warehouse/server/read-server.ts'
import { ViewFolder, type TakenView } from '../view/take-view.ts'
import { tileDisk } from '../view/tile-disk.ts'
import { COMMON_FILE } from '../view/view-format.ts'
import { KeptEntries, RevisionLeaves } from './kept-entries.ts'
import type { ReadReviews, SiteFolder } from './site-folder.ts'
import { readNow, ToldPeople } from './shown.ts'

/** How often the values that servers sent are copied, where there are new ones. */
const SEEN_EVERY_MS = 60_000
/** Memory of the embedded engine: what a centre gives it. */
const LIMITS = { memoryBytes: 512 * 2 ** 20, threads: 2 }

export interface ReaderFolderOptions {
  /** The data folder of a centre, or a copy of it; may be a link that is set to another copy. */
  readonly path: string
  /** Folder for what the engines of this process write; emptied by its owner. */
  readonly work: string
  readonly log: Pick<Log, 'error'>
  /** Where segments of the archive are that the centre removed from its disk. */
  readonly away?: ObjectStore
  /**
   * Where everything is that a centre ships for readers; `path` is then a folder that is made like that of the centre,
   * empty at first, and neither the archive nor tiles of the log are copied there.
   */
  readonly from?: ObjectStore
  /** The ClickHouse server that has the tables; absent: they are in the folder, or shipped. */
  readonly server?: WarehouseAddress
}

/**
 * A data folder that another process holds, or a copy of one, as a reader has it: no lock, no key, no migration, nothing
 * written. `follow` takes in what is new; what was there stays in use where that fails.
 */
export interface ReaderFolder extends SiteFolder, AsyncDisposable {
  incidents(): Promise<FollowedIncidents>
  /** What people reported, as the centre told it. */
  readonly people: ToldPeople
  /** Time of the state that was taken over last, by the centre's clock. */
  readonly asOf: Instant
  /** Whether the log is of simulated data; undefined where none was begun. */
  readonly simulated: boolean | undefined
  follow(): Promise<void>
}

/** Opens a folder for reading. Throws Fault where it is none, or is not of this program's version. */
export async function openReaderFolder(options: ReaderFolderOptions): Promise<ReaderFolder> {
  const { path, work, away, from, server } = options
  const source = from === undefined ? undefined : openSource(from, { folder: path, tables: server === undefined })
  await source?.take()
  const { incidents, log: logs, archive: segments } = await partsOf(path, source)
  const archive =
    source === undefined
      ? await openReadArchive(segments, REAL_DISK, away)
      : await openReadArchive(segments, source.disk)
  const log = await followLog(logs, source?.tiles)
  const journal = await followIncidents(incidents)
  const warehouse =
    server === undefined
      ? await openPartsWarehouse(partsInFolder(path), work, LIMITS)
      : await openServerForReading(server)
  const folder = new Reader(options, { archive, log, journal, warehouse, source })
  try {
    await folder.follow()
    return folder
  } catch (error) {
    await folder[Symbol.asyncDispose]()
    throw error
  }
}

/** What is taken from object storage. */
interface Source {
  /** The archive there. */
  readonly disk: StoreDisk
  /** The log, whose tiles are there. */
  readonly tiles: Disk
  take(): Promise<TakenView>
}

function openSource(
  store: ObjectStore,
  { folder, tables }: { readonly folder: string; readonly tables: boolean },
): Source {
  const view = new ViewFolder({ store, folder, tables })
  const disk = new StoreDisk(store, join(folder, 'archive'))
  return { disk, tiles: tileDisk(store, folder), take: () => view.take() }
}

async function partsOf(path: string, source: Source | undefined) {
  const parts = {
    incidents: join(path, 'incidents'),
    log: join(path, 'log'),
    archive: join(path, 'archive'),
  }
  try {
    await realpath(path)
    if (source === undefined) await stat(join(parts.archive, 'format'))
    await stat(parts.incidents)
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new Fault(`Cannot read folder "${path}": it holds no data of Kuager, or they are still being copied`)
  }
  return parts
}

interface Stores {
  readonly archive: ReadArchive
  readonly log: FollowedLog
  readonly journal: FollowedIncidents
  /** `follow`: absent where a server has the tables. */
  readonly warehouse: ReadWarehouse & AsyncDisposable & Partial<Pick<PartsWarehouse, 'follow'>>
  readonly source: Source | undefined
}

class Reader implements ReaderFolder {
  readonly path: string
  readonly engines: string
  readonly people: ToldPeople
  readonly #log: ReaderFolderOptions['log']
  readonly #stores: Stores
  readonly #closing: AsyncDisposable[] = []
  readonly #following = new Mutex()
  #reviews: ReadReviews | undefined
  /** Whether acts of people are to be read again: also where something failed before they were. */
  #areReviewsOld = true
  #revisions: RevisionLeaves
  /** Entries that were read, where reading one is a request. */
  readonly #entries: KeptEntries | undefined
  #asOf = instant(0)
  /** State of the archive on the store that was taken over. */
  #archive: string | undefined
  #mirrorKey: string | undefined
  #seen: { readonly stamp: string; readonly at: number } | undefined

  /** The disk on which tiles of the log are; absent: the folder's. */
  readonly logDisk?: Disk

  constructor({ path, work, log }: ReaderFolderOptions, stores: Stores) {
    this.path = path
    this.engines = work
    this.people = new ToldPeople(path)
    this.#log = log
    this.#stores = stores
    this.#entries = stores.source === undefined ? undefined : new KeptEntries(stores.archive)
    if (stores.source !== undefined) this.logDisk = stores.source.tiles
    this.#revisions = new RevisionLeaves(this.#entries ?? stores.archive, path)
  }

  get logFolder(): string {
    return join(this.path, 'log')
  }

  get incidentsFolder(): string {
    return join(this.path, 'incidents')
  }

  get asOf(): Instant {
    return this.#asOf
  }

  get simulated(): boolean | undefined {
    return this.#stores.log.log?.simulated
  }

  follow(): Promise<void> {
    return this.#following.run(async () => {
      const { archive, journal, log, warehouse, source } = this.#stores
      const taken = await source?.take()
      // Read first: what is taken in after it is at least as new.
      const told = await readNow(this.path)
      const at = told?.at ?? (await newestFile(this.path))
      const wereOld = this.#areReviewsOld
      this.#areReviewsOld = true
      // The archive on the store is asked only where it is another one than at the last look.
      const hasNew = (taken === undefined || taken.archive !== this.#archive) && (await archive.follow())
      await log.follow()
      await journal.follow()
      await warehouse.follow?.()
      if (hasNew || wereOld) await this.#followReviews()
      this.#areReviewsOld = false
      await this.people.follow()
      await this.#followSeen()
      this.#archive = taken?.archive
      this.#mirrorKey = told?.mirrorKey
      this.#asOf = at
    })
  }

  /** Acts of people are entries of the archive. */
  async #followReviews(): Promise<void> {
    const archive = this.#entries ?? this.#stores.archive
    this.#revisions = new RevisionLeaves(archive, this.path)
    this.#reviews = await openReviews({
      ...{ folder: this.path, archive, incidents: this.#stores.journal, clock: systemClock },
      custody: () => Promise.reject(new Fault('Cannot record an act: this server only reads')),
      onUnreadable: (leaf, error) =>
        this.#log.error({ leaf, error }, 'an event of custody cannot be read: an act of a person may be missing'),
    })
  }

  /** The thread that makes public forms reads its own copy: the centre may be writing the other. */
  async #followSeen(): Promise<void> {
    const now = systemClock.monotonic()
    if (this.#seen !== undefined && now - this.#seen.at < SEEN_EVERY_MS) return
    const stamp =
      this.#stores.source === undefined
        ? await copySeenValues(this.path, this.engines, this.#seen?.stamp)
        : await this.#takeCommonValues(this.#seen?.stamp)
    this.#seen = { stamp, at: now }
  }

  /** A centre ships which values are common, and nothing of those who brought them. */
  async #takeCommonValues(before: string | undefined): Promise<string> {
    const text = (await readWhole(join(this.path, COMMON_FILE)))?.toString() ?? JSON.stringify(NO_COMMON_VALUES)
    // The centre's own bytes.
    if (text !== before) writeCommonValues(this.engines, JSON.parse(text) as CommonValues)
    return text
  }

  async warehouse(): Promise<ReadWarehouse> {
    return this.#stores.warehouse
  }

  async incidents(): Promise<FollowedIncidents> {
    return this.#stores.journal
  }

  async archive(): ReturnType<SiteFolder['archive']> {
    const { archive, warehouse } = this.#stores
    return {
      readLeaf: (leaf) => archive.readLeaf(leaf),
      // What is shown has a row, which says its leaf.
      read: async (id: Sha256): Promise<Archived | undefined> => {
        const leaf = (await warehouse.measurement(id))?.leafIndex
        if (leaf === undefined) return undefined
        const found = await archive.readLeaf(leaf)
        return found !== undefined && 'provenance' in found && found.provenance.id !== id ? undefined : found
      },
    }
  }

  /** As they are now: they are read again when the archive has grown. */
  async reviews(): Promise<ReadReviews> {
    const now = (): ReadReviews => this.#reviews! // there since the first follow
    return {
      get unreadable() {
        return now().unreadable
      },
      of: (incident) => now().of(incident),
      all: () => now().all(),
      changed: (incident) => now().changed(incident),
    }
  }

  async begunLog(): Promise<ReadLog | undefined> {
    return this.#stores.log.log
  }

  revisionLeaf(incident: string, revision: number): Promise<number | undefined> {
    return this.#revisions.leafOf(incident, revision)
  }

  async seenValues(): Promise<void> {}

  async mirrorKeyLine(): Promise<string | undefined> {
    return this.#mirrorKey
  }

  closeWith(what: AsyncDisposable): void {
    this.#closing.push(what)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#following.settled()
    for (const one of this.#closing.toReversed()) await one[Symbol.asyncDispose]()
    await this.#stores.warehouse[Symbol.asyncDispose]()
    await this.#stores.journal[Symbol.asyncDispose]()
  }
}

/** Files that a centre writes whenever something is new: of a copy without word of the centre they say how old it is. */
const TELLING = ['incidents/acknowledged.json', 'incidents/detected.json', 'log/public/checkpoint'] as const

async function newestFile(folder: string): Promise<Instant> {
  let newest = 0
  for (const file of TELLING)
    try {
      newest = Math.max(newest, (await stat(join(folder, file))).mtimeMs)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  return instant(Math.floor(newest))
}
