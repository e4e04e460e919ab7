import { join } from 'node:path'
import { encodeBase64 } from '../../../core/evidence/base64.ts'
import { parseCount, sameBytes } from '../../../core/evidence/log/merkle.ts'
import type { NoteSignature } from '../../../core/evidence/log/signed-note.ts'
import {
  addCosignatures,
  checkCosignature,
  MOST_ANSWER_BYTES,
  parseSignatureLines,
  withoutCosignatures,
} from '../../../core/evidence/witness/cosignature.ts'
import {
  evaluatePolicy,
  parsePolicy,
  withQuorum,
  type PolicyOutcome,
  type PolicyWitness,
  type WitnessPolicy,
} from '../../../core/evidence/witness/policy.ts'
import { parseCheckpoint } from '../../../core/evidence/log/checkpoint.ts'
import { MINUTE_MS } from '../../../core/model/duration.ts'
import { InputError, orUndefined } from '../../../core/model/errors.ts'
import { instant, millis, type Instant } from '../../../core/model/units.ts'
import type { Clock } from '../../../runtime/clock.ts'
import { REAL_DISK, type Disk } from '../../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../../runtime/files/durable-file.ts'
import { sha256, verifyEd25519 } from '../../../runtime/ed25519.ts'
import {
  readOutsideAddress,
  type Answered,
  type OutsideAddress,
  type OutsidePost,
} from '../../../runtime/post/outside-post.ts'
import type { PublishedCheckpoint, TransparencyLog } from '../contract.ts'
import { afterFailure, isTime, openOutsideState, type AskedState, type OutsideState } from './outside-state.ts'

/** A witness is asked for a new checkpoint this long after the last one at the earliest. */
export const WITNESS_EVERY_MS = MINUTE_MS
const ANSWER_LIMIT = millis(30_000)
const SIZE_TYPE = 'text/x.tlog.size'

export interface WitnessParts {
  /** Folder of the log, which holds `policy.txt`. */
  readonly folder: string
  readonly log: Pick<TransparencyLog, 'latest' | 'consistency' | 'publishCosigned'>
  readonly policy: WitnessPolicy
  readonly post: (address: OutsideAddress, what: OutsidePost) => Promise<Answered>
  readonly clock: Clock
  readonly disk?: Disk
}

export type WitnessResult =
  | { readonly witness: string; readonly kind: 'cosigned'; readonly size: number; readonly at: Instant }
  | { readonly witness: string; readonly kind: 'failed'; readonly problem: WitnessProblem; readonly why: string }
  | { readonly witness: string; readonly kind: 'not-due' }

/** What can be wrong with asking a witness. */
export const WITNESS_PROBLEMS = [
  'unreachable', // no answer in time
  'address', // its address in the policy leads nowhere that is allowed
  'stranger', // it does not know this log (404)
  'key', // it does not accept the signature of this log (403)
  'conflict', // it holds a tree of the same size with another root, or refuses the proof (422)
  'ahead', // it has cosigned a larger tree of this log than this one
  'answer', // any other status, or an answer that does not read
  'signature', // its answer holds no good cosignature of its key
] as const
export type WitnessProblem = (typeof WITNESS_PROBLEMS)[number]

const paths = (folder: string) =>
  ({
    policy: join(folder, 'policy.txt'),
    folder: join(folder, 'witnesses'),
    state: join(folder, 'witnesses', 'state.json'),
    cosigned: join(folder, 'witnesses', 'cosigned'),
  }) as const

/**
 * The policy of a log, and its bytes, with the quorum that a policy without one gets (`withQuorum`); undefined where it
 * has none. Throws InputError for one that does not read.
 */
export async function loadPolicy(
  folder: string,
  disk: Disk = REAL_DISK,
): Promise<{ readonly policy: WitnessPolicy; readonly bytes: Uint8Array } | undefined> {
  const read = await readWhole(paths(folder).policy, disk)
  if (read === undefined) return undefined
  // One character a byte: what is no UTF-8 stays it, and is refused.
  const bytes = Buffer.from(withQuorum(read.toString('latin1')), 'latin1')
  return { policy: parsePolicy(bytes, sha256), bytes }
}

/** File of the last checkpoint that satisfied the policy. */
export const cosignedFile = (folder: string): string => paths(folder).cosigned

