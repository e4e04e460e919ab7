import type { WitnessPolicy } from '../../core/evidence/witness/policy.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Operator } from '../../core/model/operator.ts'
import type { Instant } from '../../core/model/units.ts'
import { securityExpiry } from '../../site/security-text.ts'

const SOON_MS = 30 * DAY_MS
/** A year and a day: RFC 9116 asks for less than a year, and a day named today a year ahead has hours of it left. */
const LONGEST_MS = 366 * DAY_MS

/** What a public observatory was started with. */
export interface PublicStart {
  /** Policy of witnesses; absent: none was written. */
  readonly policy: WitnessPolicy | undefined
  readonly security: Operator['security']
  readonly now: Instant
}

/**
 * What the operator of a public server should know of what it lacks, a paragraph each. Throws InputError for a
 * `security.txt` that would hold for longer than a year.
 */
export function publicRemarks({ policy, security, now }: PublicStart): readonly string[] {
  return [...witnessRemarks(policy), ...securityRemarks(security, now)]
}

function witnessRemarks(policy: WitnessPolicy | undefined): readonly string[] {
  const means =
    'No one outside cosigns this log: a second history could be shown to some readers, and only comparing checkpoints would show it'
  if (policy === undefined || policy.witnesses.length === 0)
    return [`${means}. Name witnesses in log/policy.txt (docs/operating/proof.md, "Witnesses")`]
  if (policy.quorum !== undefined) return []
  return [
    `The policy of witnesses says "quorum none", so no signature of theirs is demanded. ${means}. Without that line more than half of them have to sign`,
  ]
}

function securityRemarks(security: Operator['security'], now: Instant): readonly string[] {
  const how = 'Set "security" in about.json (docs/operating/running.md)'
  if (security === undefined)
    return [`There is no security.txt: who finds a weakness of this server is not told where to report it. ${how}`]
  const left = securityExpiry(security) - now
  if (left > LONGEST_MS)
    throw new InputError(`Cannot serve security.txt: it would expire on ${security.expires}`, {
      code: 'operator.invalid',
      path: 'security/expires',
      expected: 'a day at most a year ahead (RFC 9116)',
    })
  if (left <= 0) return [`security.txt expired on ${security.expires} and is not served. ${how}`]
  return left < SOON_MS ? [`security.txt expires on ${security.expires}. ${how}`] : []
}
