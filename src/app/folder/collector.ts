import { availableParallelism } from 'node:os'
import type { World } from '../../runtime/world.ts'
import type { Service } from '../../core/model/tables/service.ts'
import { parseCountryCode, type Asn } from '../../core/model/units.ts'
import { isNeverHost } from '../../core/model/tables/test-list.ts'
import { openJudgePool } from '../../pipeline/judge/judge-pool.ts'
import { CheckIn, type OfferedUrl, type CheckInPlace } from '../../pipeline/receive/check-in.ts'
import { MOST_SENT_BYTES } from '../../pipeline/receive/expand.ts'
import { CollectorLimits, type NotNow } from '../../pipeline/receive/collector-limits.ts'
import { JudgeReceived } from '../../pipeline/receive/judge-received.ts'
import { RateLimit } from '../../runtime/sender/rate.ts'
import { provenanceNow } from '../../pipeline/receive/standing/revocations.ts'
import { openReceivePool } from '../../pipeline/receive/receive-pool.ts'
import { Receiver } from '../../pipeline/receive/receiver.ts'
import { openSenders } from '../../runtime/sender/sender.ts'
import { Standings } from '../../pipeline/receive/standing/standings.ts'
import type { Collector } from '../../site/submit/submissions.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openLog } from '../../runtime/log.ts'
import { loadNetworks, type Networks } from '../../runtime/tables/networks.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { loadNever, loadTestLists } from '../../runtime/tables/test-lists.ts'
import type { WorkerPool } from '../../runtime/worker-pool.ts'
import { fingerprintFiles } from './fingerprint-files.ts'
import type { OpenFolder } from './open.ts'
import { join } from 'node:path'
import { Allowance, STRANGERS_PER_DAY } from '../../pipeline/receive/standing/allowance.ts'
import { ClockGuard, newestTime } from '../../pipeline/receive/clock-guard.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { FreeSpace, measureSpace } from '../../runtime/files/free-space.ts'

export interface CollectorSettings extends LimitSettings {
  readonly helpers: readonly string[]
  readonly listFiles: readonly string[]
  readonly trustedProxies: readonly string[]
  readonly perSecond: number
  readonly networkFiles: readonly string[]
  readonly realOnly: boolean
}

/** A collector that runs, and why it is not in full service. */
export interface OpenCollector extends Collector, AsyncDisposable, Pick<CollectorLimits, 'reasons'> {
  /** Bodies that wait, their bytes, and measurements that wait for a verdict. */
  waiting(): {
    readonly bodies: number
    readonly bytes: number
    readonly unjudged: number
    readonly oldestUnjudgedSeconds: number
  }
}

/**
 * Opens the collector of a held folder. Its threads start with the first submission. Throws InputError for a bad table.
 */
export async function openCollector(
  folder: OpenFolder,
  settings: CollectorSettings,
  world: World,
): Promise<OpenCollector> {
  const log = openLog({ level: 'warn' })
  const networks = loadNetworks(settings.networkFiles)
  const threads = Math.max(1, Math.min(availableParallelism() - 1, 4))
  const stop = new AbortController()
  const judges = poolWhenNeeded(() =>
    openJudgePool({ fingerprintFiles: fingerprintFiles([], world), background: true }, { threads: 1 }),
  )
  const judging = new JudgeReceived({
    archive: await folder.archive(),
    warehouse: await folder.warehouse(),
    pool: judges,
    provenanceNow: (provenance) => provenanceNow(provenance, folder.revocations()),
    log,
    signal: AbortSignal.any([world.signal, stop.signal]),
  })
  const pool = poolWhenNeeded(() => openReceivePool(threads))
  const knownPool = poolWhenNeeded(() => openReceivePool(1))
  const sameOwner = (a: Asn, b: Asn): boolean => {
    const owner = networks.network(a)?.owner
    return owner !== undefined && owner === networks.network(b)?.owner
  }
  const limits = await openCollectorLimits(folder, settings)
  const receiver = new Receiver(
    {
      archive: await folder.archive(),
      limits,
      ...{ pool, knownPool },
      standings: new Standings({ registry: await folder.registry(), sameOwner }),
      rate: rateOf(settings),
      networkOf: networks.lookup,
      clock: systemClock,
      realm: async () => (settings.realOnly ? 'real' : folder.realm()),
      onAdded: (added) => judging.add(added),
      seen: await folder.seenValues(),
    },
    threads,
  )
  // A server that is asked to end begins nothing more: a costly body does not keep it from stopping.
  world.signal.addEventListener('abort', () => receiver.stop(), { once: true })
  return {
    ...openQuestions(settings, networks),
    admit: (sender) => receiver.admit(sender),
    closed: () => limits.closed(),
    reasons: () => limits.reasons(),
    submit: (posted) => receiver.submit(posted),
    waiting: () => ({
      ...receiver.waiting,
      ...{ unjudged: judging.waiting, oldestUnjudgedSeconds: judging.oldestMs / 1000 },
    }),
    async [Symbol.asyncDispose]() {
      await receiver[Symbol.asyncDispose]()
      await limits[Symbol.asyncDispose]()
      await pool[Symbol.asyncDispose]()
      await knownPool[Symbol.asyncDispose]()
      stop.abort(new Error('the collector is closed'))
      await judging[Symbol.asyncDispose]()
      await judges[Symbol.asyncDispose]()
    },
  }
}

