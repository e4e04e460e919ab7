import { defined } from '../../model/defined.ts'
import { MINUTE_MS } from '../../model/duration.ts'
import { InputError } from '../../model/errors.ts'
import type { Instant, Sha256 } from '../../model/units.ts'
import { MANIFEST, MANIFEST_KEY, MANIFEST_NOTE, parseManifest, type ListedFile } from './manifest.ts'
import { parseCopyStatement, type CopyStatement } from './note.ts'
import { encodeHex } from '../hex.ts'
import { takeNote } from '../log/note-place.ts'
import {
  checkNote,
  parseNote,
  parseVerifierKey,
  type NoteTools,
  type SignedNote,
  type VerifierKey,
} from '../log/signed-note.ts'

/** Steps of the verification of a copy, in their order; of one file, `list` is its content and `files` and `others` are none. */
export const COPY_STEPS = ['note', 'signature', 'key', 'list', 'files', 'others', 'age'] as const
export type CopyStep = (typeof COPY_STEPS)[number]

/** Everything that can be wrong with a copy. */
export const COPY_PROBLEMS = [
  'no-note',
  'note-form',
  'bad-signature',
  'no-signature',
  'unknown-key',
  'no-trust',
  'no-list',
  'list-form',
  'list-changed',
  'missing',
  'changed',
  'too-large',
  'extra',
  'no-file',
  'future',
] as const
export type CopyProblem = (typeof COPY_PROBLEMS)[number]

export interface FoundCopyProblem {
  readonly problem: CopyProblem
  /** A path, a key, a line: what it is about. Hostile text, to be made printable. */
  readonly about?: string
}

export interface CheckedCopyStep {
  readonly step: CopyStep
  readonly outcome: 'ok' | 'failed' | 'not-checked'
  readonly problems: readonly FoundCopyProblem[]
}

export interface CheckedCopy {
  readonly steps: readonly CheckedCopyStep[]
  /** What is signed, where it could be read; true only as far as the steps say. */
  readonly statement?: CopyStatement
  /** Keys whose signature fits. */
  readonly signedBy: readonly VerifierKey[]
}

export interface VerifyTools extends NoteTools {
  readonly trusted: readonly VerifierKey[]
  readonly now: Instant
}

/**
 * What a folder contains: each file with its digest, `undefined` for one too large to be of a copy, and everything that
 * is not a file.
 */
export interface FoundCopy {
  readonly note: Uint8Array | undefined
  readonly list: Uint8Array | undefined
  readonly key: Uint8Array | undefined
  readonly files: ReadonlyMap<string, Sha256 | undefined>
  readonly others: readonly string[]
}

const ok = (step: CopyStep): CheckedCopyStep => ({ step, outcome: 'ok', problems: [] })
const notChecked = (step: CopyStep, ...problems: readonly FoundCopyProblem[]): CheckedCopyStep => ({
  step,
  outcome: 'not-checked',
  problems,
})
const judged = (step: CopyStep, problems: readonly FoundCopyProblem[]): CheckedCopyStep =>
  problems.length === 0 ? ok(step) : { step, outcome: 'failed', problems }

/** The same, or undefined where the input was wrong. */
function orRefused<T>(read: () => T): T | { readonly refused: string } {
  try {
    return read()
  } catch (error) {
    if (error instanceof InputError) return { refused: error.path }
    throw error
  }
}
const isRefused = (value: object): value is { readonly refused: string } => 'refused' in value

/** Every byte of a list as it stands: a mark before its first line is none of ours, and `sha256sum` stumbles over it. */
const textOf = (list: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(list)

/**
 * The lines of a list with the paths they name; undefined if it is not a list. For the caller that has to hash the
 * files.
 */
export function listedIn(list: Uint8Array | undefined): readonly ListedFile[] | undefined {
  if (list === undefined) return undefined
  const files = orRefused(() => parseManifest(textOf(list)))
  return isRefused(files) ? undefined : files
}

/** Verifies a folder. Gives every step, also after one that failed. */
export function verifyFolder(found: FoundCopy, tools: VerifyTools): CheckedCopy {
  const { steps, statement, signedBy } = verifyNote(found.note, { kind: 'folder', key: found.key }, tools)
  return {
    steps: [...steps, listStep(found.list, statement, tools), ...fileSteps(found), ageStep(statement, tools.now)],
    ...defined({ statement }),
    signedBy,
  }
}

/** Verifies one file that carries its note. */
export function verifyOneFile(bytes: Uint8Array, tools: VerifyTools): CheckedCopy {
  const taken = orRefused(() => takeNote(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)))
  const note = isRefused(taken) ? undefined : new TextEncoder().encode(taken.note)
  const { steps, statement, signedBy } = verifyNote(note, { kind: 'file', key: undefined }, tools)
  const content = (): CheckedCopyStep => {
    if (statement === undefined || isRefused(taken)) return notChecked('list')
    const signed = new TextEncoder().encode(taken.signed)
    const same = encodeHex(tools.digest(signed)) === statement.sha256 && signed.length === statement.bytes
    return judged('list', same ? [] : [{ problem: 'list-changed' }])
  }
  return {
    steps: [...steps, content(), ageStep(statement, tools.now)],
    ...defined({ statement }),
    signedBy,
  }
}

