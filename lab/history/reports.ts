import { createHash } from 'node:crypto'
import { DAY_MS, HOUR_MS } from '../../src/core/model/duration.ts'
import { REGIONS, type Region } from '../../src/core/model/region.ts'
import { SLOT_MS, slotOf, type Problem, type Since } from '../../src/core/model/people/report.ts'
import { instant, parseAsn, type Asn, type Instant } from '../../src/core/model/units.ts'
import type { ReportRow } from '../../src/reports/registry/contract.ts'
import { almatyHour } from './plan.ts'
import { createRandom, type Random } from './random.ts'

/** What a restriction is to the people behind it. */
export type SeenAs = 'shut' | 'part' | 'slow'

export interface SimulatedReports {
  readonly seed: number
  readonly since: Instant
  readonly until: Instant
  readonly networks: readonly Asn[]
  readonly services: readonly string[]
  /** What people on a network see of a service at a time; undefined: nothing out of the ordinary. */
  readonly seen: (service: string, asn: Asn, at: Instant) => SeenAs | undefined
}

/** Reports of a quarter of an hour from one network, at noon and where nothing is wrong. */
const NOISE = 0.02
/** How many times as many write in the evening, and at night. */
const EVENING = 3
const NIGHT = 0.2
/** Reports of a quarter of an hour from the largest network while a service does not open; smaller ones send fewer. */
const WRITING = { shut: 14, part: 6, slow: 4 } as const satisfies Record<SeenAs, number>
/** Quarters of an hour from the first to the last of those who notice. */
const NOTICE_SLOTS = 3

const PROBLEMS: Readonly<Record<SeenAs | 'noise', readonly Problem[]>> = {
  shut: ['does-not-open', 'does-not-open', 'does-not-open', 'video-stalls', 'upload-fails'],
  part: ['does-not-open', 'slow', 'video-stalls'],
  slow: ['slow', 'slow', 'video-stalls', 'upload-fails'],
  noise: ['slow', 'does-not-open', 'calls-fail', 'video-stalls', 'vpn-fails'],
}
/** Most people live in the largest towns; some do not say where. */
const PLACES: readonly (Region | '')[] = ['KZ-75', 'KZ-75', 'KZ-75', 'KZ-71', 'KZ-71', 'KZ-79', '', '']

/**
 * Reports that people might have sent: some always, more in evenings, and many on networks and at times where a service
 * is restricted, a little after it began. All of them simulated; the same options give the same reports.
 */
export function simulateReports({
  seed,
  since,
  until,
  networks,
  services,
  seen,
}: SimulatedReports): readonly ReportRow[] {
  const rows: ReportRow[] = []
  for (const service of services)
    for (const [size, asn] of networks.entries()) {
      const random = createRandom(seed, `reports ${service} ${asn}`)
      for (let slot = slotOf(since); slot + SLOT_MS <= until; slot += SLOT_MS) {
        const now = seen(service, asn, instant(slot + SLOT_MS / 2))
        let mean = NOISE * habit(slot)
        if (now !== undefined) mean += (WRITING[now] / (1 + size)) * noticed(slot, (at) => seen(service, asn, at))
        const count = poisson(mean, random)
        for (let nth = 0; nth < count; nth++)
          rows.push(
            rowOf(
              { service, asn, slot, nth },
              { random, problems: PROBLEMS[now ?? 'noise'], restricted: now !== undefined },
            ),
          )
      }
    }
  return rows
}

/** Share of people who write at an hour of Almaty, as a multiple of noon. */
function habit(slot: number): number {
  const midnight = Math.floor(slot / DAY_MS) * DAY_MS
  const hour = ((((slot - almatyHour(midnight, 0)) / HOUR_MS) % 24) + 24) % 24
  return hour >= 19 && hour < 24 ? EVENING : hour < 7 ? NIGHT : 1
}

/** It takes people some time to notice, and fewer write the longer it lasts. */
function noticed(slot: number, seen: (at: Instant) => SeenAs | undefined): number {
  let lasted = 0
  while (lasted < 12 && seen(instant(slot - lasted * SLOT_MS - SLOT_MS / 2)) !== undefined) lasted++
  return lasted < NOTICE_SLOTS ? (lasted + 1) / (NOTICE_SLOTS + 1) : Math.max(0.3, 1 - (lasted - NOTICE_SLOTS) / 12)
}

function poisson(mean: number, random: Random): number {
  const limit = Math.exp(-mean)
  let [count, product] = [0, random.next()]
  while (product > limit) {
    count++
    product *= random.next()
  }
  return count
}

interface Made {
  readonly service: string
  readonly asn: Asn
  readonly slot: number
  readonly nth: number
}

function rowOf(
  { service, asn, slot, nth }: Made,
  {
    random,
    problems,
    restricted,
  }: { readonly random: Random; readonly problems: readonly Problem[]; readonly restricted: boolean },
): ReportRow {
  const region = random.chance(0.1) ? random.pick(REGIONS) : random.pick(PLACES)
  const since: Since | undefined = random.chance(0.3)
    ? undefined
    : restricted
      ? random.pick(['now', 'hour'])
      : random.pick(['today', 'days'])
  const isKnown = !random.chance(0.15)
  return {
    // The same report has the same id: a folder that is filled twice holds it once.
    id: createHash('sha256').update(`simulated report ${service} ${asn} ${slot} ${nth}`).digest('hex').slice(0, 32),
    slot,
    service,
    problem: random.pick(problems),
    ...(since === undefined ? {} : { since }),
    ...(isKnown ? { asn: parseAsn(asn) } : {}),
    ...(region === '' ? {} : { region }),
    state: 'counted',
    simulated: true,
  }
}
