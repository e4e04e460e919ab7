import { join } from 'node:path'
import { defined } from '../../core/model/defined.ts'
import type { Names } from '../../core/text/names.ts'
import type { World } from '../../runtime/world.ts'
import type { HealthReason } from '../../core/model/health.ts'
import { createSite } from '../../site/app.ts'
import { listen } from '../../web/listen.ts'
import type { Frame } from '../../web/html/frame.ts'
import { UploadSlots } from '../../web/request/request-body.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import { ROOM_BYTES, type Collector } from '../../site/submit/submissions.ts'
import { systemClock } from '../../runtime/clock.ts'
import { FreeSpace, measureSpace } from '../../runtime/files/free-space.ts'
import { openLog } from '../../runtime/log.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import type { EdgeView } from '../edge/follow-edges.ts'
import type { ShippingView } from '../shipping/ship-folder.ts'
import type { OpenCollector } from './collector.ts'
import type { OpenFolder } from './open.ts'
import { listenForOperator, type OperatorPlace } from '../operator/operator-port.ts'
import { folderSite } from '../observatory/site.ts'
import { folderSavedChecks } from '../observatory/saved-checks.ts'
import { openSenderRate, WORK_RATE } from '../web/sender-rate.ts'
import { servedLog } from '../observatory/served-log.ts'
import { BUNDLES_FOLDER } from '../observatory/bundles.ts'
import { openJoinDesk, type JoinSettings } from '../download/join-desk.ts'
import { openDatasetKeeper } from '../dataset/keep-datasets.ts'
import { openAskedBundles, ORDER_RATE } from '../observatory/asked-bundles.ts'
import { makeFolderBundle } from '../proof/folder-bundle.ts'
import { openSiteDrawing } from '../observatory/drawing.ts'
import { openSitePeople, type InventedCanaries, type SitePeople } from '../observatory/people.ts'
import { openSiteSubscriptions, type SubscriptionSettings } from '../observatory/subscriptions.ts'
import { siteVisitor } from '../observatory/visitor.ts'
import { whileSpace } from './space-for-people.ts'
import { openTelling } from '../reader/shown.ts'
import { untilAborted } from '../web/until-aborted.ts'
import { siteWays, withRecord } from '../web/site-ways.ts'

export interface ServedOptions {
  readonly port: number
  readonly host: string
  readonly isPublic: boolean
  readonly networkFiles?: readonly string[]
  readonly trustedProxies?: readonly string[]
  /** Controls that look at what pages contact. */
  readonly controls?: readonly string[]
  /** What a check contacts in a demonstration. */
  readonly invented?: InventedCanaries
  readonly fingerprintFiles?: readonly string[]
  readonly names: Names
  readonly signal: AbortSignal
  readonly env: World['env']
  readonly collector?: Collector
  readonly frame?: Frame
  /** What is offered to volunteers; absent: nothing. */
  readonly join?: JoinSettings
  /** Why the server is not in full service; absent: the pages do not mention it. */
  readonly health?: () => readonly HealthReason[]
  /** Where figures for the operator are served; absent: nowhere. */
  readonly operator?: OperatorPlace
  /** Edges that are followed. */
  readonly edges?: () => readonly EdgeView[]
  /** How far shipping is; absent: nothing is shipped. */
  readonly shipping?: () => ShippingView
  /** What waits in the collector. */
  readonly waiting?: OpenCollector['waiting']
  /** How mails and posts are sent; absent: none are. */
  readonly subscriptions?: SubscriptionSettings
  /** Whether reports, checks and digests of checks are accepted; true where not given. */
  readonly takesWords?: boolean
  /** Called when everything is ready, just before the port is taken. */
  readonly beforeListening?: () => Promise<void>
}

