import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Realm } from '../../core/model/log-entry.ts'
import { openRealmReader, type RealmReader } from '../../pipeline/judge/judge-blobs.ts'
import { openCustody, type CustodyBook } from '../../pipeline/custody/custody-book.ts'
import { openReviews, type Reviews } from '../../pipeline/review/reviews.ts'
import { recordErasures } from '../../pipeline/custody/record-erasures.ts'
import type { TransparencyLog } from '../../pipeline/log/contract.ts'
import { RevisionLog } from '../../pipeline/log/log-revisions.ts'
import { readLogIdentity } from '../../pipeline/log/open-log.ts'
import { archiveNow, type Revocations } from '../../pipeline/receive/standing/revocations.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { openArchive } from '../../store/archive/open.ts'
import type { Shipping } from '../../store/archive/ship/contract.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { archiveStoreOf } from '../shipping/archive-store.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import { openIncidents } from '../../store/incidents/open.ts'
import type { Registry } from '../../store/registry/contract.ts'
import type { ReportStore } from '../../reports/registry/contract.ts'
import { openReportStore } from '../../reports/registry/open.ts'
import { openKeyStore, readRevocations } from '../../store/registry/keys/open.ts'
import { keysFile, openRegistry } from '../../store/registry/sqlite.ts'
import type { SeenValues } from '../../store/seen-values/contract.ts'
import { openSeenValues } from '../../store/seen-values/open.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import { openWarehouse } from '../../store/warehouse/open.ts'
import { systemClock } from '../../runtime/clock.ts'
import { holdFolder, takenFault, tryHold, type HeldFolder } from '../../runtime/files/data-folder.ts'
import { openLog } from '../../runtime/log.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { callHolder, listenInFolder, type FolderListener } from '../../runtime/files/folder-socket.ts'
import { readMirrorKey } from '../proof/mirror-key.ts'
import { callOf, noFolder, realPath, streamsOf, type FolderTask } from './folder-call.ts'
import type { FolderLimits, ReadingParts } from './folder-parts.ts'
import { openFolderLog } from './log.ts'
import type { Leading } from '../lead/leading.ts'
import { registryPlace, shownPlace } from '../registry/place.ts'
import { EMBEDDED, warehousePlace, warehouseSaid } from './warehouse-place.ts'

/** Who opens a folder: hears of work that takes long and happens once, and names engines by its environment. */
type Opener = Pick<World, 'err' | 'env'>

/** A data folder that this process holds. Its stores are opened when first asked for and shared by all who ask. */
export class OpenFolder implements AsyncDisposable {
  readonly path: string
  readonly #held: HeldFolder
  readonly #reading: ReadingParts | undefined
  readonly limits: FolderLimits
  readonly #opener: Opener
  #archive: Promise<Archive> | undefined
  #warehouse: Promise<Warehouse> | undefined
  #incidents: Promise<IncidentStore> | undefined
  #registry: Promise<Registry> | undefined
  /** The registry, once it is open: revocations are asked for with every measurement that is read. */
  #opened: Pick<Registry, 'revocations'> | undefined
  #seenValues: Promise<SeenValues> | undefined
  #reports: Promise<ReportStore> | undefined
  #log: Promise<TransparencyLog> | undefined
  #realms: RealmReader | undefined
  #revisions: Promise<RevisionLog> | undefined
  #custody: Promise<CustodyBook> | undefined
  #reviews: Promise<Reviews> | undefined
  #listener: FolderListener | undefined
  /** Whether other processes reach this folder through this one. */
  isServed = false
  /** Where segments are that were removed from this disk. */
  archiveStore: ObjectStore | undefined
  /** Where the archive is shipped; the log then signs only what is there. */
  shipping: Shipping | undefined
  /** By which several machines agree on who signs; set before the log is opened. */
  leading: Leading | undefined
  readonly #closing: AsyncDisposable[] = []

