import { hash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../core/model/duration.ts'
import { Fault } from '../../core/model/errors.ts'
import type { HealthReason } from '../../core/model/health.ts'
import { instant } from '../../core/model/units.ts'
import { shipFile, shipLog } from '../../pipeline/log/ship-log.ts'
import { backoff } from '../../runtime/backoff.ts'
import { systemClock } from '../../runtime/clock.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import { openLog } from '../../runtime/log.ts'
import { Mutex } from '../../runtime/mutex.ts'
import { systemChance } from '../../runtime/random.ts'
import type { BeforeWrite, ObjectStore } from '../../runtime/objects/contract.ts'
import { ArchiveShipper } from '../../store/archive/ship/archive-shipper.ts'
import { awayDisk, dropSegment } from '../../store/archive/ship/away-disk.ts'
import type { Shipping } from '../../store/archive/ship/contract.ts'
import { layoutOf, numbersOf } from '../../store/archive/layout.ts'
import type { OpenFolder } from '../folder/open.ts'
import { feedReaders } from '../view/feed-readers.ts'
import { removeView } from '../view/remove-view.ts'

/** Where a folder is shipped. */
export interface ShippingSettings {
  readonly store: (beforeWrite?: BeforeWrite) => ObjectStore
  /** Days after which a segment that is on the store is removed here; absent: never. */
  readonly keepLocalDays?: number
  /** Whether what readers without a folder show is shipped too. */
  readonly forReaders?: boolean
}

/** Time between two rounds. */
const EVERY_MS = 5 * SECOND_MS
const AGAIN = { first: 2 * SECOND_MS, longest: MINUTE_MS, jitter: [0.75, 1.25], random: systemChance } as const
/** After so long without a round that ended well an operator should look. */
const LATE_MS = 5 * MINUTE_MS
/** Time of the last round when the server ends. */
const LAST_MS = 20 * SECOND_MS
/** Uploads in parts that are older belong to a process that died. */
const ABANDONED_MS = DAY_MS
/** Files of the journal of incidents, the journal itself first. */
const JOURNAL = ['revisions.jsonl', 'acknowledged.json']

/** How far shipping is. */
export interface ShippingView {
  /** Leaves that are here and not on the store. */
  readonly unshipped: number
  /** Since when everything that was here then is on the store, on the monotonic clock. */
  readonly goodAt: number
  /** Why the last round failed; undefined where it did not. */
  readonly why: string | undefined
}

export interface OpenShipping extends AsyncDisposable {
  readonly shipping: Shipping
  readonly view: () => ShippingView
  readonly reasons: () => readonly HealthReason[]
  /** Ships everything there is now. Throws Fault. */
  readonly once: () => Promise<void>
}

/**
 * Ships a held folder to object storage until disposed: the archive, the public part of the log and the journal of
 * incidents. Nothing secret is shipped. A store that fails is tried again; the folder works on meanwhile, and its log
 * waits.
 */
export async function openShipping(folder: OpenFolder, settings: ShippingSettings): Promise<OpenShipping> {
  const logger = openLog({ level: 'warn' })
  const stop = new AbortController()
  const store = settings.store()
  const archive = await folder.archive()
  const layout = layoutOf(folder.archiveFolder)
  const disk = awayDisk(REAL_DISK, layout, store)
  const shipper = new ArchiveShipper({ store, disk, folder: folder.archiveFolder, size: () => archive.size })
  let goodAt: number = systemClock.monotonic()
  let why: string | undefined
  let isChecked = false
  let isRid = settings.forReaders === true
  /** SHA-256 of the files of the journal as they were stored last. */
  const stored = new Map<string, string>()

  const rounds = new Mutex()
  const once = (): Promise<void> => rounds.run(round)

  async function round(): Promise<void> {
    const begun = systemClock.monotonic()
    if (!isChecked) await checkStore(store)
    isChecked = true
    await shipper.shipAll()
    await shipLog(store, folder.logFolder)
    for (const name of JOURNAL) {
      const bytes = await readWhole(join(folder.incidentsFolder, name))
      if (bytes === undefined) continue
      const digest = hash('sha256', bytes)
      if (stored.get(name) === digest) continue
      await shipFile(store, `incidents/${name}`, bytes)
      stored.set(name, digest)
    }
    goodAt = begun
    why = undefined
    const { keepLocalDays } = settings
    if (keepLocalDays !== undefined) await dropOld(systemClock.now() - keepLocalDays * DAY_MS)
    // What a process with the option left is shipped no more: erasures would not reach it.
    if (!isRid) isRid = await removeView(store, logger)
  }

  /**
   * Removes segments that are whole on the store and were last written to before an instant, also those that are here
   * again.
   */
  async function dropOld(before: number): Promise<void> {
    for (const number of numbersOf(await REAL_DISK.list(layout.segments), 'segment')) {
      if (number > shipper.sealed) return
      const written = await stat(layout.segment(number))
      if (written.mtimeMs <= before) await dropSegment(number, { layout, disk: REAL_DISK, store })
    }
  }

  async function follow(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted;) {
      try {
        await once()
        failures = 0
      } catch (error) {
        if (stop.signal.aborted) return
        failures++
        const message = error instanceof Error ? error.message : String(error)
        if (message !== why) logger.error({ error }, 'the folder is not shipped')
        why = message
      }
      const wait = failures === 0 ? EVERY_MS : backoff(failures, AGAIN)
      await pause(wait, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }

  const following = follow()
  const feed =
    settings.forReaders === true
      ? feedReaders(folder, { store, shipArchive: once, shipped: () => shipper.shipped })
      : undefined
  return {
    shipping: shipper,
    view: () => ({ unshipped: Math.max(0, archive.size - shipper.shipped), goodAt, why }),
    reasons: () => (systemClock.monotonic() - goodAt > LATE_MS ? ['shipping_late'] : (feed?.reasons() ?? [])),
    once,
    async [Symbol.asyncDispose]() {
      stop.abort(new Fault('shipping ends'))
      const fed = feed?.[Symbol.asyncDispose]()
      // What came in last is shipped too, where the store takes it at once: the next start ships the rest.
      const last = Promise.all([following, fed])
        .then(() => (why === undefined ? once() : undefined))
        .catch((error: unknown) => logger.warn({ error }, 'the end of the folder is not shipped'))
      const limit = new AbortController()
      await Promise.race([last, pause(LAST_MS, undefined, { signal: limit.signal }).catch(() => undefined)])
      limit.abort()
      await store[Symbol.asyncDispose]()
      await last
    },
  }
}

/** Throws Fault where erased measurements would stay on the store. */
async function checkStore(store: ObjectStore): Promise<void> {
  if ((await store.keepsVersions()) === 'yes')
    throw new Fault(
      `Cannot ship to ${store.name}: the bucket keeps versions, or kept them once, so that nothing could be erased there; use another bucket`,
    )
  await store.sweep(instant(systemClock.now() - ABANDONED_MS))
}
