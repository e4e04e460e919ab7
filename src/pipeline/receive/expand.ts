import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { InputError } from '../../model/errors.ts'

/** Longest body that is taken, as sent and expanded. The largest measurements seen have some megabytes. */
export const MOST_SENT_BYTES = 8 * 2 ** 20
export const MOST_BYTES = 16 * 2 ** 20
/** Real measurements shrink to a fifteenth at most. What a short body can ask of all that follows is bounded by this. */
const MOST_RATIO = 40
const FREE_BYTES = 2 ** 20

/** Bytes to which a compressed body of a length may expand. */
export const mostExpanded = (length: number): number => Math.min(MOST_BYTES, FREE_BYTES + MOST_RATIO * length)

/** Largest window of a zstd frame that is decoded: what it may claim of memory before a byte has come out. */
const MOST_WINDOW_LOG = 24

const refuse = (code: string, found: string, expected: string): InputError =>
  new InputError(`Cannot read body: ${found}`, { code, path: 'body', expected })

/**
 * The body without its content encoding (RFC 9110 §8.4): `gzip`, `x-gzip`, `zstd` or none. Throws InputError
 * `too_large` for more bytes than `mostExpanded` says, and `bad_encoding` for another encoding or bytes that are not of it.
 */
export function expandBody(body: Uint8Array, encoding: string): Uint8Array {
  if (encoding === '' || encoding === 'identity') return bounded(body)
  const maxOutputLength = mostExpanded(body.length)
  try {
    if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(body, { maxOutputLength })
    if (encoding === 'zstd')
      return zstdDecompressSync(body, {
        maxOutputLength,
        params: { [constants.ZSTD_d_windowLogMax]: MOST_WINDOW_LOG },
      })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxOutputLength)
    throw refuse('bad_encoding', `it is not ${encoding}`, `a whole body in ${encoding}`)
  }
  throw refuse('bad_encoding', 'its encoding is not known', 'gzip, zstd or none')
}

const tooLarge = (most: number): InputError =>
  refuse('too_large', `more than ${most} bytes`, `at most ${most} bytes when expanded`)

function bounded(body: Uint8Array): Uint8Array {
  if (body.length > MOST_BYTES) throw tooLarge(MOST_BYTES)
  return body
}

/** Text in compressed bytes inside a document is searched up to here. */
const MOST_UNPACKED = 64 * 1024

/** The beginning of what gzip bytes hold, input and output one byte a character; undefined for other bytes. */
export function unpackText(bytes: string): string | undefined {
  try {
    return gunzipSync(Buffer.from(bytes, 'latin1'), { maxOutputLength: MOST_UNPACKED }).toString('latin1')
  } catch {
    return undefined
  }
}
