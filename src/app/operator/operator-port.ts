import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HEALTH_REASONS, type HealthReason } from '../../core/model/health.ts'
import { DAY_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { systemClock } from '../../runtime/clock.ts'
import { measureSpace } from '../../runtime/files/free-space.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { openMetrics, type Figure } from '../../runtime/metrics.ts'
import type { World } from '../../runtime/world.ts'
import { operatorSite } from '../../web/answer/ready.ts'
import { listen, type Listening } from '../../web/listen.ts'
import type { OpenCollector } from '../folder/collector.ts'
import type { EdgeView } from '../edge/follow-edges.ts'
import type { ShippingView } from '../shipping/ship-folder.ts'
import type { OpenFolder } from '../folder/open.ts'
import { backupFigures } from './backup-age.ts'
import { forecastDisk } from './disk-forecast.ts'
import { NETWORK_DAYS, newestByNetwork } from './newest-by-network.ts'
import { viewOutside, type AskedView, type OutsideView } from '../folder/outside-view.ts'

/** Where figures for the operator are served: an address of this machine that no other machine reaches. */
export interface OperatorPlace {
  readonly host: string
  readonly port: number
}

/** Says where a server is open, and where its figures are. */
export function sayOpen(world: Pick<World, 'out'>, url: string, operator: string | undefined): void {
  world.out.write(`Kuager is open at ${url}\n`)
  sayFigures(world, operator)
}

/** Says where the figures of a server are, if they are anywhere. */
export function sayFigures(world: Pick<World, 'out'>, operator: string | undefined): void {
  if (operator !== undefined) world.out.write(`Figures for Prometheus are at ${operator}metrics\n`)
}

export interface Figures {
  readonly folder: OpenFolder
  readonly reasons: () => readonly HealthReason[]
  /** Absent: no submissions are taken. */
  readonly waiting?: OpenCollector['waiting'] | undefined
  /** Absent: no edges are followed. */
  readonly edges?: () => readonly EdgeView[]
  /** Absent: nothing is shipped. */
  readonly shipping?: () => ShippingView
}

/** What is read from the disk or the warehouse is asked once for all who ask within so long. */
const KEPT_MS = MINUTE_MS / 2

/** Serves `/metrics`, `/healthz` and `/readyz` of one server until disposed. Throws Fault where the port is taken. */
export function listenForOperator(place: OperatorPlace, figures: Figures): Promise<Listening> {
  return listen(operatorSite(figures.reasons, openMetrics(figuresOf(figures))), place)
}

/** Why a server of any kind is not in full service. */
export const healthFigure = (reasons: () => readonly HealthReason[]): Figure => ({
  name: 'kuager_health',
  help: '1 for each reason why the server is not in full service, else 0.',
  label: 'reason',
  read: () => {
    const now = reasons()
    return new Map(HEALTH_REASONS.map((reason) => [reason, now.includes(reason) ? 1 : 0]))
  },
})

/** Space on the disk of a data folder. */
export const spaceFigures = (path: string): readonly Figure[] => [
  {
    name: 'kuager_disk_free_bytes',
    help: 'Free bytes of the disk of the data folder.',
    read: () => measureSpace(path).free,
  },
  { name: 'kuager_disk_size_bytes', help: 'All bytes of that disk.', read: () => measureSpace(path).size },
]

function figuresOf({ folder, reasons, waiting, edges, shipping }: Figures): readonly Figure[] {
  const outside = kept(async () => {
    const log = await folder.begunLog()
    return log === undefined ? undefined : viewOutside(folder.logFolder, log)
  })
  return [
    healthFigure(reasons),
    {
      name: 'kuager_last_measurement_age_seconds',
      help: `Age of the newest measurement of each network that measured within ${NETWORK_DAYS} days.`,
      label: 'network',
      read: kept(() => ageByNetwork(folder)),
    },
    { name: 'kuager_archive_leaves', help: 'Entries of the archive.', read: async () => (await folder.archive()).size },
    {
      name: 'kuager_log_tree_size',
      help: 'Entries that the newest checkpoint holds.',
      read: async () => (await (await folder.begunLog())?.latest())?.size,
    },
    {
      name: 'kuager_log_signs',
      help: '1 where this server may sign the log now, else 0; absent before the log has begun.',
      read: async () => {
        const log = await folder.begunLog()
        return log === undefined ? undefined : Number(log.refusal === undefined)
      },
    },
    {
      name: 'kuager_log_generation',
      help: 'How often another machine or folder has taken over to sign, from 1.',
      read: async () => (await folder.begunLog())?.generation,
    },
    {
      name: 'kuager_log_lease_seconds',
      help: 'For how long this server signs without a further answer of the register; absent where there is none.',
      read: () => (folder.leading?.lead.leads === true ? folder.leading.lead.leaseMs / 1000 : undefined),
    },
    {
      name: 'kuager_checkpoint_age_seconds',
      help: 'Time since the newest checkpoint was written. It is old also where nothing comes in.',
      read: () => checkpointAge(folder),
    },
    ...ofOutside('kuager_stamp', { whose: 'authority', view: async () => (await outside())?.authorities }),
    ...ofOutside('kuager_witness', { whose: 'witness', view: async () => (await outside())?.witnesses }),
    {
      name: 'kuager_quorum_reached',
      help: 'Whether the newest checkpoint has the cosignatures that the policy demands; absent where it demands none.',
      read: async () => quorumOf(await outside()),
    },
    {
      name: 'kuager_receive_waiting',
      help: 'Submissions that wait or are being read.',
      read: () => waiting?.().bodies,
    },
    {
      name: 'kuager_receive_waiting_bytes',
      help: 'Bytes of those submissions.',
      read: () => waiting?.().bytes,
    },
    {
      name: 'kuager_judge_waiting',
      help: 'Accepted measurements that wait in memory for a verdict.',
      read: () => waiting?.().unjudged,
    },
    {
      name: 'kuager_judge_oldest_seconds',
      help: 'How long the first of them has waited; 0 where none waits.',
      read: () => waiting?.().oldestUnjudgedSeconds,
    },
    ...(edges === undefined ? [] : edgeFigures(edges)),
    ...(shipping === undefined ? [] : shippingFigures(shipping)),
    ...spaceFigures(folder.path),
    {
      name: 'kuager_disk_lasts_seconds',
      help: 'How long the disk lasts if it fills as in the last week; absent where nothing came in.',
      read: kept(async () => {
        const { days } = await forecastDisk(folder)
        return days === undefined ? undefined : (days * DAY_MS) / 1000
      }),
    },
    ...backupFigures(folder.path),
  ]
}

const shippingFigures = (view: () => ShippingView): readonly Figure[] => [
  {
    name: 'kuager_unshipped_leaves',
    help: 'Entries of the archive that are not on the object storage.',
    read: () => view().unshipped,
  },
  {
    name: 'kuager_shipping_age_seconds',
    help: 'Time since everything that was here then is on the object storage.',
    read: () => (systemClock.monotonic() - view().goodAt) / 1000,
  },
]

const edgeFigures = (edges: () => readonly EdgeView[]): readonly Figure[] => {
  const each = (read: (one: EdgeView) => number | undefined) => (): ReadonlyMap<string, number> =>
    new Map(edges().flatMap((one) => [read(one)].flatMap((value) => (value === undefined ? [] : [[one.name, value]]))))
  return [
    {
      name: 'kuager_edge_last_leaf_age_seconds',
      help: 'Time since the receipt of the newest measurement that was taken of each edge; absent before the first.',
      label: 'edge',
      read: each(({ state }) => (state?.newest === undefined ? undefined : (systemClock.now() - state.newest) / 1000)),
    },
    {
      name: 'kuager_edge_behind_leaves',
      help: 'Entries that each edge has signed and that were not taken yet.',
      label: 'edge',
      read: each(({ state }) => (state === undefined ? undefined : state.size - state.place.leaf)),
    },
    {
      name: 'kuager_edge_silent_seconds',
      help: 'Time since everything that each edge had was taken.',
      label: 'edge',
      read: each(({ goodAt }) => (systemClock.monotonic() - goodAt) / 1000),
    },
    {
      name: 'kuager_edge_missed_leaves',
      help: 'Entries of each edge that could not be read and were passed over.',
      label: 'edge',
      read: each(({ state }) => state?.missed.length),
    },
    {
      name: 'kuager_edge_erasures_waiting',
      help: 'Erasures of each edge that are not done here yet.',
      label: 'edge',
      read: each(({ state }) => state?.erasures.length),
    },
  ]
}

/** Remembers what was read for a short time; what fails is not remembered. */
function kept<T>(read: () => Promise<T>): () => Promise<T> {
  let known: { readonly value: Promise<T>; readonly until: number } | undefined
  return () => {
    const now = systemClock.monotonic()
    if (known !== undefined && now < known.until) return known.value
    const value = read()
    known = { value, until: now + KEPT_MS }
    value.catch(() => (known = undefined))
    return value
  }
}

async function ageByNetwork(folder: OpenFolder): Promise<ReadonlyMap<string, number>> {
  const now = systemClock.now()
  return new Map([...(await newestByNetwork(folder, now))].map(([network, at]) => [network, (now - at) / 1000]))
}

async function checkpointAge(folder: OpenFolder): Promise<number | undefined> {
  const log = await folder.begunLog()
  if (log === undefined) return undefined
  try {
    return (systemClock.now() - (await stat(join(log.folder, 'checkpoint'))).mtimeMs) / 1000
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function ofOutside(
  name: 'kuager_stamp' | 'kuager_witness',
  { whose, view }: { readonly whose: string; readonly view: () => Promise<readonly AskedView[] | undefined> },
): readonly Figure[] {
  const each = async (read: (one: AskedView) => number | undefined): Promise<ReadonlyMap<string, number>> => {
    const found = new Map<string, number>()
    for (const one of (await view()) ?? []) {
      const value = read(one)
      if (value !== undefined) found.set(one.name, value)
    }
    return found
  }
  return [
    {
      name: `${name}_age_seconds`,
      help: `Time since each ${whose} answered last; absent where it never did.`,
      label: whose,
      read: () => each(({ at_utc: at }) => (at === null ? undefined : (systemClock.now() - Date.parse(at)) / 1000)),
    },
    {
      name: `${name}_failures`,
      help: `Failures in a row of each ${whose}.`,
      label: whose,
      read: () => each(({ failures }) => failures),
    },
  ]
}

const quorumOf = (view: OutsideView | undefined): number | undefined =>
  view === undefined || view.quorum === null ? undefined : Number(view.quorum.satisfied)