/** The first three steps: a note of the right form, a signature that fits, a key that the reader trusts. */
function verifyNote(
  bytes: Uint8Array | undefined,
  own: { readonly kind: CopyStatement['kind']; readonly key: Uint8Array | undefined },
  tools: VerifyTools,
): CheckedCopy {
  const blind = (problem: FoundCopyProblem): CheckedCopy => ({
    steps: [judged('note', [problem]), notChecked('signature'), notChecked('key')],
    signedBy: [],
  })
  if (bytes === undefined) return blind({ problem: 'no-note' })
  const note = orRefused(() => parseNote(bytes))
  if (isRefused(note)) return blind({ problem: 'note-form', about: note.refused })
  const statement = orRefused(() => parseCopyStatement(note.text))
  const fits = !isRefused(statement) && statement.kind === own.kind
  const signature = signatureSteps(note, ownKey(own.key, tools), tools)
  return {
    ...signature,
    steps: [judged('note', fits ? [] : [{ problem: 'note-form' }]), ...signature.steps],
    ...(fits ? { statement } : {}),
  }
}

/** The key that the copy itself names: with it a signature can be checked, which does not make the key trusted. */
function ownKey(line: Uint8Array | undefined, tools: NoteTools): readonly VerifierKey[] {
  if (line === undefined || line.length > 1000) return []
  const key = orRefused(() => parseVerifierKey(new TextDecoder().decode(line).trimEnd(), tools.digest))
  return isRefused(key) ? [] : [key]
}

function signatureSteps(note: SignedNote, own: readonly VerifierKey[], tools: VerifyTools): CheckedCopy {
  const { trusted, verify } = tools
  const named = note.signatures.map(({ name, id }) => `${name}+${id}`).join(' ')
  const { good, bad } = checkNote(note, [...trusted, ...own], verify)
  const known = good.some((key) => trusted.includes(key))
  // The copy's own key may be a trusted one too: it is named once.
  const problems = [...new Set(bad.map(({ name, id }) => `${name}+${id}`))].map((about): FoundCopyProblem => ({
    problem: 'bad-signature',
    about,
  }))
  const signature =
    good.length === 0 && bad.length === 0
      ? notChecked('signature', { problem: 'no-signature', about: named })
      : judged('signature', problems)
  const key =
    trusted.length === 0
      ? notChecked('key', { problem: 'no-trust', about: named })
      : judged('key', known ? [] : [{ problem: 'unknown-key', about: named }])
  return { steps: [signature, key], signedBy: good }
}

function listStep(
  list: Uint8Array | undefined,
  statement: CopyStatement | undefined,
  { digest }: NoteTools,
): CheckedCopyStep {
  if (list === undefined) return judged('list', [{ problem: 'no-list' }])
  const files = orRefused(() => parseManifest(textOf(list)))
  if (isRefused(files)) return judged('list', [{ problem: 'list-form', about: files.refused }])
  if (statement === undefined) return notChecked('list')
  const same = encodeHex(digest(list)) === statement.sha256 && files.length === statement.files
  return judged('list', same ? [] : [{ problem: 'list-changed' }])
}

function fileSteps({ list, files, others }: FoundCopy): readonly CheckedCopyStep[] {
  const listed = listedIn(list)
  if (listed === undefined) return [notChecked('files'), notChecked('others')]
  const problems: FoundCopyProblem[] = []
  for (const { path, sha256 } of listed) {
    const found = files.get(path)
    if (found === sha256) continue
    if (!files.has(path)) problems.push({ problem: 'missing', about: path })
    else problems.push({ problem: found === undefined ? 'too-large' : 'changed', about: path })
  }
  const known = new Set([...listed.map(({ path }) => path), MANIFEST, MANIFEST_NOTE, MANIFEST_KEY])
  const extra = [...files.keys()].filter((path) => !known.has(path))
  return [
    judged('files', problems),
    judged('others', [
      ...extra.map((about): FoundCopyProblem => ({ problem: 'extra', about })),
      ...others.map((about): FoundCopyProblem => ({ problem: 'no-file', about })),
    ]),
  ]
}

/** A copy may be old, and says so; one from the future has a false clock behind it, or a false hand. */
const CLOCK_SKEW_MS = 10 * MINUTE_MS
const ageStep = (statement: CopyStatement | undefined, now: Instant): CheckedCopyStep =>
  statement === undefined
    ? notChecked('age')
    : judged('age', statement.madeAt > now + CLOCK_SKEW_MS ? [{ problem: 'future' }] : [])
