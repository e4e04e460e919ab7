import type { CrowdOutcome } from '../../src/core/model/people/crowd-check.ts'
import { SLOT_MS, slotOf } from '../../src/core/model/people/report.ts'
import { instant, type Asn, type Instant } from '../../src/core/model/units.ts'
import type { CrowdRow } from '../../src/reports/registry/contract.ts'
import { createRandom, type Random } from './random.ts'

export interface CheckHistory {
  readonly seed: number
  /** Quarters of an hour in which people check, half open. */
  readonly since: Instant
  readonly until: Instant
  readonly networks: readonly Asn[]
  /** Ids of services that a check contacts. */
  readonly services: readonly string[]
  /** What a service is like on a network at a time. */
  readonly isRestricted: (service: string, asn: Asn, at: Instant) => boolean
}

/** Checks in a quarter of an hour on one network: on a quiet evening, and where something does not open. */
const QUIET = 3
const TROUBLED = 18
/** Of a service that is restricted, and of one that is not: a few people have a VPN on, or a bad line. */
const SHUT = [
  ['interference', 0.72],
  ['black-hole', 0.1],
  ['unstable', 0.06],
  ['unknown', 0.04],
  ['reachable', 0.08],
] as const
const OPEN = [
  ['reachable', 0.93],
  ['slow', 0.04],
  ['unstable', 0.02],
  ['unknown', 0.01],
] as const

/** Invented checks of readers' browsers, as rows of a simulated folder: the same options give the same rows. */
export function simulateChecks(history: CheckHistory): readonly CrowdRow[] {
  const { seed, since, until, networks, services, isRestricted } = history
  const rows: CrowdRow[] = []
  for (const asn of networks) {
    const random = createRandom(seed, `checks of ${asn}`)
    for (let slot = slotOf(since); slot < until; slot += SLOT_MS) {
      const at = instant(slot + SLOT_MS / 2)
      const shut = new Set(services.filter((service) => isRestricted(service, asn, at)))
      const people = around(shut.size > 0 ? TROUBLED : QUIET, random)
      for (let nth = 0; nth < people; nth++)
        for (const service of services)
          rows.push({
            id: random.word(32, '0123456789abcdef'),
            slot,
            service,
            outcome: draw(shut.has(service) ? SHUT : OPEN, random),
            asn,
            state: 'counted',
            simulated: true,
          })
    }
  }
  return rows
}

/** A whole number around a mean, from none to twice as many. */
const around = (mean: number, random: Random): number =>
  Math.round(random.between(0, 1) * mean + random.between(0, 1) * mean)

function draw(shares: readonly (readonly [CrowdOutcome, number])[], random: Random): CrowdOutcome {
  let left = random.next()
  for (const [outcome, share] of shares) {
    left -= share
    if (left < 0) return outcome
  }
  return 'unknown'
}