  /** `reading`: nothing in the folder is changed. */
  constructor(held: HeldFolder, opener: Opener, limits: FolderLimits = {}, reading?: ReadingParts) {
    this.archiveStore = archiveStoreOf(opener.env)
    this.path = held.path
    this.limits = limits
    this.#held = held
    this.#opener = opener
    this.#reading = reading
    HELD.set(held.path, this)
  }

  get archiveFolder(): string {
    return join(this.path, 'archive')
  }

  archive(): Promise<Archive> {
    this.#archive ??= openArchive(this.archiveFolder, {
      ...{ leaves: LEAF_CODEC, disk: this.#disk, away: this.archiveStore },
      onProgress: ({ segment, segments }) =>
        this.#opener.err.write(
          `Ids of the archive are sorted, which happens once: segment ${segment} of ${segments}\n`,
        ),
    }).then(async (archive) => {
      await this.#readRevocations()
      return archiveNow(archive, () => this.revocations())
    })
    return this.#archive
  }

  get #disk(): Disk {
    return this.#reading?.disk ?? REAL_DISK
  }

  /** Where engines that write while they read have their files. */
  get engines(): string {
    return this.#reading?.work ?? this.path
  }

  /** The archive, if it was opened. */
  get openedArchive(): Promise<Archive> | undefined {
    return this.#archive
  }

  warehouse(): Promise<Warehouse> {
    this.#warehouse ??= this.#openWarehouse()
    return this.#warehouse
  }

  async #openWarehouse(): Promise<Warehouse> {
    const { warehouse, warehouseMayBeAway = false } = this.limits
    const server = await warehousePlace(this.path, this.#opener.env)
    if (server === undefined) return openWarehouse(this.engines, warehouse)
    const owner = { ...server.owner, takesOver: this.#reading === undefined }
    return openWarehouse(this.engines, { server: { ...server, owner, mayBeAway: warehouseMayBeAway } })
  }

  /** Refuses a command that names another warehouse than the one that is open. Throws InputError. */
  refuseOther(env: World['env']): void {
    const said = warehouseSaid(env)
    if (said === undefined || said === (warehouseSaid(this.#opener.env) ?? EMBEDDED)) return
    throw new InputError(`Cannot use another warehouse for folder "${this.path}": a process has it open with its own`, {
      code: 'warehouse.other',
      path: 'KUAGER_WAREHOUSE',
      expected: 'the address that the server was started with, or none',
    })
  }

  /** Published incidents; `tell` hears of an interrupted publication that was cut off. */
  incidents(tell: (word: string) => void = () => undefined): Promise<IncidentStore> {
    this.#incidents ??= openIncidents(this.incidentsFolder, { disk: this.#disk, onRecovered: tell })
    return this.#incidents
  }

  /** Keys of those who submit, and invitations. */
  registry(): Promise<Registry> {
    this.#registry ??= this.#openRegistry()
    return this.#registry
  }

  async #openRegistry(): Promise<Registry> {
    const place = registryPlace(this.engines, 'keys', this.#opener.env)
    const opened = place.kind === 'sqlite' ? openRegistry(this.engines) : await openKeyStore(place)
    return (this.#opened = opened)
  }

  /** Which values of what servers write are common; what was erased is taken out first. */
  seenValues(): Promise<SeenValues> {
    this.#seenValues ??= this.#openSeenValues()
    return this.#seenValues
  }

  async #openSeenValues(): Promise<SeenValues> {
    const { erasedLeaves } = await this.archive()
    const seen = openSeenValues(this.engines)
    seen.forget(erasedLeaves)
    return seen
  }

  /** What the operator took back of keys; nothing where there is no registry, or none that can be opened. */
  revocations(): Revocations {
    return this.#opened?.revocations() ?? new Map()
  }

  /** Keys are read before any measurement is. On a disk that takes no writes the warehouse has its standing already. */
  async #readRevocations(): Promise<void> {
    const place = registryPlace(this.path, 'keys', this.#opener.env)
    const holds = this.#reading === undefined && this.limits.keysOfAnother !== true
    if (place.kind === 'postgres' && !holds) this.#opened ??= await readRevocations(place)
    else if (place.kind === 'postgres') await this.registry()
    else if (existsSync(keysFile(this.path))) await this.registry().catch(() => undefined)
  }

  /** What people told; in a database where the environment of the first who asks names one. */
  reports(env: World['env']): Promise<ReportStore> {
    this.#reports ??= openReportStore(shownPlace(this.engines, 'reports', { env, reads: this.#reading !== undefined }))
    return this.#reports
  }

  /** Who did what with the evidence of this folder: a chain of signed events in its log. */
  custody(): Promise<CustodyBook> {
    this.#custody ??= this.#openCustody()
    return this.#custody
  }

  /** What people did with published incidents, and how these stand by it. */
  reviews(): Promise<Reviews> {
    if (this.#reviews === undefined) {
      const opening = this.#openReviews()
      this.#reviews = opening
      opening.catch(() => (this.#reviews = undefined))
    }
    return this.#reviews
  }

  async #openReviews(): Promise<Reviews> {
    const [archive, incidents] = [await this.archive(), await this.incidents()]
    const log = openLog({ level: 'error' })
    return openReviews({
      ...{ folder: this.path, archive, incidents, clock: systemClock },
      custody: () => this.custody(),
      onUnreadable: (leaf, error) =>
        log.error({ leaf, error }, 'an event of custody cannot be read: an act of a person may be missing'),
    })
  }

  /** An erasure whose event a crash kept back gets it before any reader. */
  async #openCustody(): Promise<CustodyBook> {
    const archive = await this.archive()
    const log = openLog({ level: 'error' })
    const book = await openCustody({
      ...{ folder: this.path, archive, clock: systemClock },
      onUnreadable: (leaf, error) => log.error({ leaf, error }, 'an event of custody cannot be read: it is left out'),
    })
    await recordErasures(archive, book)
    return book
  }

  get logFolder(): string {
    return join(this.path, 'log')
  }

  /**
   * The log, begun where there is none; `address`, the public one of the site, names one that is begun. Throws
   * InputError where nothing says yet whether it is of real or of simulated data, or both are there; asked again later
   * it looks again. Throws Fault that names the file where disk and checkpoint disagree. A log whose write failed is
   * reopened for the next caller: it continues in no other way.
   */
  async log(address?: string): Promise<TransparencyLog> {
    const held = this.#log
    const log = await held?.catch(() => undefined)
    if (log?.broken === true && this.#log === held) {
      this.#log = undefined
      this.#revisions = undefined
      await log[Symbol.asyncDispose]()
    }
    if (this.#log === undefined) {
      const opening = this.#openLog(address)
      this.#log = opening
      opening.catch(() => (this.#log = undefined))
    }
    return this.#log
  }

  /** The log where one was begun. */
  async begunLog(): Promise<TransparencyLog | undefined> {
    if (this.#log === undefined && (await readLogIdentity(this.logFolder)) === undefined) return undefined
    return this.log()
  }

  /** The one realm whose measurements the folder takes, since its log is of it; undefined before one was begun. */
  async realm(): Promise<Realm | undefined> {
    const identity =
      this.#log === undefined ? await readLogIdentity(this.logFolder) : await this.#log.catch(() => undefined)
    return identity === undefined ? undefined : identity.simulated ? 'simulated' : 'real'
  }

  async #openLog(address: string | undefined): Promise<TransparencyLog> {
    const [archive, warehouse] = [await this.archive(), await this.warehouse()]
    if (this.#realms === undefined) {
      this.#realms = openRealmReader()
      this.closeWith(this.#realms)
    }
    return openFolderLog({
      ...{ folder: this.logFolder, archive, warehouse, disk: this.#disk, readRealm: this.#realms.read },
      ...defined({ address, leading: this.leading }),
      ships: async (size) => this.shipping?.shipUpTo(size),
    })
  }

  /** Logs every published revision that is not, where a log was begun; gives how many. */
  async logRevisions(): Promise<number> {
    return (await this.#revisionLog())?.logNew() ?? 0
  }

  /** Leaf of a published revision; undefined where there is none or the folder has no log. */
  async revisionLeaf(incident: string, revision: number): Promise<number | undefined> {
    return (await this.#revisionLog())?.leafOf(incident, revision)
  }

  async #revisionLog(): Promise<RevisionLog | undefined> {
    const log = await this.begunLog()
    if (log === undefined) return undefined
    this.#revisions ??= this.#openRevisions(log)
    return this.#revisions
  }

  async #openRevisions(log: TransparencyLog): Promise<RevisionLog> {
    const [archive, incidents] = [await this.archive(), await this.incidents()]
    return new RevisionLog({ log, archive, incidents, now: systemClock.now })
  }

  get incidentsFolder(): string {
    return join(this.path, 'incidents')
  }

  async mirrorKeyLine(): Promise<string | undefined> {
    return (await readMirrorKey(this.path))?.line
  }

  /** Closes something with the folder, before its stores. */
  closeWith(what: AsyncDisposable): void {
    this.#closing.push(what)
  }

  /** Runs commands of other processes on this folder from now on, as if started here: `run` is that of the world. */
  async listen(run: World['runCommand']): Promise<void> {
    this.#listener ??= await listenInFolder(this.path, (call, streams) =>
      run([call.command, ...call.args], { ...call, ...streams, runCommand: run }),
    )
    this.isServed = true
    await this.#held.announce({ socket: this.#listener.path })
  }

  /** Says to other processes at which address pages of this folder are served. */
  announce(url: string): Promise<void> {
    return this.#held.announce({ url })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#listener?.[Symbol.asyncDispose]()
      for (const one of this.#closing.toReversed()) await one[Symbol.asyncDispose]()
      const stores = [
        await this.#log?.catch(() => undefined),
        await this.#warehouse?.catch(() => undefined),
        await this.#incidents?.catch(() => undefined),
        await this.#archive?.catch(() => undefined),
      ]
      for (const store of stores) await store?.[Symbol.asyncDispose]()
      await (await this.#reports?.catch(() => undefined))?.[Symbol.asyncDispose]()
      await (await this.#registry?.catch(() => undefined))?.[Symbol.asyncDispose]()
      ;(await this.#seenValues?.catch(() => undefined))?.[Symbol.dispose]()
    } finally {
      HELD.delete(this.path)
      await this.#reading?.[Symbol.asyncDispose]()
      await this.#held[Symbol.asyncDispose]()
    }
  }
}

/** Folders that this process holds, by real path: a command that came over the socket finds its folder here. */
const HELD = new Map<string, OpenFolder>()

/** Opens a data folder only for this process. Throws Fault that names the holder where it is held. */
export async function openFolder(
  world: World,
  folder: string,
  name: string,
  limits: FolderLimits = {},
): Promise<OpenFolder> {
  const path = resolve(world.cwd, folder)
  return new OpenFolder(await holdFolder(path, `kuager ${name}`), world, limits)
}

/**
 * Runs a command on a data folder and gives its exit code: here, if no process holds the folder; else in the process
 * that holds it, if that listens, with its texts and its exit code coming back. Throws Fault that names the holder if
 * not.
 */
export async function withFolder(
  world: World,
  task: FolderTask,
  run: (folder: OpenFolder) => Promise<number>,
): Promise<number> {
  const path = resolve(world.cwd, task.folder)
  const real = await realPath(path)
  if (real === undefined && task.mustExist === true) throw noFolder(path)
  const here = HELD.get(real ?? path)
  if (here !== undefined) {
    here.refuseOther(world.env)
    return run(here)
  }
  const hold = await tryHold(path, `kuager ${task.name}`)
  if (hold.kind === 'held') {
    await using folder = new OpenFolder(hold.folder, world)
    return await run(folder)
  }
  const socket = hold.holder?.socket
  const exit = socket === undefined ? undefined : await callHolder(socket, callOf(world, task), streamsOf(world))
  if (exit === undefined) throw takenFault(path, hold.holder)
  return exit
}
