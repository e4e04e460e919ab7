import { InputError } from '../../model/errors.ts'
import { isRecord } from '../decode/decoder.ts'

/** A signed document taken apart. Nothing of it is verified yet. */
export interface SignedDocument {
  /** The text whose UTF-8 bytes were signed. */
  readonly signed: string
  /** 64 bytes in base64. */
  readonly signature: string
  /** Public key that the document names, 32 bytes in base64. */
  readonly key: string
}

/** 64 bytes in base64, with or without padding. */
const SIGNATURE = /^[A-Za-z0-9+/]{86}(?:==)?$/
const KEY = /^[A-Za-z0-9+/]{43}=?$/
const TAIL = /,"x_signature":"([A-Za-z0-9+/]{86}(?:==)?)"\}$/
/** Longest possible tail: only that much of the end is searched. */
const TAIL_LENGTH = 112

/**
 * Puts a signature over `text` (one line of JSON, an object that is not empty) into it as its last member.
 * Format: docs/formats/probe-measurement.md §4. Throws InputError where the document is no such line.
 */
export function withSignature(text: string, signature: string): string {
  if (!text.endsWith('}') || text.length < 4 || text.includes('\n') || !SIGNATURE.test(signature))
    throw new InputError('Cannot sign a document: found something else than one line of JSON and 64 bytes of base64', {
      code: 'signature.shape',
      path: '',
      expected: 'an object on one line and an Ed25519 signature',
    })
  return `${text.slice(0, -1)},"x_signature":"${signature}"}`
}

/**
 * Splits a signed document; undefined if it carries no signature as its last member or names no key.
 * `json` is the document parsed, where the caller has it already. A caller that relies on it verifies `signature` over
 * the UTF-8 bytes of `signed` with `key`: here only the places are found. Total over hostile text.
 */
export function splitSigned(text: string, json?: unknown): SignedDocument | undefined {
  const tail = TAIL.exec(text.slice(-TAIL_LENGTH))
  const signature = tail?.[1]
  if (tail === null || signature === undefined) return undefined
  const key = keyOf(json ?? parse(text))
  if (key === undefined) return undefined
  return { signed: `${text.slice(0, text.length - tail[0].length)}}`, signature, key }
}

function keyOf(json: unknown): string | undefined {
  const annotations = isRecord(json) ? json['annotations'] : undefined
  const key = isRecord(annotations) ? annotations['x_key'] : undefined
  return typeof key === 'string' && KEY.test(key) ? key : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