/** Serves an open folder until the signal of the world ends it; `ready` gets the address, and that for the operator. */
export async function serveFolder(
  folder: OpenFolder,
  options: ServedOptions,
  ready: (url: string, operator?: string) => void,
): Promise<void> {
  const log = openLog({ level: 'warn' })
  const { collector: takes, takesWords = true } = options
  const collector = takes === undefined ? undefined : { collector: takes, log, room: new UploadSlots(ROOM_BYTES) }
  await using drawing = openSiteDrawing()
  const { isPublic, controls = [], trustedProxies = [] } = options
  const networks = loadNetworks(options.networkFiles)
  const source = await folderSite(folder, { ...options, log, follows: true })
  await using people = await openSitePeople(folder, {
    ...{ networks, trustedProxies, isPublic, controls, log },
    ...defined({ invented: options.invented }),
    site: source,
    env: options.env,
    signal: options.signal,
  })
  const savedChecks = folderSavedChecks(folder, { clock: systemClock, trustedProxies, isPublic })
  const space = new FreeSpace(() => measureSpace(folder.path), systemClock)
  const { bundles } = source
  await using bundleDesk =
    takesWords && bundles !== undefined
      ? openAskedBundles({
          make: async (incident, signal) => {
            const made = await makeFolderBundle(
              folder,
              { kind: 'incident', incident },
              {
                place: { parent: join(folder.path, BUNDLES_FOLDER), form: 'zip' },
                names: options.names,
                fingerprintFiles: options.fingerprintFiles ?? [],
                actor: 'site',
                purpose: 'asked for by a reader on the page of the incident',
                signal,
                onProblem: (problem) => log.warn({ problem }, 'a file of others cannot be read'),
              },
            )
            return made.kind === 'made' ? 'made' : 'differs'
          },
          published: bundles,
          rate: openSenderRate(systemClock, trustedProxies, ORDER_RATE),
          ...{ space, clock: systemClock, log },
        })
      : undefined
  const [incidents, reviews] = [await folder.incidents(), await folder.reviews()]
  const health = withRecord(options.health, source, reviews)
  const made: SiteOptions = {
    join: await openJoinDesk(options.join, log),
    draw: drawing.draw,
    ...source,
    transparency: () => servedLog(folder),
    visitor: siteVisitor(networks, trustedProxies),
    apiRate: openSenderRate(systemClock, trustedProxies),
    workRate: openSenderRate(systemClock, trustedProxies, WORK_RATE),
    ...shownOfPeople(people.options),
    ...(takesWords ? whileSpace({ ...people.options, savedChecks }, space) : {}),
    ...defined({ health, collector, bundleDesk }),
  }
  await using keeper =
    takesWords && source.datasets !== undefined
      ? openDatasetKeeper({
          ...{ data: folder.path, isPublic, space, clock: systemClock, log },
          published: (await folder.warehouse()).published,
          incidents: () => incidents.current(),
          reviewOf: (id) => reviews.of(id),
          shelf: source.datasets,
        })
      : undefined
  await using subscriptions =
    takesWords && options.subscriptions !== undefined
      ? await openSiteSubscriptions(folder, {
          settings: options.subscriptions,
          site: made,
          people: people.options.people,
          partOf: people.options.reports.partOf,
          ...{ trustedProxies, isPublic, log, env: options.env },
        })
      : undefined
  const site = createSite({ ...made, ...defined({ subscriptions: subscriptions?.desk }) })
  const { host, port } = options
  // A page in memory is made again after an act of a person too, and when such an act ends.
  const published = (id?: string): number => incidents.published(id) + reviews.changed(id)
  const direct = await siteWays(site, made, { published })
  await using _telling = takesWords
    ? await openTelling(folder, {
        ...{ people: people.shown, checks: people.options.checks, log },
        services: options.names.services.map(({ id }) => id),
      })
    : undefined
  await options.beforeListening?.()
  await using operator =
    options.operator === undefined
      ? undefined
      : await listenForOperator(options.operator, {
          ...{ folder, reasons: health ?? (() => []), waiting: options.waiting },
          ...defined({ edges: options.edges, shipping: options.shipping }),
        })
  await using server = await listen(site, { host, port, direct })
  ready(server.url, operator?.url)
  keeper?.begin()
  await untilAborted(options.signal)
}

/** What is shown of what people said. */
const shownOfPeople = ({ people, checks, work }: SitePeople['options']): Partial<SiteOptions> => ({
  people,
  checks,
  work,
})