const rateOf = ({ perSecond }: CollectorSettings): RateLimit =>
  new RateLimit(systemClock, { perSecond, burst: 60 * perSecond })

/** What a collector answers without any store. */
function openQuestions(
  settings: CollectorSettings,
  networks: Networks,
): Omit<Collector, 'admit' | 'closed' | 'submit'> {
  const checkIn = new CheckIn({
    helpers: settings.helpers,
    urls: offeredUrls(loadTables().services, settings.listFiles),
    placeOf: placesOf(networks),
    clock: systemClock,
  })
  return {
    sender: openSenders(settings.trustedProxies),
    checkIn: (request, sender) => checkIn.checkIn(request, sender),
    testHelpers: () => checkIn.testHelpers(),
    geolookup: (request) => checkIn.geolookup(request),
    openReport: (request) => checkIn.openReport(request),
    mostBytes: MOST_SENT_BYTES,
  }
}

const NOT_WRITABLE: NotNow = {
  kind: 'later',
  why: 'no_room',
  message: 'The disk of the collector cannot be written: send again later',
  seconds: 600,
}

/** A collector whose folder cannot be written: probes can ask what to measure, and keep what they measure. */
export function closedCollector(settings: CollectorSettings): Collector {
  const rate = rateOf(settings)
  return {
    ...openQuestions(settings, loadNetworks(settings.networkFiles)),
    admit(sender) {
      const prefix = sender === undefined ? undefined : rate.prefixOf(sender)
      if (prefix === undefined) return { kind: 'admitted' }
      const seconds = rate.take(prefix)
      return seconds > 0 ? { kind: 'later', why: 'sender', seconds } : { kind: 'admitted', prefix }
    },
    closed: () => NOT_WRITABLE,
    submit: async () => NOT_WRITABLE,
  }
}

const placesOf =
  (networks: Networks) =>
  (address: string): CheckInPlace | undefined => {
    const asn = networks.lookup(address)
    if (asn === undefined) return undefined
    const cc = parseCountryCode(networks.network(asn)?.country ?? 'ZZ')
    return { asn, name: networks.name(asn), cc }
  }

/** Pages of the services that need no second consent, and the operator's lists; nothing of tier N. */
export function offeredUrls(services: readonly Service[], listFiles: readonly string[]): readonly OfferedUrl[] {
  const never = loadNever()
  const pages = services
    .filter(({ tier }) => tier === 'A')
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ host, use }) => use === 'page' && !host.startsWith('*') && !isNeverHost(host, never))
    .map(({ host, path }) => ({ url: `https://${host}${path}`, category_code: 'MISC', country_code: 'XX' }))
  const all = [...pages, ...loadTestLists(listFiles, never)]
  return [...new Map(all.map((row) => [row.url, row])).values()]
}

/** A pool whose threads start with the first lease: who serves and collects nothing pays for none. */
function poolWhenNeeded(open: () => WorkerPool): WorkerPool {
  let pool: WorkerPool | undefined
  const opened = (): WorkerPool => (pool ??= open())
  return {
    lease: (job) => opened().lease(job),
    ready: () => opened().ready(),
    [Symbol.asyncDispose]: async () => pool?.[Symbol.asyncDispose](),
  }
}

/** File of a data folder that counts the bytes of today. */
const TOTALS = 'received-today.json'
/** Share of a disk that unknown senders may fill in one day where the operator says nothing else. */
const OF_DISK = 1 / 16

interface LimitSettings {
  /** Bytes a day of all senders that are neither known nor invited; absent: by the size of the disk. */
  readonly strangersPerDay?: number
  /** Whether the operator has checked the clock, although it is behind times that are on the disk. */
  readonly clockIsRight: boolean
}

/** Opens what bounds the collector of a folder: its disk, the allowances of senders, the clock. */
async function openCollectorLimits(
  folder: Pick<OpenFolder, 'path' | 'archive'>,
  settings: LimitSettings,
): Promise<CollectorLimits & AsyncDisposable> {
  const perDay = settings.strangersPerDay ?? Math.min(STRANGERS_PER_DAY, OF_DISK * measureSpace(folder.path).size)
  const allowance = await Allowance.open(perDay, { file: join(folder.path, TOTALS), disk: REAL_DISK })
  const newest = settings.clockIsRight ? systemClock.now() : await newestTime(await folder.archive())
  const clock = new ClockGuard(newest, systemClock)
  const limits = new CollectorLimits({
    space: new FreeSpace(() => measureSpace(folder.path), systemClock),
    allowance,
    clock,
  })
  return Object.assign(limits, { [Symbol.asyncDispose]: () => allowance[Symbol.asyncDispose]() })
}
