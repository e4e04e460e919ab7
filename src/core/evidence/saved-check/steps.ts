import { InputError } from '../../model/errors.ts'
import type { SavedCheck } from '../../model/people/saved-check.ts'
import { checkpointSigners, isSimulatedOrigin } from '../log/checkpoint.ts'
import { encodeHex } from '../hex.ts'
import { parseLeafRecord, type LeafRecord } from '../log/leaf-record.ts'
import { hashLeaf, verifyInclusion } from '../log/merkle.ts'
import { parseSavedCheck } from './saved-check.ts'
import { digestSavedCheck, savedCheckEntry } from './digest.ts'
import type { NoteTools, VerifierKey } from '../log/signed-note.ts'
import { parseTlogProof, type TlogProof } from '../log/tlog-proof.ts'
import type { FoundFact } from '../verify/bundle-report.ts'
import { evaluatePolicy, type WitnessPolicy } from '../witness/policy.ts'

/** Steps of the verification of a saved check, in their order; `witnesses` is made where a policy is named. */
export const SAVED_CHECK_STEPS = ['form', 'digest', 'leaf', 'inclusion', 'checkpoint', 'witnesses'] as const
export type SavedCheckStep = (typeof SAVED_CHECK_STEPS)[number]

export const SAVED_CHECK_PROBLEMS = [
  'form',
  'digest-differs',
  'not-logged',
  'leaf-differs',
  'no-proof',
  'not-in-log',
  'unknown-key',
  'cosignature',
  'quorum',
] as const
export type SavedCheckProblem = (typeof SAVED_CHECK_PROBLEMS)[number]

/** `unread`: what the step needs is not there; `no-trust`: no key was named. */
export const SAVED_CHECK_NOTES = ['unread', 'no-trust', 'simulated', 'no-witnesses'] as const
export type SavedCheckNote = (typeof SAVED_CHECK_NOTES)[number]

export type SavedCheckFact =
  | { readonly fact: 'digest'; readonly values: { readonly sha256: string } }
  | { readonly fact: 'leaf'; readonly values: { readonly leaf: number } }
  | FoundFact<'checkpoint' | 'trusted-by' | 'cosigned'>

/** One step. Texts in it are hostile; `at` is an instant. */
export interface CheckedSavedStep {
  readonly step: SavedCheckStep
  readonly outcome: 'ok' | 'failed' | 'not-checked'
  readonly problem?: { readonly problem: SavedCheckProblem; readonly about?: string }
  readonly notes: readonly { readonly note: SavedCheckNote; readonly about?: string }[]
  readonly facts: readonly SavedCheckFact[]
}

export interface SavedCheckReport {
  readonly steps: readonly CheckedSavedStep[]
  /** No step failed. Steps that were not checked say so. */
  readonly sound: boolean
  /** Digest of what the file holds; absent where it could not be read. */
  readonly sha256?: string
  /** Name and size of the log and number of the entry that the proof leads to, where it does. */
  readonly logged?: { readonly origin: string; readonly size: number; readonly leafIndex: number }
}

export interface SavedCheckTools extends NoteTools {
  /** Keys of the log that the reader got elsewhere than from the file. */
  readonly trusted: readonly VerifierKey[]
  /** The reader's own policy of witnesses. */
  readonly policy?: WitnessPolicy
}

const ENCODER = new TextEncoder()
type Found = Omit<CheckedSavedStep, 'step' | 'notes' | 'facts'> & Partial<Pick<CheckedSavedStep, 'notes' | 'facts'>>

const failed = (problem: SavedCheckProblem, about?: string): Found => ({
  outcome: 'failed',
  problem: about === undefined ? { problem } : { problem, about },
})
const UNREAD: Found = { outcome: 'not-checked', notes: [{ note: 'unread' }] }

/** Verifies the bytes of a saved check by every step, also after one that failed. Never throws for what is in it. */
export function verifySavedCheck(bytes: Uint8Array, tools: SavedCheckTools): SavedCheckReport {
  const saved = attempt(() => parseSavedCheck(bytes))
  if (saved instanceof InputError) {
    const about = saved.path === '' ? saved.expected : `${saved.path}: ${saved.expected}`
    const rest = stepsOf(tools)
      .slice(1)
      .map((step) => whole(step, UNREAD))
    return { steps: [whole('form', failed('form', about)), ...rest], sound: false }
  }
  const sha256 = digestSavedCheck(saved, tools)
  const { logged } = saved
  const proof = logged?.proof === undefined ? undefined : attempt(() => parseTlogProof(ENCODER.encode(logged.proof)))
  const read = proof instanceof InputError ? undefined : proof
  const inclusion = checkInclusion(logged, proof, tools)
  const found: Readonly<Record<SavedCheckStep, () => Found>> = {
    form: () => ({ outcome: 'ok' }),
    digest: () => checkDigest(logged, sha256),
    leaf: () => checkLeaf(logged, tools),
    inclusion: () => inclusion,
    checkpoint: () => checkCheckpoint(read, tools),
    witnesses: () => checkWitnesses(read, tools),
  }
  const steps = stepsOf(tools).map((step) => whole(step, found[step]()))
  return {
    steps,
    sound: steps.every(({ outcome }) => outcome !== 'failed'),
    sha256,
    ...(read === undefined || inclusion.outcome !== 'ok'
      ? {}
      : { logged: { origin: read.checkpoint.origin, size: read.checkpoint.size, leafIndex: read.index } }),
  }
}

