import { webcrypto } from 'node:crypto'
import { checkpointSigners, parseCheckpoint, type Checkpoint } from '../../../core/evidence/log/checkpoint.ts'
import { verifyConsistency } from '../../../core/evidence/log/merkle.ts'
import { verifyReply } from '../../../core/evidence/time-stamp/verify-reply.ts'
import { evaluatePolicy } from '../../../core/evidence/witness/policy.ts'
import { orUndefined, settledOrUndefined } from '../../../core/model/errors.ts'
import type { Instant } from '../../../core/model/units.ts'
import { sha256, verifyEd25519 } from '../../../runtime/ed25519.ts'
import type { TransparencyLog } from '../contract.ts'
import { loadAuthorities } from './authorities.ts'
import { listStamps, readStamped, type StampedCheckpoint } from './stamp-files.ts'
import { loadPolicy, readCosigned } from './witnesses.ts'

type OwnLog = Pick<TransparencyLog, 'origin' | 'keys' | 'latest' | 'consistency'>

/** What other parties have vouched for in a log. */
export interface Vouched {
  /** Leaves that are both under a cosigned checkpoint and under a stamped one. */
  readonly size: number
  /** When an authority saw the largest tree that was stamped. */
  readonly stampedAt: Instant
}

/**
 * What witnesses of the policy have cosigned and an authority has stamped, each signature verified, of trees with which
 * the present one begins; undefined where one of the two is missing. A policy without a quorum asks for nothing.
 */
export async function vouchedFor(
  folder: string,
  { log, signal }: { readonly log: OwnLog; readonly signal: AbortSignal },
): Promise<Vouched | undefined> {
  const cosigned = await cosignedSize(folder, log)
  if (cosigned === 0) return undefined
  const authorities = await loadAuthorities(folder)
  for (const listed of (await listStamps(folder)).toReversed()) {
    signal.throwIfAborted()
    const stamped = await readStamped(folder, listed)
    const head = stamped && orUndefined(() => parseCheckpoint(stamped.checkpoint))
    if (stamped === undefined || head?.size !== listed.size || !(await isOurs(head, log))) continue
    const stampedAt = await stampedTime(stamped, authorities)
    if (stampedAt !== undefined) return { size: Math.min(cosigned, listed.size), stampedAt }
  }
  return undefined
}

async function cosignedSize(folder: string, log: OwnLog): Promise<number> {
  const policy = (await loadPolicy(folder))?.policy
  if (policy?.quorum === undefined) return 0
  const cosigned = await settledOrUndefined(readCosigned(folder))
  if (cosigned === undefined || !evaluatePolicy(cosigned, policy, verifyEd25519).satisfied) return 0
  return (await isOurs(cosigned, log)) ? cosigned.size : 0
}

/** Whether a checkpoint is signed by this log, and the present tree begins with its tree. */
async function isOurs(head: Checkpoint, log: OwnLog): Promise<boolean> {
  const keys = log.keys.map(({ key }) => key)
  if (head.origin !== log.origin || checkpointSigners(head, keys, verifyEd25519).length === 0) return false
  const latest = await log.latest()
  if (latest === undefined || head.size === 0 || head.size > latest.size) return false
  const path = head.size === latest.size ? [] : await log.consistency(head.size, latest.size)
  const sizes = { olderSize: BigInt(head.size), newerSize: BigInt(latest.size) }
  return verifyConsistency({ ...sizes, olderRoot: head.root, newerRoot: latest.root, path }, sha256)
}

/** The latest time of the stamps that verify; undefined where none does. */
async function stampedTime(
  { checkpoint, stamps }: StampedCheckpoint,
  authorities: Awaited<ReturnType<typeof loadAuthorities>>,
): Promise<Instant | undefined> {
  let last: Instant | undefined
  for (const { authority, query, reply } of stamps) {
    const chainPem = authorities.find(({ name }) => name === authority)?.chainPem
    if (chainPem === undefined) continue
    const claim = { reply, query, sha256: sha256(checkpoint), chainPem }
    const stamp = await verifyReply(claim, { subtle: webcrypto.subtle })
    if (stamp.ok && (last === undefined || stamp.genTime > last)) last = stamp.genTime
  }
  return last
}
