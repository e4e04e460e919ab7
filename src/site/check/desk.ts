import type { CheckPlan, CrowdCheck } from '../../core/model/people/crowd-check.ts'
import type { Asn } from '../../core/model/units.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'

/** What a reader's page sends. */
export interface SentCheck {
  readonly check: CrowdCheck
  /** 16 random bytes that the page made when it was opened, hexadecimal; used in memory and kept nowhere. */
  readonly token: string
}

/** The service behind the check in a browser; made in reports/. */
export interface CrowdDesk {
  /** What the page of a reader on a network contacts. */
  plan(asn: Asn | undefined): Promise<CheckPlan>
  /**
   * Takes what a reader sends, durable when resolved; gives the seconds to wait where too much came at once. Throws
   * InputError for a check of services that are not in the plan, made offline, or long over.
   */
  take(sent: SentCheck, from: ClientAddress): Promise<{ readonly wait: number }>
}
