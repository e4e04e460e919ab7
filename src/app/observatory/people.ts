import { join } from 'node:path'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import { KEPT_DAYS, NOTE_KEPT_DAYS } from '../../core/model/people/report.ts'
import { formatInstantUtc, instant, type Asn } from '../../core/model/units.ts'
import { CanaryWatch } from '../../reports/crowd/canary-watch.ts'
import { Crowd, type CrowdParts, type SeenByDevices } from '../../reports/crowd/open-crowd.ts'
import { openFloodGuard } from '../../web/flood/open-flood-guard.ts'
import { peopleOfNetwork } from '../web/people-of-network.ts'
import { openReportDesk } from '../../reports/desk/desk.ts'
import { openWork } from '../../web/work/open-work.ts'
import { ShownReports } from '../../reports/shown-reports.ts'
import type { CheckPlan } from '../../core/model/people/crowd-check.ts'
import type { CrowdCanary } from '../../core/model/tables/canaries.ts'
import type { PublishedCell } from '../../core/model/people/report-cell.ts'
import { openBoard, type Board } from '../../site/now/board.ts'
import { rememberLastData } from '../../site/last-data.ts'
import { remembered } from '../../web/answer/remembered.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import type { ReportStore } from '../../reports/registry/contract.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { loadCrowdCanaries } from '../../runtime/tables/measured-lists.ts'
import type { Networks } from '../../runtime/tables/networks.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'
import { openSenders } from '../../runtime/sender/sender.ts'
import { openCanaryLooks } from './canary-looks.ts'
import type { OpenFolder } from '../folder/open.ts'
import { siteVisitor } from './visitor.ts'
import { workSecret } from '../web/work-secret.ts'

export interface SitePeopleOptions {
  readonly networks: Networks
  readonly trustedProxies: readonly string[]
  readonly isPublic: boolean
  /** Addresses of controls that look at canaries and answer pages; none: nothing is contacted, and nothing judged. */
  readonly controls: readonly string[]
  /** What a check contacts in a demonstration; absent: the sites of data/canaries.json. */
  readonly invented?: InventedCanaries
  /** What the site is made over besides: where its board comes from. */
  readonly site: Pick<SiteOptions, 'warehouse' | 'incidents' | 'names' | 'clock' | 'log'>
  readonly env: World['env']
  readonly log: Log
  readonly signal: AbortSignal
}

/** Services that a demonstration invents and serves on this machine, and its control hosts. */
export interface InventedCanaries {
  readonly addressOf: (service: string, asn: Asn | undefined) => Pick<CrowdCanary, 'document' | 'image'>
  readonly controls: CheckPlan['controls']
}

/** What people do on a site; to be disposed before its folder. */
export type SitePeople = AsyncDisposable & {
  readonly options: Required<Pick<SiteOptions, 'reports' | 'people' | 'crowd' | 'checks' | 'work'>>
  readonly store: ReportStore
  readonly shown: ShownReports
  /** Settles what is due, as is done every minute. */
  readonly settle: () => Promise<void>
}

/** How often slots that ended are settled. */
const SETTLE_MS = MINUTE_MS
/** How long it is remembered which reports may be shown: newly settled slots of 15 minutes change it. */
const CELLS_MS = 30_000
const KEPT_MS = KEPT_DAYS * DAY_MS
const NOTE_KEPT_MS = NOTE_KEPT_DAYS * DAY_MS

/**
 * Opens the services behind checks in browsers and problem reports of an open folder. Throws InputError for a folder of
 * simulated reports that is to be served in public.
 */
