import { InputError } from '../../core/model/errors.ts'
import { LETTER_ID, TIERS, VOID_REASONS, type SignatureTier, type VoidReason } from './letter.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'

// Leaves of the log of an open letter service (docs/formats/letter.md, "Log"). They say everything by which a third
// party counts, and nothing of a person: the digest of a randomised ciphertext leads nowhere.

export type LetterLeaf =
  /** A version of the letter; `sha256` of its canonical JSON. */
  | { readonly kind: 'letter-version'; readonly letter: string; readonly version: number; readonly sha256: Sha256 }
  /** A signature counts from here on; `ct` is the SHA-256 of its ciphertext. */
  | { readonly kind: 'signature'; readonly letter: string; readonly ct: Sha256; readonly tier: SignatureTier }
  | { readonly kind: 'signature-void'; readonly letter: string; readonly ct: Sha256; readonly reason: VoidReason }
  /** An act that took it out is undone. */
  | { readonly kind: 'signature-restored'; readonly letter: string; readonly ct: Sha256 }
  /** A removal of several at once: how many leaves before it belong to it. */
  | { readonly kind: 'letter-removal'; readonly letter: string; readonly count: number; readonly reason: VoidReason }
  | { readonly kind: 'letter-closed'; readonly letter: string }
  /** Ciphertexts, mailbox digests and their key are gone. */
  | { readonly kind: 'letter-destroyed'; readonly letter: string }
  /** A key of the log follows another; the text of the change. */
  | { readonly kind: 'key-change'; readonly change: string }

export const MOST_LETTER_LEAF_BYTES = 4096

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const refuse = (expected: string): InputError =>
  new InputError('Cannot read leaf of a letter: it is none', { code: 'letter-leaf.invalid', path: '', expected })

/** Canonical JSON of a leaf, the one text of it. */
export const encodeLetterLeaf = (leaf: LetterLeaf): Uint8Array =>
  new TextEncoder().encode(encodeCanonical({ ...leaf, v: 1 }))

/** Reads a leaf. Throws InputError for anything but the canonical bytes of one. */
export function parseLetterLeaf(bytes: Uint8Array): LetterLeaf {
  if (bytes.length > MOST_LETTER_LEAF_BYTES) throw refuse(`at most ${MOST_LETTER_LEAF_BYTES} bytes`)
  let text: string
  let value: unknown
  try {
    text = decoder.decode(bytes)
    value = JSON.parse(text)
  } catch {
    throw refuse('JSON in UTF-8')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('an object')
  const leaf = leafOf(value as Readonly<Record<string, unknown>>)
  if (decoder.decode(encodeLetterLeaf(leaf)) !== text) throw refuse('canonical JSON of version 1 with its own members')
  return leaf
}

function leafOf(value: Readonly<Record<string, unknown>>): LetterLeaf {
  const { kind } = value
  if (kind === 'key-change') return { kind, change: textOf(value['change']) }
  const letter = textOf(value['letter'])
  if (!LETTER_ID.test(letter)) throw refuse('the id of a letter')
  switch (kind) {
    case 'letter-version':
      return { kind, letter, version: countOf(value['version']), sha256: parseSha256(value['sha256']) }
    case 'signature':
      return { kind, letter, ct: parseSha256(value['ct']), tier: oneOf(TIERS, value['tier']) }
    case 'signature-void':
      return { kind, letter, ct: parseSha256(value['ct']), reason: oneOf(VOID_REASONS, value['reason']) }
    case 'signature-restored':
      return { kind, letter, ct: parseSha256(value['ct']) }
    case 'letter-removal':
      return { kind, letter, count: countOf(value['count']), reason: oneOf(VOID_REASONS, value['reason']) }
    case 'letter-closed':
    case 'letter-destroyed':
      return { kind, letter }
    default:
      throw refuse('a kind of leaf that is known')
  }
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T {
  const found = known.find((one) => one === value)
  if (found === undefined) throw refuse(`one of ${known.join(', ')}`)
  return found
}

function countOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw refuse('a number from 1 on')
  return value
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw refuse('a text')
  return value
}
