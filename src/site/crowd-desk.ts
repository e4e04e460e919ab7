import type { CheckPlan, CrowdCheck } from '../model/crowd-check.ts'
import type { Asn } from '../model/units.ts'
import type { From } from '../sys/sender/from.ts'

/** What stands behind the check in a browser; made in people/. */
export interface CrowdDesk {
  /** What the page of a reader on a network contacts. */
  plan(asn: Asn | undefined): Promise<CheckPlan>
  /** Takes what a reader sends, durable when resolved; gives the seconds to wait where too much came at once. */
  take(check: CrowdCheck, from: From): Promise<{ readonly wait: number }>
}
