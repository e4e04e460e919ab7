import { setTimeout as pause } from 'node:timers/promises'
import type { Names } from '../../core/text/names.ts'
import type { World } from '../../runtime/world.ts'
import { openLog } from '../../runtime/log.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import { closedCollector, type CollectorSettings } from '../folder/collector.ts'
import { fingerprintFiles } from '../folder/fingerprint-files.ts'
import { watchHealth } from '../operator/watch-health.ts'
import { sayOpen } from '../operator/operator-port.ts'
import { completeRows } from '../folder/import-stores.ts'
import { openReadingFolder, whyClosed, type Closed } from '../folder/reading-folder.ts'
import { serveFolder, type ServedOptions } from '../folder/start.ts'
import type { LeadPlace } from '../lead/leading.ts'
import { liveFrame, type FrameSettings } from '../web/frame.ts'

/** How often it is tried whether the folder can be used again. */
const LOOK_MS = 3000

export interface ReadingOptions extends Pick<
  ServedOptions,
  'port' | 'host' | 'isPublic' | 'networkFiles' | 'trustedProxies' | 'operator' | 'join'
> {
  readonly folder: string
  readonly frame: FrameSettings
  readonly collector: CollectorSettings | undefined
  /** Where machines agree on who signs; absent: nowhere. */
  readonly lead?: LeadPlace
}

/**
 * Serves a folder that cannot be written, or whose log may not be signed here: pages, log and interface as they are on the disk, everything that would add
 * something closed with 503. Nothing in the folder changes. Ends as `writable` when it can be
 * used again.
 */
export async function serveReading(
  options: ReadingOptions,
  {
    names,
    closed,
    isReal,
  }: {
    readonly names: Names
    readonly closed: Closed
    /** Throws where a public server may not show this. */
    readonly isReal: (warehouse: Warehouse, path: string) => Promise<void>
  },
  world: World,
): Promise<'ended' | 'writable'> {
  const writable = new AbortController()
  const signal = AbortSignal.any([world.signal, writable.signal])
  const log = openLog({ level: 'warn' })
  world.err.write(`The data folder is served for reading, and nothing is accepted: ${closed.why}\n`)
  await using folder = await openReadingFolder(world, options.folder)
  const fingerprints = { fingerprintFiles: fingerprintFiles([], world) }
  await completeRows(folder, world, fingerprints).catch((error: unknown) => {
    world.signal.throwIfAborted()
    log.error({ error }, 'measurements that the warehouse lacks could not be judged: their pages are missing')
  })
  await folder.begunLog()
  await folder.incidents()
  folder.seal()
  if (options.isPublic) await isReal(await folder.warehouse(), folder.path)
  const frame = liveFrame(options.frame, { folder: folder.path, isPublic: options.isPublic })
  await using health = watchHealth([() => [closed.reason]])
  const { collector: settings, ...rest } = options
  const collector = settings === undefined ? {} : { collector: closedCollector(settings) }
  // It ends with the server, however that ends: a port that is taken must not leave a process that only waits.
  const served = new AbortController()
  // A server that was replaced does not come back by itself.
  const watched = closed.reason === 'standby' ? undefined : { leads: options.lead !== undefined }
  const watching = watch(folder.path, watched, AbortSignal.any([signal, served.signal])).then((found) => {
    if (found) writable.abort(new Error('the folder can be written again'))
  })
  await serveFolder(
    folder,
    {
      ...rest,
      ...collector,
      names,
      frame,
      signal,
      env: world.env,
      health: health.reasons,
      takesWords: false,
      fingerprintFiles: fingerprintFiles([], world),
    },
    (url, operator) => sayOpen(world, url, operator),
  ).finally(() => served.abort())
  await watching
  return world.signal.aborted ? 'ended' : 'writable'
}

/** Resolves true when the folder can be written, false when it is no longer to be tried. */
async function watch(
  folder: string,
  how: { readonly leads: boolean } | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return false
    // What cannot be tried is not a reason to stop serving pages.
    if (how === undefined) continue
    const closed = await whyClosed(folder, how.leads).catch((error: unknown) => String(error))
    if (closed === undefined) return true
  }
  return false
}
