import { InputError } from '../../model/errors.ts'
import { decodeBase64, encodeBase64 } from '../base64.ts'
import { encodeHex } from '../hex.ts'

// Signed notes, https://c2sp.org/signed-note: a text with one line for each signature over it. Ed25519 alone.

/** What this module is given of cryptography. */
export interface NoteTools {
  /** SHA-256 of bytes, 32 bytes. */
  readonly digest: (bytes: Uint8Array) => Uint8Array
  /** Whether 64 bytes are the Ed25519 signature of a message by a key of 32 bytes. */
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

/** The public half of a key: `name+hash+base64`. */
export interface VerifierKey {
  readonly name: string
  /** First four bytes of SHA-256 over name and key, eight hexadecimal digits. */
  readonly id: string
  /** 32 bytes of Ed25519. */
  readonly publicKey: Uint8Array
}

/** The signer: the name and id that the line carries, and the signature. */
export interface NoteSigner {
  readonly name: string
  readonly id: string
  readonly sign: (message: Uint8Array) => Uint8Array
}

export interface NoteSignature {
  readonly name: string
  readonly id: string
  readonly signature: Uint8Array
}

export interface SignedNote {
  /** Ends with a line feed; every signature covers all of it. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

const ED25519 = 1
const MOST_BYTES = 1_000_000
/** The specification asks for at least 16; more are refused, so that a note costs a bounded number of checks. */
const MOST_SIGNATURES = 64
const ENCODER = new TextEncoder()

const refuse = (what: string, path: string, expected: string): InputError =>
  new InputError(`Cannot read ${what}: expected ${expected}`, { code: 'note.invalid', path, expected })

const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const typed = (key: Uint8Array): Uint8Array => Uint8Array.from([ED25519, ...key])

/** Whether a name is allowed in a key: not empty, no white space, no plus sign, no control character. */
export const isKeyName = (name: string): boolean =>
  name !== '' && name.isWellFormed() && !/[\s+\p{Cc}\p{White_Space}]/u.test(name)

/** Id of an Ed25519 key: first four bytes of SHA-256(name, line feed, type, key). */
export const keyId = (name: string, publicKey: Uint8Array, digest: NoteTools['digest']): string =>
  encodeHex(digest(Uint8Array.from([...ENCODER.encode(`${name}\n`), ...typed(publicKey)])).slice(0, 4))

/** A key as one line, to be published: `name+id+base64`. */
export const formatVerifierKey = ({ name, id, publicKey }: VerifierKey): string =>
  `${name}+${id}+${encodeBase64(typed(publicKey))}`

/** Reads a verifier key and checks its id. Throws InputError for any other type than Ed25519. */
export function parseVerifierKey(line: string, digest: NoteTools['digest']): VerifierKey {
  const match = /^([^+]{1,300})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,200})$/u.exec(line)
  const [name, id, data] = [match?.[1] ?? '', match?.[2] ?? '', match?.[3] ?? '']
  const bytes = decodeBase64(data)
  if (match === null || !isKeyName(name) || bytes === undefined)
    throw refuse('verifier key', '', 'a line "name+hash+base64"')
  if (bytes[0] !== ED25519 || bytes.length !== 33) throw refuse('verifier key', '', 'an Ed25519 key of 32 bytes')
  const publicKey = bytes.slice(1)
  if (keyId(name, publicKey, digest) !== id) throw refuse('verifier key', '', 'an id that fits name and key')
  return { name, id, publicKey }
}

/** The note of a text, signed once. Throws InputError for a text that no note can hold. */
export function signNote(text: string, signer: NoteSigner): string {
  checkText(text)
  const signature = signer.sign(ENCODER.encode(text))
  return `${text}\n\u2014 ${signer.name} ${encodeBase64(Uint8Array.from([...fromHex(signer.id), ...signature]))}\n`
}

function checkText(text: string): void {
  // U+0000 to U+001F but the line feed: what a terminal or a parser might take for something else.
  if (!text.endsWith('\n') || !text.isWellFormed() || /[^\P{Cc}\n\u007f-\u009f]/u.test(text))
    throw refuse('signed note', 'text', 'UTF-8 lines without control characters')
}

/** Takes a note apart without checking any signature. Throws InputError for what is no note. */
export function parseNote(bytes: Uint8Array): SignedNote {
  if (bytes.length > MOST_BYTES) throw refuse('signed note', '', `at most ${MOST_BYTES} bytes`)
  let whole: string
  try {
    whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw refuse('signed note', '', 'UTF-8')
  }
  const split = whole.lastIndexOf('\n\n')
  if (split === -1) throw refuse('signed note', '', 'a text, an empty line, signatures')
  const text = whole.slice(0, split + 1)
  checkText(text)
  const lines = whole.slice(split + 2).split('\n')
  if (lines.pop() !== '' || lines.length === 0 || lines.length > MOST_SIGNATURES)
    throw refuse('signed note', 'signatures', `one to ${MOST_SIGNATURES} lines`)
  return { text, signatures: lines.map(parseSignature) }
}

function parseSignature(line: string, index: number): NoteSignature {
  const match = /^\u2014 (\S+) ([A-Za-z0-9+/=]+)$/u.exec(line)
  const data = decodeBase64(match?.[2] ?? '')
  const name = match?.[1] ?? ''
  if (!isKeyName(name) || data === undefined || data.length < 5)
    throw refuse('signed note', `signature ${index + 1}`, 'a line "— name base64"')
  return { name, id: encodeHex(data.slice(0, 4)), signature: data.slice(4) }
}

/** Of the keys given, those whose signature stands under a note, and those whose signature is false. Unknown ones count for nothing. */
export function checkNote(
  note: SignedNote,
  keys: readonly VerifierKey[],
  verify: NoteTools['verify'],
): { readonly good: readonly VerifierKey[]; readonly bad: readonly VerifierKey[] } {
  const message = ENCODER.encode(note.text)
  const good = new Set<VerifierKey>()
  const bad = new Set<VerifierKey>()
  for (const { name, id, signature } of note.signatures)
    for (const key of keys)
      if (key.name === name && key.id === id)
        (signature.length === 64 && verify(key.publicKey, message, signature) ? good : bad).add(key)
  return { good: [...good], bad: [...bad] }
}