/** The last checkpoint that satisfied the policy when it was cosigned; undefined where there is none. */
export async function readCosigned(folder: string, disk: Disk = REAL_DISK): Promise<PublishedCheckpoint | undefined> {
  const bytes = await readWhole(paths(folder).cosigned, disk)
  return bytes === undefined ? undefined : { ...parseCheckpoint(bytes), bytes: new Uint8Array(bytes) }
}

/**
 * The checkpoint to give away: the last one that satisfied the policy where its tree has at least so many leaves, since
 * a log that grows serves a newer one before its witnesses have seen it; else the newest. Undefined before the first.
 */
export async function checkpointToGive(
  folder: string,
  { log, least }: { readonly log: Pick<TransparencyLog, 'latest'>; readonly least: number },
): Promise<PublishedCheckpoint | undefined> {
  const [cosigned, latest] = [await readCosigned(folder), await log.latest()]
  const fits = cosigned !== undefined && latest?.origin === cosigned.origin && cosigned.size <= latest.size
  return fits && cosigned.size >= least ? cosigned : latest
}

/** What is remembered of each witness, by its name in the policy. */
export const openWitnessState = (folder: string, disk: Disk = REAL_DISK): Promise<OutsideState> =>
  openOutsideState(paths(folder).state, disk)

export interface WitnessRound {
  readonly results: readonly WitnessResult[]
  /**
   * The newest checkpoint with what was cosigned, and what the policy says of it; absent before the first checkpoint.
   */
  readonly checkpoint?: PublishedCheckpoint
  readonly outcome?: PolicyOutcome
}

/**
 * Has the newest checkpoint cosigned by every witness of the policy that has an address and is due; `now` asks each
 * that has not cosigned this checkpoint. Good cosignatures are added to the checkpoint that is served, and kept. Never
 * rejects for what a witness does. https://c2sp.org/tlog-witness
 */
export async function askWitnesses(
  parts: WitnessParts,
  { now = false, signal }: { readonly now?: boolean; readonly signal: AbortSignal },
): Promise<WitnessRound> {
  const { folder, log, policy, clock, disk = REAL_DISK } = parts
  const latest = await log.latest()
  if (latest === undefined) return { results: [] }
  const state = await openWitnessState(folder, disk)
  const isDue = ({ name }: PolicyWitness): boolean => {
    const known = state.get(name)
    return known.size !== latest.size && (now || isTime(known, clock.now()))
  }
  const asked = policy.witnesses.filter(({ url }) => url !== undefined)
  const due = asked.filter(isDue)
  const answers = await Promise.all(due.map((witness) => askWitness(witness, { latest, state, parts, signal })))
  const lines = answers.flatMap(({ line }) => (line === undefined ? [] : [line]))
  const bytes = lines.length === 0 ? latest.bytes : addCosignatures(latest.bytes, lines)
  const checkpoint = { ...parseCheckpoint(bytes), bytes }
  const outcome = evaluatePolicy(checkpoint, policy, verifyEd25519)
  // Also without a new line: the operator has asked for less since, or a crash came between serving and keeping.
  if (lines.length > 0 || (outcome.quorum !== undefined && outcome.satisfied && !(await isKept(latest, parts))))
    await keep(checkpoint, outcome, parts)
  if (lines.length > 0) await publish(checkpoint, log)
  if (due.length > 0) await state.save()
  const results = asked.map(
    ({ name }): WitnessResult =>
      answers.find(({ result }) => result.witness === name)?.result ?? { witness: name, kind: 'not-due' },
  )
  return { results, checkpoint, outcome }
}

