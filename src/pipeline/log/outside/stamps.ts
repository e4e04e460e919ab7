import { webcrypto } from 'node:crypto'
import { parseCheckpoint } from '../../../core/evidence/log/checkpoint.ts'
import { encodeQuery } from '../../../core/evidence/time-stamp/time-query.ts'
import { MOST_REPLY_BYTES } from '../../../core/evidence/time-stamp/time-reply.ts'
import { verifyReply, type GoodStamp } from '../../../core/evidence/time-stamp/verify-reply.ts'
import type { CustodyDraft } from '../../../core/evidence/custody/custody-event.ts'
import { defined } from '../../../core/model/defined.ts'
import { HOUR_MS } from '../../../core/model/duration.ts'
import { Fault } from '../../../core/model/errors.ts'
import { instant, millis, type Instant } from '../../../core/model/units.ts'
import type { Clock } from '../../../runtime/clock.ts'
import { REAL_DISK, type Disk } from '../../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../../runtime/files/durable-file.ts'
import { sha256 } from '../../../runtime/ed25519.ts'
import type { Answered, OutsideAddress, OutsidePost } from '../../../runtime/post/outside-post.ts'
import type { CustodyBook } from '../../custody/custody-book.ts'
import type { TransparencyLog } from '../contract.ts'
import type { Authority } from './authorities.ts'
import { afterFailure, isTime, openOutsideState, type OutsideState } from './outside-state.ts'
import { listStamps, readStamped, stampPaths } from './stamp-files.ts'

/** How often an authority is asked, where the log has grown. */
export const STAMP_EVERY_MS = HOUR_MS
const ANSWER_LIMIT = millis(30_000)
const NONCE_BYTES = 8

export interface StampParts {
  /** Folder of the log, which holds `stamps/`. */
  readonly folder: string
  readonly log: Pick<TransparencyLog, 'latest'>
  readonly authorities: readonly Authority[]
  readonly post: (address: OutsideAddress, what: OutsidePost) => Promise<Answered>
  readonly clock: Clock
  /** Random bytes. */
  readonly random: (bytes: number) => Uint8Array
  /** Where it is recorded that a stamp was kept; absent: only next to the log. */
  readonly custody?: Pick<CustodyBook, 'record' | 'events'>
  readonly disk?: Disk
}

/** What came of asking one authority. */
export type StampResult =
  | { readonly authority: string; readonly kind: 'kept'; readonly size: number; readonly stamp: GoodStamp }
  | { readonly authority: string; readonly kind: 'failed'; readonly problem: string; readonly why: string }
  | { readonly authority: string; readonly kind: 'not-due' }

/**
 * Has the newest checkpoint stamped by every authority that is due: an hour after its last stamp where the log has
 * grown since, later where it failed. `now` asks each that has not stamped this checkpoint. A reply is verified before
 * it is kept, and kept durably before anyone hears of it. Never rejects for what an authority does.
 */
export async function stampCheckpoint(
  parts: StampParts,
  { now = false, signal }: { readonly now?: boolean; readonly signal: AbortSignal },
): Promise<readonly StampResult[]> {
  const { folder, log, authorities, disk = REAL_DISK } = parts
  const latest = await log.latest()
  if (latest === undefined || authorities.length === 0) return []
  const state = await openStampState(folder, disk)
  await recordInterrupted(parts, state)
  const due = authorities.filter(({ name }) => isDue(name, state, { size: latest.size, at: parts.clock.now(), now }))
  if (due.length === 0) return authorities.map(({ name }) => ({ authority: name, kind: 'not-due' }))
  const checkpoint = await fixCheckpoint(folder, latest, disk)
  const results: StampResult[] = []
  for (const authority of authorities) {
    if (!due.includes(authority) || signal.aborted) results.push({ authority: authority.name, kind: 'not-due' })
    else {
      results.push(await askAuthority(authority, { checkpoint, size: latest.size, state }, { parts, signal }))
      await state.save()
    }
  }
  return results
}

/** Records stamps that a crash left on the disk without their event. */
async function recordInterrupted(
  { folder, custody, disk = REAL_DISK }: StampParts,
  state: OutsideState,
): Promise<void> {
  const found = (await listStamps(folder, disk)).flatMap(({ size, authorities }) =>
    authorities.filter((name) => size > state.get(name).size).map((name) => ({ size, name })),
  )
  if (found.length === 0) return
  const recorded = new Set<unknown>()
  for await (const { event } of custody?.events() ?? [])
    if (event.type === 'timestamped') recorded.add(event.detail['reply_sha256'])
  for (const { size, name } of found) {
    const kept = await readStamped(folder, { size, authorities: [name] }, disk)
    const reply = kept?.stamps[0]?.reply
    if (kept === undefined || reply === undefined) continue
    if (!recorded.has(hex(sha256(reply)))) await custody?.record(stampedEvent(name, { ...kept, reply }))
    state.set(name, { ...state.get(name), size })
  }
  await state.save()
}

