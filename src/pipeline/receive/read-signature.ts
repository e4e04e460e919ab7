import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import type { Verification } from '../../core/model/measured/submission.ts'
import { isRecord, type JsonRecord } from '../../core/ooni/decode/decoder.ts'
import { splitSigned } from '../../core/ooni/publish/signed-document.ts'

export interface SignedBody {
  readonly verification: Verification
  /** Public key of a valid signature, in base64, and its pseudonym. */
  readonly key?: string
  readonly pseudonym?: string
  /** The document calls itself by another pseudonym than its key's. */
  readonly foreign?: true
}

interface KnownKey {
  readonly object: KeyObject
  readonly pseudonym: string
}

/** Keys read last: making one takes half as long as a signature. */
const KEPT = 4096
const BRACE = 0x7d
const known = new Map<string, KnownKey | undefined>()

/** An Ed25519 public key of 32 bytes in base64; undefined where that is none (RFC 8032 §5.1.2, RFC 8037 §2). */
export function readPublicKey(key: string): KnownKey | undefined {
  if (known.has(key)) return known.get(key)
  if (known.size >= KEPT) known.clear()
  const made = makeKey(key)
  known.set(key, made)
  return made
}

function makeKey(key: string): KnownKey | undefined {
  const bytes = Buffer.from(key, 'base64')
  // Only one spelling: two spellings of a key would be two keys to a program that compares texts.
  if (bytes.length !== 32 || bytes.toString('base64') !== key) return undefined
  try {
    const object = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
      format: 'jwk',
    })
    return { object, pseudonym: hash('sha256', bytes).slice(0, 16) }
  } catch {
    return undefined
  }
}

/** Whether a signature in base64 over a text is of the key. */
export const isSignedBy = (text: string, signature: string, key: KnownKey): boolean =>
  verify(null, Buffer.from(text), key.object, Buffer.from(signature, 'base64'))

/** Whether a signature is of these bytes with a brace for their last one, which they lose only while this looks. */
function isSigned(bytes: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  const last = bytes.length - 1
  const comma = bytes[last]
  if (comma === undefined) return false
  bytes[last] = BRACE
  try {
    return verify(null, bytes, key, signature)
  } finally {
    bytes[last] = comma
  }
}

/**
 * Verifies a document's own signature (docs/formats/probe-measurement.md §4); `bytes` are those of `text`. It says who
 * wrote it, not that it is true.
 */
export function readSignature(text: string, bytes: Uint8Array, json: JsonRecord): SignedBody {
  if (json['x_signature'] === undefined) return { verification: 'unverified' }
  const parts = splitSigned(text, json)
  const key = parts === undefined ? undefined : readPublicKey(parts.key)
  if (parts === undefined || key === undefined) return { verification: 'failed' }
  // The tail is ASCII: as many bytes as letters. What stands before it is signed, and a brace.
  const signed = bytes.subarray(0, bytes.length - (text.length - parts.signed.length))
  if (!isSigned(signed, Buffer.from(parts.signature, 'base64'), key.object)) return { verification: 'failed' }
  const { annotations } = json
  const foreign = isRecord(annotations) && annotations['x_probe'] !== key.pseudonym
  return {
    verification: 'verified',
    key: parts.key,
    pseudonym: key.pseudonym,
    ...(foreign ? { foreign: true as const } : {}),
  }
}
