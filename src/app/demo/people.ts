import type { World } from '../../runtime/world.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { settledBefore, SLOT_MS } from '../../core/model/people/report.ts'
import { instant, parseAsn, type Asn, type Instant } from '../../core/model/units.ts'
import { loadCrowdCanaries } from '../../runtime/tables/measured-lists.ts'
import { covers, presentBefore } from '../../site/now/cell-at.ts'
import { simulateChecks } from '../../../lab/history/checks.ts'
import { simulateReports, type SeenAs } from '../../../lab/history/reports.ts'
import type { OpenFolder } from '../folder/open.ts'
import { actingIn, LIVING_PROBES } from './acting.ts'

/** So much of the demonstration's last evening has checks: what pages show of them, and the hour before it. */
const CHECKED_MS = 4 * HOUR_MS
/** Six weeks: what is usual at an hour and weekday can be computed then. */
const REPORTED_MS = 42 * DAY_MS
const REPORTED = ['youtube', 'facebook', 'instagram', 'telegram', 'whatsapp', 'twitter', 'signal'] as const

const SEEN = {
  restricted: 'shut',
  'partly-restricted': 'part',
  throttled: 'slow',
  insufficient: 'part',
} as const satisfies Record<Incident['state'], SeenAs>

type Seen = (service: string, asn: Asn, at: Instant) => SeenAs | undefined

/**
 * Gives a demonstration that is simulated up to a time, on the networks measured in its last hours, the checks that
 * readers' browsers might have made then of the services that its incidents restrict, and the reports that people might
 * have sent about its incidents, with those that come on any day. A second start finds them there.
 */
export async function fillPeople(folder: OpenFolder, end: number, env: World['env']): Promise<void> {
  const warehouse = await folder.warehouse()
  const recent = await warehouse.recent({ ...presentBefore(instant(end)), simulated: true })
  const incidents = await (await folder.incidents()).current()
  const networks = [...new Set(recent.map(({ asn }) => asn))].filter((asn) => asn !== 0).toSorted((a, b) => a - b)
  const seen: Seen = (service, asn, at) => {
    const found = incidents.find((one) => one.service === service && one.asn === asn && covers(one, at))
    return found === undefined ? undefined : SEEN[found.state]
  }
  const until = instant(settledBefore(instant(end)))
  const rows = { until, networks, seen }
  await (
    await folder.reports(env)
  ).add({
    checks: checksOf({ ...rows, seed: 7, since: instant(end - CHECKED_MS) }),
    reports: reportsOf({ ...rows, seed: 11, since: instant(end - REPORTED_MS) }),
  })
}

/**
 * Gives a demonstration the checks and reports of the slots that settle between two times. People see what acts on their
 * network, before it is published. Slots have seeds of their own: a slot that is given twice is there once.
 */
export async function addPeople(
  folder: OpenFolder,
  { from, until }: { readonly from: number; readonly until: number },
  env: World['env'],
): Promise<void> {
  const slots = { first: settledBefore(instant(from)), end: settledBefore(instant(until)) }
  if (slots.first >= slots.end) return
  // `noticed` looks three hours back.
  const acting = actingIn(slots.first - 3 * HOUR_MS, slots.end)
  const networks = [...new Set(LIVING_PROBES.map(({ network }) => network.asn))].map((asn) => parseAsn(asn))
  const seen: Seen = (...cell) => (acting(...cell) === undefined ? undefined : 'shut')
  const store = await folder.reports(env)
  for (let slot = slots.first; slot < slots.end; slot += SLOT_MS) {
    const rows = { since: instant(slot), until: instant(slot + SLOT_MS), networks, seen, seed: slot / SLOT_MS }
    await store.add({ checks: checksOf(rows), reports: reportsOf(rows) })
  }
}

interface PeopleRows {
  readonly seed: number
  readonly since: Instant
  readonly until: Instant
  readonly networks: readonly Asn[]
  readonly seen: Seen
}

const checksOf = ({ seen, ...rows }: PeopleRows): ReturnType<typeof simulateChecks> =>
  simulateChecks({
    ...rows,
    services: loadCrowdCanaries().map(({ service }) => service),
    isRestricted: (...cell) => seen(...cell) !== undefined,
  })

const reportsOf = (rows: PeopleRows): ReturnType<typeof simulateReports> =>
  simulateReports({ ...rows, services: REPORTED })
