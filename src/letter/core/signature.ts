import { InputError } from '../../core/model/errors.ts'
import type { Signature } from './letter.ts'
import { PADDED_BYTES } from '../../core/model/sealed-size.ts'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { encodeHex } from '../../core/evidence/hex.ts'

// What is the same wherever a signature is sealed, in a browser or in the memory of a server (docs/formats/letter.md).

type Digest = (bytes: Uint8Array) => Promise<Uint8Array> | Uint8Array

/** Canonical JSON of a signature, with spaces behind it up to a multiple of 512 bytes: what is sealed. */
export function encodeSignature(signature: Signature): Uint8Array {
  const json = new TextEncoder().encode(encodeCanonical(signature))
  const padded = new Uint8Array(Math.ceil(json.length / PADDED_BYTES) * PADDED_BYTES).fill(SPACE)
  padded.set(json)
  return padded
}
const SPACE = 0x20

/** Crockford's base 32: no I, L, O or U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const RECEIPT_BYTES = 16
const RECEIPT_LETTERS = 26
const GROUP = 5

/** The 26 characters of a receipt, out of 16 random bytes. Throws InputError for another number of bytes. */
export function encodeReceipt(random: Uint8Array): string {
  if (random.length !== RECEIPT_BYTES) throw receiptError('16 random bytes')
  let bits = 0n
  for (const byte of random) bits = (bits << 8n) | BigInt(byte)
  let text = ''
  for (let letter = 0; letter < RECEIPT_LETTERS; letter++) {
    text = (ALPHABET[Number(bits & 31n)] ?? '') + text
    bits >>= 5n
  }
  return text
}

/** A receipt as people read it: `KR-` and groups of five. */
export const formatReceipt = (code: string): string =>
  `KR-${(code.match(new RegExp(`.{1,${GROUP}}`, 'g')) ?? []).join('-')}`

/**
 * Reads a receipt as a person typed it: capitals or not, with or without its dashes and its prefix, letters that are
 * easily mistaken taken for what they look like. Gives the 26 characters. Throws InputError for anything else.
 */
export function parseReceipt(text: string): string {
  if (text.length > MOST_TYPED) throw receiptError('a code of 26 characters')
  const typed = text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}\u2212]/gu, '')
  const letters = typed.length === RECEIPT_LETTERS + 2 && typed.startsWith('KR') ? typed.slice(2) : typed
  const code = letters.replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  // 26 characters hold two bits more than 16 bytes.
  if (!/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(code)) throw receiptError('a code of 26 characters')
  return code
}
const MOST_TYPED = 100

const receiptError = (expected: string): InputError =>
  new InputError('Cannot read receipt: it is none', { code: 'receipt.invalid', path: 'receipt', expected })

const encoder = new TextEncoder()

/** What the server knows a receipt by: SHA-256 over its 26 characters, as hexadecimal digits. */
export const receiptDigest = async (code: string, sha256: Digest): Promise<string> =>
  encodeHex(await sha256(encoder.encode(code)))

/**
 * The first half of the SHA-256 of a recipient of age, in groups of four digits: to be compared by eye or read aloud.
 */
export async function recipientFingerprint(recipient: string, sha256: Digest): Promise<string> {
  const hex = encodeHex(await sha256(encoder.encode(recipient)))
  return (hex.slice(0, FINGERPRINT_DIGITS).match(/.{4}/g) ?? []).join(' ')
}
const FINGERPRINT_DIGITS = 32
