import { InputError } from '../../model/errors.ts'
import { instant, type Instant } from '../../model/units.ts'
import { encodeBase64 } from '../base64.ts'
import { parseCheckpoint } from '../log/checkpoint.ts'
import { parseNote, type NoteSignature, type NoteTools } from '../log/signed-note.ts'
import type { WitnessKey } from './witness-key.ts'

// Cosignatures, https://c2sp.org/tlog-cosignature: a witness says at what time a tree was the largest consistent one
// that it had seen.

const TIME_BYTES = 8
const SIGNATURE_BYTES = 64
const ENCODER = new TextEncoder()

/** Bytes that a witness signs for the text of a checkpoint; `seconds` since 1970. */
export const cosignedMessage = (text: string, seconds: number): Uint8Array =>
  ENCODER.encode(`cosignature/v1\ntime ${seconds}\n${text}`)

/** What a line says of a key: a cosignature and its time, a false one, or nothing that can be checked here. */
export type Cosigned =
  { readonly kind: 'good'; readonly at: Instant } | { readonly kind: 'false' } | { readonly kind: 'other' }

/** Checks a line against the key of a witness. `other`: it is of another key, or of one that is not checked here. */
export function checkCosignature(
  text: string,
  { name, id, signature }: NoteSignature,
  { key, verify }: { readonly key: WitnessKey; readonly verify: NoteTools['verify'] },
): Cosigned {
  if (key.name !== name || key.id !== id || key.kind !== 'ed25519') return { kind: 'other' }
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return { kind: 'false' }
  const seconds = signature.subarray(0, TIME_BYTES).reduce((sum, byte) => sum * 256 + byte, 0)
  // Dates of JavaScript end here; a time beyond it is no real one.
  if (seconds > 8.64e12) return { kind: 'false' }
  const good = verify(key.publicKey, cosignedMessage(text, seconds), signature.subarray(TIME_BYTES))
  return good ? { kind: 'good', at: instant(seconds * 1000) } : { kind: 'false' }
}

/** A signature line as it stands under a note. */
export const formatSignatureLine = ({ name, id, signature }: NoteSignature): string => {
  const head = id.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? []
  return `\u2014 ${name} ${encodeBase64(Uint8Array.from([...head, ...signature]))}\n`
}

/** An answer of a witness longer than this is refused. */
export const MOST_ANSWER_BYTES = 65_536

/** Signature lines, such as a witness answers with. Throws InputError for anything else. */
export function parseSignatureLines(bytes: Uint8Array): readonly NoteSignature[] {
  if (bytes.length > MOST_ANSWER_BYTES)
    throw new InputError(`Cannot read signature lines: found ${bytes.length} bytes`, {
      code: 'witness.answer',
      path: '',
      expected: `at most ${MOST_ANSWER_BYTES} bytes`,
    })
  return parseNote(Uint8Array.from([...ENCODER.encode('text\n\n'), ...bytes])).signatures
}

/**
 * A checkpoint with more signature lines under it: one of the same name and key takes the place of an older one, the
 * text stays byte for byte. Throws InputError where that gives no checkpoint.
 */
export function addCosignatures(checkpoint: Uint8Array, lines: readonly NoteSignature[]): Uint8Array {
  const { note } = parseCheckpoint(checkpoint)
  const keyOf = ({ name, id }: NoteSignature): string => `${id} ${name}`
  const added = new Map(lines.map((line) => [keyOf(line), line]))
  const kept = note.signatures.filter((line) => !added.has(keyOf(line)))
  return withLines(note.text, [...kept, ...added.values()])
}

/** A checkpoint with the signatures of its log alone, as a witness is sent it. Throws InputError. */
export function withoutCosignatures(checkpoint: Uint8Array): Uint8Array {
  const { origin, note } = parseCheckpoint(checkpoint)
  return withLines(
    note.text,
    note.signatures.filter(({ name }) => name === origin),
  )
}

function withLines(text: string, lines: readonly NoteSignature[]): Uint8Array {
  const bytes = ENCODER.encode(`${text}\n${lines.map(formatSignatureLine).join('')}`)
  parseCheckpoint(bytes)
  return bytes
}