/** Whether the checkpoint that is kept is of this tree; one that does not read is none. */
async function isKept(
  { size, root }: PublishedCheckpoint,
  { folder, disk = REAL_DISK }: WitnessParts,
): Promise<boolean> {
  try {
    const kept = await readCosigned(folder, disk)
    return kept?.size === size && sameBytes(kept.root, root)
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

/** Keeps a checkpoint that satisfies the policy before it is shown to anyone. */
async function keep(
  { bytes }: PublishedCheckpoint,
  outcome: PolicyOutcome,
  { folder, disk = REAL_DISK }: WitnessParts,
): Promise<void> {
  await disk.makeFolder(paths(folder).folder)
  if (outcome.satisfied) await writeDurable(paths(folder).cosigned, bytes, disk)
}

/** Serves the cosignatures, unless the log has grown meanwhile: then the next round asks for the newer one. */
async function publish(checkpoint: PublishedCheckpoint, log: WitnessParts['log']): Promise<void> {
  try {
    await log.publishCosigned(checkpoint.bytes)
  } catch (error) {
    if ((await log.latest())?.size === checkpoint.size) throw error
  }
}

interface Asking {
  readonly latest: PublishedCheckpoint
  readonly state: OutsideState
  readonly parts: WitnessParts
  readonly signal: AbortSignal
}

interface Asked {
  readonly result: WitnessResult
  readonly line?: NoteSignature
}

async function askWitness(witness: PolicyWitness, asking: Asking): Promise<Asked> {
  const { state, parts, signal, latest } = asking
  const { name } = witness
  const known = state.get(name)
  const answer = await exchange(witness, known.size, asking)
  const at = parts.clock.now()
  if (answer.kind === 'failed') {
    const { problem, why } = answer
    if (!signal.aborted) state.set(name, afterFailure(known, at, { problem, why }))
    return { result: { witness: name, kind: 'failed', problem, why } }
  }
  const next = { next: instant(at + WITNESS_EVERY_MS) }
  const kept: AskedState = { size: latest.size, at, theirs: answer.at, failures: 0, ...next }
  state.set(name, kept)
  return { result: { witness: name, kind: 'cosigned', size: latest.size, at: answer.at }, line: answer.line }
}

type Exchanged =
  | { readonly kind: 'cosigned'; readonly line: NoteSignature; readonly at: Instant }
  | { readonly kind: 'failed'; readonly problem: WitnessProblem; readonly why: string }

/** Asks from the size that the witness is thought to have; where it says another one, again from that. */
async function exchange(witness: PolicyWitness, from: number, asking: Asking): Promise<Exchanged> {
  const { latest } = asking
  const failed = (problem: WitnessProblem, why: string): Exchanged => ({ kind: 'failed', problem, why })
  const address = addressOf(witness)
  if (address === undefined) return failed('address', 'the address in the policy is not one that may be asked')
  let old = from <= latest.size ? from : 0
  for (let round = 0; ; round++) {
    const answer = await sendCheckpoint(address, old, asking)
    if (answer.kind === 'failed') return failed('unreachable', answer.why)
    const { status, body } = answer
    if (status === 200) return readCosignature(body, { witness, text: latest.note.text })
    if (status === 404) return failed('stranger', 'it does not know this log')
    if (status === 403) return failed('key', 'it does not accept the signature of this log')
    if (status === 422) return failed('conflict', 'it does not accept that this tree goes on from the one it has seen')
    const size = status === 409 && answer.type === SIZE_TYPE ? sizeOf(body) : undefined
    if (size === undefined) return failed('answer', `status ${status}`)
    if (size > latest.size) return failed('ahead', `it has cosigned a tree of ${size}, this one has ${latest.size}`)
    if (round > 0) return failed('answer', 'it says another size each time')
    old = size
  }
}

const addressOf = ({ url }: PolicyWitness): OutsideAddress | undefined =>
  orUndefined(() => readOutsideAddress(`${url ?? ''}/add-checkpoint`, false))

async function sendCheckpoint(
  address: OutsideAddress,
  old: number,
  { latest, parts, signal }: Asking,
): Promise<Answered> {
  const proof = old === 0 || old === latest.size ? [] : await parts.log.consistency(old, latest.size)
  const head = [`old ${old}`, ...proof.map(encodeBase64), '', ''].join('\n')
  const body = new Uint8Array(Buffer.concat([Buffer.from(head), withoutCosignatures(latest.bytes)]))
  return parts.post(address, { body, type: 'text/plain', mostBytes: MOST_ANSWER_BYTES, limit: ANSWER_LIMIT, signal })
}

const sizeOf = (body: Uint8Array): number | undefined =>
  orUndefined(() => parseCount(Buffer.from(body).toString('latin1').replace(/\n$/, ''), 'size'))

function readCosignature(
  body: Uint8Array,
  { witness, text }: { readonly witness: PolicyWitness; readonly text: string },
): Exchanged {
  let lines: readonly NoteSignature[]
  try {
    lines = parseSignatureLines(body)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { kind: 'failed', problem: 'answer', why: error.message }
  }
  for (const line of lines) {
    const found = checkCosignature(text, line, { key: witness.key, verify: verifyEd25519 })
    if (found.kind === 'good') return { kind: 'cosigned', line, at: found.at }
  }
  return { kind: 'failed', problem: 'signature', why: 'its answer holds no good cosignature of its key' }
}
