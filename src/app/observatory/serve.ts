import { resolve } from 'node:path'
import { defined } from '../../core/model/defined.ts'
import type { Names } from '../../core/text/names.ts'
import type { World } from '../../runtime/world.ts'
import { loadPolicy } from '../../pipeline/log/outside/witnesses.ts'
import type { Frame } from '../../web/html/frame.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openLog } from '../../runtime/log.ts'
import { fingerprintFiles } from '../folder/fingerprint-files.ts'
import { openAlerts, type AlertSettings } from './alerts.ts'
import { openCollector, type CollectorSettings } from '../folder/collector.ts'
import { openFolder, type OpenFolder } from '../folder/open.ts'
import { openEdges, type EdgesSettings } from '../edge/follow-edges.ts'
import { startLeading, type Leading, type LeadPlace } from '../lead/leading.ts'
import { serveStandby } from '../lead/serve-standby.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { openShipping, type ShippingSettings } from '../shipping/ship-folder.ts'
import { serveObjects, type EdgePlace } from '../edge/serve-objects.ts'
import { watchWarehouse } from '../folder/watch-warehouse.ts'
import { openLiveDetection } from '../folder/live-detection.ts'
import { openLiveLog } from '../folder/live-log.ts'
import { sayOpen, type OperatorPlace } from '../operator/operator-port.ts'
import { watchHealth } from '../operator/watch-health.ts'
import { openLiveOutside } from '../folder/outside.ts'
import { isDiskRefusal, removeDeadWork, whyClosed, type Closed } from '../folder/reading-folder.ts'
import { serveFolder } from '../folder/start.ts'
import { serveReading } from './serve-reading.ts'
import { mirrorKeyName, openMirrorKey } from '../proof/mirror-key.ts'
import type { SubscriptionSettings } from './subscriptions.ts'
import { loadNames, refuseSimulated } from '../web/load-names.ts'
import { publicRemarks, type PublicStart } from './public-remarks.ts'
import { liveFrame, type FrameSettings } from '../web/frame.ts'
import type { JoinSettings } from '../download/join-desk.ts'

/** How an observatory is served. */
export interface ObservatoryOptions {
  readonly folder: string
  readonly port: number
  readonly host: string
  readonly isPublic: boolean
  readonly networkFiles: readonly string[]
  readonly frame: FrameSettings
  /** What is offered to volunteers; absent: nothing. */
  readonly join?: JoinSettings
  readonly trustedProxies: readonly string[]
  readonly alerts: AlertSettings
  /** How mails and posts are sent; absent: none are. */
  readonly subscriptions?: SubscriptionSettings
  /** Controls that look at what pages contact. */
  readonly controls: readonly string[]
  /** Undefined: no submissions are taken. */
  readonly collector: CollectorSettings | undefined
  /** Where figures for the operator are served; absent: nowhere. */
  readonly operator?: OperatorPlace
  /** Object storage to which the folder is shipped; absent: none. */
  readonly shipping?: ShippingSettings
  /** Where machines agree on who signs; absent: no other one is to sign. */
  readonly lead?: LeadPlace
  /** Whether to wait, as a copy, until the one that signs is silent. */
  readonly standby: boolean
  /** Edges whose measurements are taken; absent: none are. */
  readonly edges?: EdgesSettings
  /** Where a centre may read this folder, as an edge; absent: nowhere. */
  readonly edgePlace?: EdgePlace
}

/**
 * Runs the commands of other processes on a public folder. One of them may bring simulated measurements into it:
 * pages never show those (site/real-only.ts), and when the command has ended `refused` is called, so that the server
 * ends as it would have refused to start.
 */
const watchCommands =
  (folder: OpenFolder, run: World['runCommand'], refused: (reason: unknown) => void): World['runCommand'] =>
  async (argv, world) => {
    const exit = await run(argv, world)
    // Not awaited: the server that ends waits for its commands, and this one has still to answer its caller.
    void folder
      .warehouse()
      .then((warehouse) => refuseSimulated(warehouse, folder.path))
      .catch(refused)
    return exit
  }

const startedWith = async ({ logFolder }: OpenFolder, { operator }: Frame): Promise<PublicStart> => ({
  policy: (await loadPolicy(logFolder))?.policy,
  security: operator?.security,
  now: systemClock.now(),
})

/**
 * Serves the site of a data folder, takes submissions and the commands of other processes, and detects what comes in,
 * until the signal of the world. A folder that cannot be written is served for reading until it can.
 */
export async function serveObservatory(options: ObservatoryOptions, world: World): Promise<void> {
  const names = await loadNames(options.networkFiles)
  const path = resolve(world.cwd, options.folder)
  await removeDeadWork()
  const { lead } = options
  let taken = options.standby && lead !== undefined ? await serveStandby({ ...options, path, lead }, world) : undefined
  if (options.standby && taken === undefined) return
  for (;;) {
    const begun: Begun = taken === undefined ? await begin(path, lead, world.signal) : { leading: taken }
    taken = undefined
    const end =
      'closed' in begun
        ? { kind: 'refused' as const, ...begun }
        : await serveWriting(options, names, { world, ...begun })
    if (end.kind === 'ended') return
    const again = await serveReading(options, { names, closed: end.closed, isReal: refuseSimulated }, world)
    if (again === 'ended') return
    world.err.write('The data folder can be used again: the server starts again with everything\n')
  }
}

/** What a server has before its folder is opened; `leading`: absent where no other machine is to sign. */
type Begun = { readonly closed: Closed } | { readonly leading?: Leading }