const stepsOf = ({ policy }: SavedCheckTools): readonly SavedCheckStep[] =>
  SAVED_CHECK_STEPS.filter((step) => step !== 'witnesses' || policy !== undefined)

const whole = (step: SavedCheckStep, found: Found): CheckedSavedStep => ({ step, notes: [], facts: [], ...found })

function attempt<T>(read: () => T): T | InputError {
  try {
    return read()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
}

type Logged = SavedCheck['logged']

/** The entry has one text for a digest: any other one is of another check, or of none. */
function checkDigest(logged: Logged, sha256: ReturnType<typeof digestSavedCheck>): Found {
  if (logged === undefined) return { ...UNREAD, facts: [{ fact: 'digest', values: { sha256 } }] }
  if (logged.entry !== savedCheckEntry(sha256)) return failed('digest-differs')
  return { outcome: 'ok', facts: [{ fact: 'digest', values: { sha256 } }] }
}

function checkLeaf(logged: Logged, { digest }: SavedCheckTools): Found {
  if (logged === undefined) return failed('not-logged')
  const entry = ENCODER.encode(logged.entry)
  const record = attempt((): LeafRecord => parseLeafRecord(ENCODER.encode(logged.leaf)))
  const fits =
    !(record instanceof InputError) &&
    record.kind === 'saved-check' &&
    record.size === entry.length &&
    record.public === encodeHex(digest(entry))
  return fits ? { outcome: 'ok' } : failed('leaf-differs')
}

function checkInclusion(logged: Logged, proof: TlogProof | InputError | undefined, tools: SavedCheckTools): Found {
  if (logged === undefined) return UNREAD
  if (proof === undefined) return failed('no-proof', String(logged.leaf_index))
  if (proof instanceof InputError || proof.index !== logged.leaf_index) return failed('not-in-log')
  const claim = {
    index: BigInt(proof.index),
    size: BigInt(proof.checkpoint.size),
    leaf: hashLeaf(ENCODER.encode(logged.leaf), tools.digest),
    path: proof.path,
    root: proof.checkpoint.root,
  }
  if (!verifyInclusion(claim, tools.digest)) return failed('not-in-log')
  return { outcome: 'ok', facts: [{ fact: 'leaf', values: { leaf: proof.index } }] }
}

/**
 * The file holds no key: the author of a false one can sign it with their own key, so that only a key from elsewhere
 * says anything.
 */
function checkCheckpoint(proof: TlogProof | undefined, { trusted, verify }: SavedCheckTools): Found {
  if (proof === undefined) return UNREAD
  const { checkpoint } = proof
  const facts: CheckedSavedStep['facts'] = [
    { fact: 'checkpoint', values: { origin: checkpoint.origin, size: checkpoint.size } },
  ]
  const simulated: CheckedSavedStep['notes'] = isSimulatedOrigin(checkpoint.origin) ? [{ note: 'simulated' }] : []
  const named = checkpoint.note.signatures
    .filter(({ name }) => name === checkpoint.origin)
    .map(({ name, id }) => `${name}+${id}`)
    .join(', ')
  if (trusted.length === 0)
    return { outcome: 'not-checked', facts, notes: [{ note: 'no-trust', about: named }, ...simulated] }
  const signers = checkpointSigners(checkpoint, trusted, verify)
  if (signers.length === 0) return { ...failed('unknown-key', named), facts, notes: simulated }
  const by = signers.map(({ name, id }) => ({ fact: 'trusted-by', values: { name, id } }) as const)
  return { outcome: 'ok', facts: [...facts, ...by], notes: simulated }
}

function checkWitnesses(proof: TlogProof | undefined, { policy, verify }: SavedCheckTools): Found {
  if (proof === undefined || policy === undefined) return UNREAD
  const { satisfied, quorum, cosigned, missing, bad } = evaluatePolicy(proof.checkpoint, policy, verify)
  const facts = cosigned.map(({ name, at }) => ({ fact: 'cosigned', values: { name, at } }) as const)
  if (bad.length > 0) return { ...failed('cosignature', bad.join(' ')), facts }
  if (!satisfied) return { ...failed('quorum', missing.join(' ')), facts }
  return { outcome: 'ok', facts, notes: quorum === undefined ? [{ note: 'no-witnesses' }] : [] }
}
