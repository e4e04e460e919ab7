import { InputError } from '../model/errors.ts'

/** Levels of nesting that are read; the deepest real measurement has 12. */
export const MAX_DEPTH = 64
/** Bytes of one measurement that are read. */
export const MAX_BYTES = 64 * 1024 * 1024

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** Length after which leaving a text by a native search is cheaper than byte by byte. */
const LONG = 24

const fail = (code: string, found: string, path: string, expected: string): InputError =>
  new InputError(`Cannot read JSON: ${found}`, { code, path, expected })

/** Where the text of a JSON value ends: index after its closing quote, or the length where it never closes. */
function skipText(bytes: Uint8Array, start: number): number {
  let at = start
  for (;;) {
    const near = Math.min(at + LONG, bytes.length)
    while (at < near && bytes[at] !== QUOTE) at++
    if (at === near && (at === bytes.length || (at = bytes.indexOf(QUOTE, at)) === -1)) return bytes.length + 1
    let slashes = 0
    while (bytes[at - 1 - slashes] === BACKSLASH) slashes++
    at++
    if (slashes % 2 === 0) return at
  }
}

/**
 * Refuses text nested more than `limit` levels, in one pass and before anything is built from it; gives the
 * level at the end (0 for a complete value). Throws InputError `json.too-deep` with the byte.
 */
export function checkDepth(bytes: Uint8Array, limit: number = MAX_DEPTH): number {
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]! // at is below the length
    if (byte === QUOTE) {
      const end = skipText(bytes, at + 1)
      if (end > bytes.length) return depth + 1
      at = end - 1
    } else if ((byte | 0x20) === 0x7b) {
      if (++depth > limit)
        throw fail('json.too-deep', `more than ${limit} levels`, `byte ${at}`, `at most ${limit} levels`)
    } else if ((byte | 0x20) === 0x7d) depth--
  }
  return depth
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/**
 * One JSON value from bytes: strict UTF-8, bounded depth and length. Throws InputError `json.too-large`,
 * `json.too-deep`, `utf8.invalid`, `json.truncated` or `json.invalid`; no part of the text is repeated in it.
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_BYTES)
    throw fail('json.too-large', `${bytes.length} bytes`, `byte ${MAX_BYTES}`, `at most ${MAX_BYTES} bytes`)
  const depth = checkDepth(bytes)
  let text: string
  try {
    text = UTF8.decode(bytes)
  } catch {
    throw fail('utf8.invalid', 'bytes that are no UTF-8', '', 'UTF-8')
  }
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (depth > 0 || text.trim() === '')
      throw fail('json.truncated', 'it ends in the middle', `byte ${bytes.length}`, 'a complete value')
    const where = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined
    throw fail('json.invalid', 'not JSON', where === undefined ? '' : `character ${where}`, 'a JSON value')
  }
}
