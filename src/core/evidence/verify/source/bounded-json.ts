import { InputError } from '../../../model/errors.ts'
import { encodeCanonical } from '../../canonical-json.ts'
import { LIMITS } from './bundle-source.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot read JSON of a bundle: expected ${expected}`, { code: 'bundle.json', path, expected })

/** Whether text nests deeper than a limit: looked at before anything is built from it. */
export function isDeeper(bytes: Uint8Array, limit: number): boolean {
  let depth = 0
  let inText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]! // at is below the length
    if (inText) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inText = false
    } else if (byte === QUOTE) inText = true
    else if ((byte | 0x20) === 0x7b) {
      if (++depth > limit) return true
    } else if ((byte | 0x20) === 0x7d) depth--
  }
  return false
}

/** Text of bytes in UTF-8. Throws InputError for other bytes. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return DECODER.decode(bytes)
  } catch {
    throw refuse('', 'UTF-8')
  }
}

/** A JSON value from untrusted bytes, of at most 200 levels. Throws InputError. */
export function parseBoundedJson(bytes: Uint8Array): unknown {
  if (isDeeper(bytes, LIMITS.jsonLevels)) throw refuse('', `at most ${LIMITS.jsonLevels} levels`)
  const text = decodeUtf8(bytes)
  try {
    return JSON.parse(text)
  } catch {
    throw refuse('', 'JSON')
  }
}

/** A schema of src/core/model/, as far as it is used here. */
export interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly { readonly path: PropertyKey[] }[] } }
}

/**
 * A value of a form from canonical JSON. Throws InputError for another form, and for any other text of the same value:
 * two programs might read two values from it.
 */
export function parseCanonical<T>(bytes: Uint8Array, schema: Schema<T>): T {
  const value = parseBoundedJson(bytes)
  const parsed = schema.safeParse(value)
  if (!parsed.success)
    throw refuse(parsed.error.issues[0]?.path.map(String).join('/') ?? '', 'the form of docs/formats/bundle.md')
  if (encodeCanonical(value) !== DECODER.decode(bytes)) throw refuse('', 'canonical JSON')
  return parsed.data
}