export async function openSitePeople(folder: OpenFolder, options: SitePeopleOptions): Promise<SitePeople> {
  const { networks, trustedProxies, isPublic, env, log, signal } = options
  const { clock } = options.site
  const store = await folder.reports(env)
  if (isPublic && (await store.hasSimulated())) throw simulatedReports(folder.path)
  const simulated = !isPublic && (await folder.realm()) === 'simulated'
  const senders = openSenders(trustedProxies)
  const visitor = siteVisitor(networks, trustedProxies)
  const senderOf = ({ socket, forwardedFor }: ClientAddress): string | undefined => senders(socket, forwardedFor)
  const networkOf = ({ socket, forwardedFor }: ClientAddress): Asn | undefined => {
    const found = visitor(socket, forwardedFor)
    return found.kind === 'known' ? found.asn : undefined
  }
  const guard = (): ReturnType<typeof openFloodGuard> =>
    openFloodGuard({
      clock,
      senderOf: senders,
      peopleBehind: (address) => peopleOfNetwork(networks, address),
    })
  const common = { store, clock, senderOf, networkOf, simulated }
  const reports = openReportDesk({ ...common, guards: { worked: guard(), plain: guard() } })
  const canaries = loadCrowdCanaries()
  const watch = await CanaryWatch.open({
    canaries,
    controls: options.controls,
    file: join(folder.path, 'canaries.json'),
    clock,
    log,
  })
  const people = new ShownReports({ store, clock, simulated })
  const board = openBoard(options.site, rememberLastData(options.site))
  const nameOf = new Map(options.site.names.services.map(({ id, name }) => [id, name]))
  const looks = options.controls.length === 0 ? undefined : openCanaryLooks(watch, log, { stop: signal })
  const crowd = new Crowd({
    ...common,
    targets: canaries.map((one) => {
      const name = nameOf.get(one.service) ?? one.service
      return { ...one, name: options.invented === undefined ? name : `${name} (simulated)` }
    }),
    ...contacted(options, watch),
    onFailing: () => looks?.sooner(),
    devices: devicesOf(board),
    reported: reportedOn(people, clock),
    // What is simulated speaks of its own time, as on every page.
    ...(simulated ? { present: async () => (await board()).asOf } : {}),
    flood: guard(),
    log,
  })
  const settling = settleEvery([() => reports.settle(), () => crowd.settle(), forgetDaily(store, clock)], log)
  return {
    options: {
      reports,
      people,
      crowd,
      checks: () => crowd.shown(),
      work: openWork({ clock, ...workSecret(env, isPublic) }),
    },
    store,
    shown: people,
    settle: settling.settle,
    async [Symbol.asyncDispose]() {
      await settling[Symbol.asyncDispose]()
      await looks?.[Symbol.asyncDispose]()
    },
  }
}

/** What the controls abroad say of the sites that a check contacts; of invented ones nothing is to be asked. */
function contacted(
  { invented, site: { clock } }: SitePeopleOptions,
  watch: CanaryWatch,
): Pick<CrowdParts, 'addressOf' | 'freshness' | 'reach'> {
  if (invented === undefined) return { freshness: (service) => watch.of(service), reach: () => watch.reach }
  const { addressOf, controls } = invented
  return { addressOf, freshness: () => ({ abroad: 'usable', freshAt: clock.now() }), reach: () => controls }
}

const simulatedReports = (path: string): InputError =>
  new InputError(`Cannot serve folder "${path}" in public: it holds simulated reports`, {
    code: 'folder.simulated',
    path: 'folder',
    expected: 'a folder with real reports only, or no --public',
  })

/** What devices of volunteers see on a network now: of each service those that settled something. */
const devicesOf =
  (board: () => Promise<Board>) =>
  async (asn: Asn): Promise<readonly SeenByDevices[]> => {
    const now = await board()
    return now.services.flatMap(({ id }): readonly SeenByDevices[] => {
      const kinds = now.recent(id, asn)?.kinds
      if (kinds === undefined) return []
      const failing = kinds.interfered + kinds.unreachable
      const start = now.cell(id, asn).incident?.start
      const since = start?.median ?? start?.bracket[1]
      return [
        {
          service: id,
          failing,
          of: failing + kinds.reachable,
          ...(since === undefined ? {} : { since: formatInstantUtc(since) }),
        },
      ]
    })
  }

/** Reports of the last hour by service, as they are published for one network: where the connection showed it. */
function reportedOn(shown: ShownReports, clock: Clock): (asn: Asn) => Promise<ReadonlyMap<string, number>> {
  const read = async (): Promise<readonly PublishedCell[]> => {
    const now = clock.now()
    return shown.cells({ since: instant(now - HOUR_MS), until: now })
  }
  const cells = remembered(read, { clock, freshMs: CELLS_MS, staleMs: CELLS_MS })
  return async (asn) => {
    const counts = new Map<string, number>()
    for (const one of await cells())
      if (one.asn === asn && one.said !== true) counts.set(one.service, (counts.get(one.service) ?? 0) + one.count)
    return counts
  }
}

/** Forgets, once a day, what is too old to be of use. */
function forgetDaily(store: Pick<ReportStore, 'forget'>, clock: Clock): () => Promise<void> {
  let day = -1
  return async () => {
    const now = clock.now()
    const today = Math.floor(now / DAY_MS)
    if (today === day) return
    await store.forget(instant(now - KEPT_MS), instant(now - NOTE_KEPT_MS))
    day = today
  }
}

/** Settles every minute, one after the other, until disposed; what could not be is tried again. */
function settleEvery(all: readonly (() => Promise<unknown>)[], log: Log): AsyncDisposable & Pick<SitePeople, 'settle'> {
  const mutex = new Mutex()
  const settle = async (): Promise<void> => {
    for (const one of all)
      await one().catch((error: unknown) => log.error({ error }, 'reports or checks could not be settled'))
  }
  const next = (): Promise<void> => mutex.run(settle)
  const timer = setInterval(() => void next(), SETTLE_MS)
  timer.unref()
  return {
    settle: next,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await mutex.settled()
    },
  }
}
