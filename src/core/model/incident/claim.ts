import type { ClaimFinding } from '../tables/record.ts'
import type { Asn, Instant } from '../units.ts'

/** How well one service was watched on one network on one day of UTC. Made from the series; no incident is needed. */
export interface CoverageDay {
  readonly service: string
  readonly asn: Asn
  /** First instant of the day. */
  readonly day: Instant
  /** Hours of the day with at least one usable reading, 0 to 24. */
  readonly hours: number
  /** Distinct probes with a usable reading. */
  readonly probes: number
  readonly simulated: boolean
}

/** Why a claim stands as it does (docs/methods/claims.md). */
export const CLAIM_REASONS = [
  'restricted-seen', // restrictions were measured in the period
  'nothing-seen', // the period was watched, and nothing failed
  'no-restriction-seen', // the period was watched, and nothing but faults was found
  'cause-blocking', // the word of the incidents is blocking
  'cause-fault', // the word of the incidents is fault
  'causes-differ', // some incidents are blocking, some a fault
  'cause-open', // incidents were measured, their cause is not determined
  'too-few-probes', // something failed, on too few devices to speak of
  'services-differ', // some services of the claim were restricted, others were not
  'hours-inside', // restrictions began within the hours named
  'hours-outside',
  'hours-mixed',
  'too-few-starts', // fewer dated starts than the rule needs
  'not-watched', // no measurements of the period, or not enough of them to say that nothing happened
  'no-vpn', // no VPN service was measured
  'needs-coincidence', // only the test of coincidence may answer
  'not-a-measurement', // motive, order, law, knowledge
] as const
export type ClaimReason = (typeof CLAIM_REASONS)[number]

/** A claim compared with the measurements. */
export interface JudgedClaim {
  readonly statement: string
  readonly claim: string
  readonly finding: ClaimFinding
  readonly reason: ClaimReason
  /** Period of the claim, half-open. */
  readonly period: { readonly from: Instant; readonly until: Instant }
  /** Ids of the incidents it rests on, oldest first; those that speak the other way too. */
  readonly incidents: readonly string[]
}