async function begin(path: string, lead: LeadPlace | undefined, signal: AbortSignal): Promise<Begun> {
  const closed = await whyClosed(path, lead !== undefined)
  if (closed !== undefined) return { closed }
  if (lead === undefined) return {}
  await REAL_DISK.makeFolder(path)
  const started = await startLeading(path, lead, signal)
  return 'why' in started ? { closed: { reason: 'standby', why: started.why } } : started
}

/** How a server that writes ended: asked to, or at its start, by a disk that refused a write. */
type Ended = { readonly kind: 'ended' } | { readonly kind: 'refused'; readonly closed: Closed }

async function serveWriting(
  options: ObservatoryOptions,
  names: Names,
  { world, leading }: { readonly world: World; readonly leading?: Leading },
): Promise<Ended> {
  const started = { once: false }
  await using _leading = leading
  try {
    await serveWhole(options, names, { world, onStarted: () => (started.once = true), ...defined({ leading }) })
    if (leading?.lost.aborted !== true) return { kind: 'ended' }
    return { kind: 'refused', closed: { reason: 'standby', why: String(leading.lost.reason) } }
  } catch (error) {
    if (started.once || !isDiskRefusal(error)) throw error
    return { kind: 'refused', closed: { reason: 'read_only', why: 'the disk refused a write at the start' } }
  }
}

async function serveWhole(
  options: ObservatoryOptions,
  names: Names,
  { world, onStarted, leading }: { readonly world: World; readonly onStarted: () => void; readonly leading?: Leading },
): Promise<void> {
  await using folder = await openFolder(world, options.folder, 'serve', { warehouseMayBeAway: true })
  if (options.shipping !== undefined) folder.archiveStore = options.shipping.store()
  folder.leading = leading
  const ships = options.shipping
  await using shipping =
    ships === undefined || leading === undefined
      ? undefined
      : // What a machine ships that does not lead would be of another history.
        await openShipping(folder, { ...ships, store: () => ships.store(() => leading.lead.assertHeld()) })
  folder.shipping = shipping?.shipping
  const refusal = new AbortController()
  const isReal = async (): Promise<void> => refuseSimulated(await folder.warehouse(), folder.path)
  let isServed = false
  await using warehouse = await watchWarehouse(folder, world, async () => {
    if (!options.isPublic) return
    if (isServed) await isReal().catch((reason: unknown) => refusal.abort(reason))
    else await isReal()
  })
  isServed = true
  // Where disk and checkpoint disagree nothing is served: the operator learns which file.
  await folder.begunLog()
  const frame = liveFrame(options.frame, { folder: folder.path, isPublic: options.isPublic })
  // Its pages name the key of copies from the first day, so that readers can have it before they need it.
  if (frame.origin !== undefined) await openMirrorKey(folder.path, mirrorKeyName(frame.origin))
  const run = options.isPublic
    ? watchCommands(folder, world.runCommand, (reason) => refusal.abort(reason))
    : world.runCommand
  await folder.listen(run)
  const signal = AbortSignal.any([world.signal, refusal.signal, ...(leading === undefined ? [] : [leading.lost])])
  // Before detection: a receiver that is new begins with what it finds from now on.
  const told = {
    folder: folder.path,
    incidents: await folder.incidents(),
    reviews: await folder.reviews(),
    names,
    frame,
    isPublic: options.isPublic,
  }
  await using _alerts = await openAlerts(options.alerts, { ...told, log: openLog({ level: 'warn' }) }, signal)
  await using live = openLiveDetection(folder, { ...world, signal })
  await using log = openLiveLog(folder, { signal, ...defined({ address: frame.origin }) })
  await using _outside = openLiveOutside(folder, signal)
  live.caughtUp.catch(() => undefined) // it says itself what broke, and pages are served all the same
  const { collector: settings, edges: _edges, edgePlace: _place, shipping: _shipping, lead: _lead, ...rest } = options
  await using collector =
    settings === undefined ? undefined : await openCollector(folder, settings, { ...world, signal })
  await using edges =
    options.edges === undefined ? undefined : await openEdges(folder, options.edges, { ...world, signal })
  await using objects = options.edgePlace === undefined ? undefined : await serveObjects(folder.path, options.edgePlace)
  const archive = await folder.archive()
  await using health = watchHealth([
    () => (archive.broken ? ['write_failed'] : []),
    () => (log.stalled ? ['log_stalled'] : []),
    () => collector?.reasons() ?? [],
    () => edges?.reasons() ?? [],
    () => shipping?.reasons() ?? [],
    warehouse.reasons,
  ])
  const served = collector === undefined ? rest : { ...rest, collector, waiting: collector.waiting }
  const remarks = options.isPublic ? publicRemarks(await startedWith(folder, frame)) : []
  const all = {
    ...served,
    names,
    frame,
    signal,
    env: world.env,
    health: health.reasons,
    ...defined({ edges: edges?.views, shipping: shipping?.view }),
    fingerprintFiles: fingerprintFiles([], world),
  }
  await serveFolder(folder, all, (url, operator) => {
    onStarted()
    edges?.begin()
    sayOpen(world, url, operator)
    if (objects !== undefined) world.out.write(`A centre reads it at ${objects.url}\n`)
    for (const remark of remarks) {
      world.err.write(`${remark}\n`)
      openLog({ level: 'warn' }).warn({ remark }, 'what this public server lacks')
    }
  })
  refusal.signal.throwIfAborted()
}
