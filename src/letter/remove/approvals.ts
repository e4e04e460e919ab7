import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import type { Clock } from '../../runtime/clock.ts'
import { verifyEd25519 } from '../../runtime/ed25519.ts'
import { MOST_ALONE, type Approval, type RemovalJob } from './contract.ts'
import type { RemovalFiles, RemovalRecord } from './files.ts'

const HOW_MANY_APPROVE = 2

/** Bytes that an approval signs: canonical JSON of the whole job. */
export const approvalMessage = (job: RemovalJob): Uint8Array => new TextEncoder().encode(encodeCanonical(job))

/** Whether an approval is of this very job, from any reviewer. */
export const fits = (job: RemovalJob, { key, signature, job: of }: Approval): boolean =>
  of === job.id &&
  verifyEd25519(Buffer.from(key, 'hex'), approvalMessage(job), new Uint8Array(Buffer.from(signature, 'hex')))

/**
 * How many people have to approve a job. What one person did alone in the last day counts with it: many small removals
 * are one large one.
 */
export async function needs(
  { files, clock }: { readonly files: RemovalFiles; readonly clock: Pick<Clock, 'now'> },
  { job, state }: RemovalRecord,
): Promise<0 | 2> {
  if (state === 'done' || state === 'undone') return 0
  const since = clock.now() - DAY_MS
  const alone = (await files.list())
    .filter(({ job: { id, letter }, state: of, ran_at: at, approved }) => {
      // One that was cut off has done part of it, at an unknown time.
      const lately = of === 'running' || (at !== null && at > since)
      return id !== job.id && letter === job.letter && lately && !approved
    })
    .reduce((sum, { did }) => sum + did.length, 0)
  return alone + job.count > MOST_ALONE ? HOW_MANY_APPROVE : 0
}

/** Names of those who have approved a job and are reviewers still; two keys of one name are one person. */
export async function approvers(files: RemovalFiles, { job, approvals }: RemovalRecord): Promise<readonly string[]> {
  const reviewers = await files.reviewers()
  const names = approvals.flatMap((approval) => {
    const reviewer = reviewers.find(({ key }) => key === approval.key)
    return reviewer !== undefined && fits(job, approval) ? [reviewer.name] : []
  })
  return [...new Set(names)].sort()
}
