import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { defined } from '../../core/model/defined.ts'
import type { HealthReason } from '../../core/model/health.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { systemClock } from '../../runtime/clock.ts'
import { untilAborted } from '../web/until-aborted.ts'
import { openLog, type Log } from '../../runtime/log.ts'
import { openMetrics, type Figure } from '../../runtime/metrics.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import type { World } from '../../runtime/world.ts'
import { parseWarehouseAddress, type WarehouseAddress } from '../../store/warehouse/server/address.ts'
import { createSite } from '../../site/app.ts'
import { renderPage } from '../../site/parts/layout.ts'
import { problemPage } from '../../site/parts/problem.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import { firstOf } from '../../site/submit/direct-submit.ts'
import { withGone } from '../../web/answer/gone-elsewhere.ts'
import { operatorSite } from '../../web/answer/ready.ts'
import type { Frame } from '../../web/html/frame.ts'
import { listen } from '../../web/listen.ts'
import { fingerprintFiles } from '../folder/fingerprint-files.ts'
import { EMBEDDED, warehouseSaid } from '../folder/warehouse-place.ts'
import { archiveStoreOf } from '../shipping/archive-store.ts'
import { openSiteDrawing } from '../observatory/drawing.ts'
import { loadNames, refuseSimulated } from '../web/load-names.ts'
import { servedLog } from '../observatory/served-log.ts'
import { folderSite } from '../observatory/site.ts'
import { siteWays, withRecord } from '../web/site-ways.ts'
import { siteVisitor } from '../observatory/visitor.ts'
import { healthFigure, sayOpen, type OperatorPlace } from '../operator/operator-port.ts'
import { watchHealth } from '../operator/watch-health.ts'
import { liveFrame, type FrameSettings } from '../web/frame.ts'
import { openSenderRate } from '../web/sender-rate.ts'
import { askErased } from './erased-at-centre.ts'
import { handOn } from './hand-on.ts'
import { openReaderFolder, type ReaderFolder } from './reader-folder.ts'

/** How a reader is served: pages of a folder that another process writes. */
export interface ReaderOptions {
  /** The data folder of a centre, or a copy of it. */
  readonly folder: string
  /** Where a centre ships what readers show; absent: the folder is read. */
  readonly from?: () => ObjectStore
  readonly port: number
  readonly host: string
  readonly isPublic: boolean
  readonly networkFiles: readonly string[]
  readonly frame: FrameSettings
  readonly trustedProxies: readonly string[]
  /** Where what is sent goes on to; absent: nothing is taken. */
  readonly centre?: URL
  /** After how many seconds without news pages say that they may be out of date. */
  readonly staleSeconds: number
  /** Where figures for the operator are served; absent: nowhere. */
  readonly operator?: OperatorPlace
}

/** How often it is looked for what is new. */
const FOLLOW_MS = 1_000
const WORK = 'kuager-reader-'

/**
 * Serves the pages of a folder that another process writes, of a copy of one, or of what a centre ships to object
 * storage, until the signal of the world. Nothing of what this module reaches can sign, take a lock, or write into the
 * folder (cannot-sign.test.ts).
 */
export async function serveReader(options: ReaderOptions, world: World): Promise<void> {
  const log = openLog({ level: 'warn' })
  const work = await mkdtemp(join(tmpdir(), `${WORK}${process.pid}-`))
  await using _work = { [Symbol.asyncDispose]: () => rm(work, { recursive: true, force: true }) }
  await using from = options.from?.()
  const path = from === undefined ? resolve(world.cwd, options.folder) : join(work, 'view')
  const places = defined({ from, away: archiveStoreOf(world.env), server: serverOf(world.env) })
  await using folder = await openReaderFolder({ path, work, log, ...places })
  if (options.isPublic) await refuseSimulated(await folder.warehouse(), path)
  const lag = (): number => Math.max(0, systemClock.now() - folder.asOf)
  const isStale = (): boolean => lag() > options.staleSeconds * 1000
  await using following = followEvery(folder, log)
  await using health = watchHealth([(): readonly HealthReason[] => (isStale() ? ['stale'] : [])])
  await using drawing = openSiteDrawing()
  const made = await readerSite(folder, { ...options, world, log, isStale, reasons: health.reasons })
  const { host, port, centre } = options
  const own = createSite({ ...made, draw: drawing.draw })
  const site = centre === undefined ? own : withGone(own, askErased(centre))
  const [incidents, reviews] = [await folder.incidents(), await folder.reviews()]
  const pages = await siteWays(site, made, { published: (id) => incidents.published(id) + reviews.changed(id) })
  const direct =
    centre === undefined
      ? pages
      : firstOf(
          handOn(centre, { log, isShipped: from !== undefined, awayPage: (lang) => awayPage(lang, made.frame) }),
          pages,
        )
  const reasons = made.health ?? health.reasons
  const figures = [healthFigure(reasons), ...figuresOf({ lag, failures: following.failures })]
  await using operator =
    options.operator === undefined
      ? undefined
      : await listen(operatorSite(reasons, openMetrics(figures)), options.operator)
  await using server = await listen(site, { host, port, direct })
  sayOpen(world, server.url, operator?.url)
  await untilAborted(world.signal)
}

