import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { InputError } from '../../core/model/errors.ts'

/** Longest body that is taken, as sent and expanded. The largest measurements seen have some megabytes. */
export const MOST_SENT_BYTES = 8 * 2 ** 20
export const MOST_BYTES = 16 * 2 ** 20
/** Real measurements shrink to a fifteenth at most. What a short body can ask of all that follows is bounded by this. */
const MOST_RATIO = 40
const FREE_BYTES = 2 ** 20

/** Bytes to which a compressed body of a length may expand. */
export const mostExpanded = (length: number): number => Math.min(MOST_BYTES, FREE_BYTES + MOST_RATIO * length)

/** Largest window of a zstd frame that is decoded: what it may claim of memory before a byte has come out. */
export const MOST_WINDOW_LOG = 24

const GZIP_TRAILER = 4
const ZSTD_MAGIC = 0xfd2fb528
/** Bytes of the length in a frame header of zstd, by its two flags (RFC 8878 §3.1.1.1). */
const ZSTD_SIZES = [0, 2, 4, 8] as const

/** Length that a zstd frame says it expands to; undefined where it says none. */
function zstdLength(body: DataView): number | undefined {
  if (body.byteLength < 18 || body.getUint32(0, true) !== ZSTD_MAGIC) return undefined
  const flags = body.getUint8(4)
  const single = (flags & 0x20) !== 0
  const bytes = ZSTD_SIZES[flags >> 6] ?? 0
  const at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][flags & 3] ?? 0)
  if (bytes === 0) return single ? body.getUint8(at) : undefined
  if (bytes === 2) return body.getUint16(at, true) + 256
  return bytes === 4 ? body.getUint32(at, true) : Number(body.getBigUint64(at, true))
}

/**
 * Bytes that a body expands to by what it says of itself (RFC 1952 §2.3.1, RFC 8878 §3.1.1.1): what it costs to read,
 * before it is read. `expandBody` refuses a body that holds more than it says.
 */
export function expectedLength(body: Uint8Array, encoding: string): number {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const said = (): number | undefined => {
    if (encoding === 'zstd') return zstdLength(view)
    return body.length < 18 ? undefined : view.getUint32(body.length - GZIP_TRAILER, true)
  }
  if (encoding === '' || encoding === 'identity') return body.length
  return Math.min(said() ?? Infinity, mostExpanded(body.length))
}

const refuse = (code: string, found: string, expected: string): InputError =>
  new InputError(`Cannot read body: ${found}`, { code, path: 'body', expected })

/**
 * The body without its content encoding (RFC 9110 §8.4): `gzip`, `x-gzip`, `zstd` or none. Throws InputError
 * `too_large` for more bytes than `mostExpanded` says, and `bad_encoding` for another encoding or bytes that are not of it.
 */
export function expandBody(body: Uint8Array, encoding: string): Uint8Array {
  if (encoding === '' || encoding === 'identity') return bounded(body)
  const maxOutputLength = Math.max(1, expectedLength(body, encoding))
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