/** What is remembered of each authority. */
export const openStampState = (folder: string, disk: Disk = REAL_DISK): Promise<OutsideState> =>
  openOutsideState(stampPaths(folder).state, disk)

function isDue(
  name: string,
  state: OutsideState,
  { size, at, now }: { readonly size: number; readonly at: Instant; readonly now: boolean },
): boolean {
  const known = state.get(name)
  if (size <= known.size) return false
  if (now) return true
  const grown = size - known.size - state.own.filter((leaf) => leaf >= known.size && leaf < size).length
  return grown > 0 && isTime(known, at)
}

/** The bytes of which all authorities stamp this size: those that the first one was asked about. */
async function fixCheckpoint(
  folder: string,
  {
    size,
    bytes,
    note,
  }: { readonly size: number; readonly bytes: Uint8Array; readonly note: { readonly text: string } },
  disk: Disk,
): Promise<Uint8Array> {
  const path = stampPaths(folder).checkpoint(size)
  await disk.makeFolder(stampPaths(folder).folder)
  await disk.syncFolder(folder)
  const kept = await readWhole(path, disk)
  if (kept === undefined) {
    await writeDurable(path, bytes, disk)
    return bytes
  }
  if (parseCheckpoint(kept).note.text !== note.text)
    throw new Fault(`Cannot stamp the checkpoint of size ${size}: "${path}" holds another tree of that size`)
  return kept
}

async function askAuthority(
  { name, address, chainPem, policy }: Authority,
  { checkpoint, size, state }: { readonly checkpoint: Uint8Array; readonly size: number; readonly state: OutsideState },
  { parts, signal }: { readonly parts: StampParts; readonly signal: AbortSignal },
): Promise<StampResult> {
  const { folder, clock, disk = REAL_DISK } = parts
  const digest = sha256(checkpoint)
  const nonce = parts.random(NONCE_BYTES)
  const query = encodeQuery({ sha256: digest, nonce, ...defined({ policy }) })
  const failed = (problem: string, why: string): StampResult => {
    if (!signal.aborted) state.set(name, afterFailure(state.get(name), clock.now(), { problem, why }))
    return { authority: name, kind: 'failed', problem, why }
  }
  const asked = { body: query, type: 'application/timestamp-query', mostBytes: MOST_REPLY_BYTES, limit: ANSWER_LIMIT }
  const answer = await parts.post(address, { ...asked, signal })
  if (answer.kind === 'failed') return failed('unreachable', answer.why)
  if (answer.status !== 200) return failed('answer', `status ${answer.status}`)
  const reply = answer.body
  const stamp = await verifyReply({ reply, query, sha256: digest, chainPem }, { subtle: webcrypto.subtle })
  if (!stamp.ok) return failed(stamp.problem, stamp.found ?? stamp.problem)
  const paths = stampPaths(folder)
  await writeDurable(paths.query(size, name), query, disk)
  await writeDurable(paths.reply(size, name), reply, disk)
  const at = clock.now()
  const recorded = await parts.custody?.record(stampedEvent(name, { size, checkpoint, reply }))
  const oldest = Math.min(...parts.authorities.map((one) => state.get(one.name).size))
  const own = state.own.filter((leaf) => leaf >= oldest)
  state.own = recorded === undefined ? own : [...own, recorded.leafIndex]
  state.set(name, { size, at, theirs: stamp.genTime, failures: 0, next: instant(at + STAMP_EVERY_MS) })
  return { authority: name, kind: 'kept', size, stamp }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const stampedEvent = (
  authority: string,
  { size, checkpoint, reply }: { readonly size: number; readonly checkpoint: Uint8Array; readonly reply: Uint8Array },
): CustodyDraft => ({
  type: 'timestamped',
  evidence: { kind: 'log', id: String(size) },
  actor: 'observatory',
  reason: 'time stamp of a checkpoint of the log',
  detail: { authority, checkpoint_sha256: hex(sha256(checkpoint)), reply_sha256: hex(sha256(reply)) },
})