/** The server that the environment names for the tables. */
function serverOf(env: World['env']): WarehouseAddress | undefined {
  const said = warehouseSaid(env)
  return said === undefined || said === EMBEDDED ? undefined : parseWarehouseAddress(said)
}

/** What a reader sees in place of a page that only the centre makes, while that does not answer. */
const awayPage = async (lang: Lang, frame: Frame): Promise<string> => {
  const view = { heading: say(lang, 'problem.away'), lines: [say(lang, 'problem.centre-away-about')] }
  return String(await renderPage(problemPage(lang, view), frame))
}

async function readerSite(
  folder: ReaderFolder,
  options: ReaderOptions & {
    readonly world: World
    readonly log: Log
    readonly isStale: () => boolean
    readonly reasons: () => readonly HealthReason[]
  },
): Promise<SiteOptions> {
  const { networkFiles, trustedProxies, isPublic, log, isStale, reasons, centre, world } = options
  const names = await loadNames(networkFiles)
  const asOf = () => ({ at: folder.asOf, isStale: isStale() })
  const source = await folderSite(folder, {
    ...{ names, isPublic, networkFiles, log, follows: true, fingerprintFiles: fingerprintFiles([], world) },
    frame: { ...liveFrame(options.frame, { folder: folder.path, isPublic }), asOf },
  })
  const health = withRecord(reasons, source, await folder.reviews())
  return {
    ...source,
    transparency: () => servedLog(folder),
    visitor: siteVisitor(loadNetworks(networkFiles), trustedProxies),
    apiRate: openSenderRate(systemClock, trustedProxies),
    people: folder.people,
    checks: async () => folder.people.checks,
    ...defined({ health }),
    // The page of an incident offers a bundle where the centre makes them; asking for one goes on to it.
    ...(centre === undefined ? {} : { bundleDesk: ORDERS_OF_CENTRE }),
  }
}

const ORDERS_OF_CENTRE: NonNullable<SiteOptions['bundleDesk']> = {
  of: () => ({ kind: 'none' }),
  ask: () => ({ kind: 'later', wait: 60 }),
}

/** Looks for what is new again and again, one look after the other; what fails is logged once and tried again. */
function followEvery(
  folder: Pick<ReaderFolder, 'follow'>,
  log: Pick<Log, 'error' | 'warn'>,
): AsyncDisposable & { readonly failures: () => number } {
  let failures = 0
  let last: Promise<void> = Promise.resolve()
  let isOver = false
  const look = async (): Promise<void> => {
    try {
      await folder.follow()
      if (failures > 0) log.warn({ failures }, 'what is new is taken over again')
      failures = 0
    } catch (error) {
      if (failures++ === 0) log.error({ error }, 'what is new could not be taken over: what was there stays in use')
    }
    if (!isOver) timer = setTimeout(begin, FOLLOW_MS).unref()
  }
  const begin = (): void => void (last = look())
  let timer = setTimeout(begin, FOLLOW_MS).unref()
  return {
    failures: () => failures,
    async [Symbol.asyncDispose]() {
      isOver = true
      clearTimeout(timer)
      await last
    },
  }
}

const figuresOf = (of: { readonly lag: () => number; readonly failures: () => number }): readonly Figure[] => [
  {
    name: 'kuager_reader_lag_seconds',
    help: 'Time since the state that this reader took over last, by the clock of the centre.',
    read: () => of.lag() / 1000,
  },
  {
    name: 'kuager_reader_failures',
    help: 'Looks in a row in which what is new could not be taken over.',
    read: of.failures,
  },
]
