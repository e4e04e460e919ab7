import { pipeline } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import {
  brotliCompress,
  constants,
  createInflateRaw,
  gunzip,
  gzip,
  inflateRawSync,
  type BrotliOptions,
  type ZlibOptions,
} from 'node:zlib'

/** Bytes in the codings that every browser takes; made in the threads of the runtime, never on the main one. */
export interface Compressed {
  readonly gzip: Uint8Array
  readonly br: Uint8Array
}

/** `quick` while a reader waits, `thorough` for what is made once and kept: a tenth smaller, twenty times as slow. */
export type Effort = 'quick' | 'thorough'

const gzipBytes = promisify<Uint8Array, ZlibOptions, Buffer>(gzip)
const brotliBytes = promisify<Uint8Array, BrotliOptions, Buffer>(brotliCompress)
const gunzipBytes = promisify<Uint8Array, ZlibOptions, Buffer>(gunzip)

/** Brotli of 5 is smaller and no slower than gzip of 9. */
const LEVELS = { quick: { gzip: 6, br: 5 }, thorough: { gzip: 9, br: 11 } } as const

/** Bytes of a text as gzip and as brotli. */
export async function compress(bytes: Uint8Array, effort: Effort): Promise<Compressed> {
  const level = LEVELS[effort]
  const [zipped, br] = await Promise.all([
    gzipBytes(bytes, { level: level.gzip }),
    brotliBytes(bytes, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]: level.br,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  ])
  return { gzip: zipped, br }
}

/** The bytes that `compress` was given, at most `most` of them. Rejects for more, and for what is no gzip. */
export const expand = (zipped: Uint8Array, most: number): Promise<Uint8Array> =>
  gunzipBytes(zipped, { maxOutputLength: most })

/** What unpacks to no more than this is unpacked at once: a stream for each of ten thousand small files takes seconds. */
const AT_ONCE = 4 * 2 ** 20

/**
 * Unpacks a raw DEFLATE stream (RFC 1951) of `packed` bytes that is to become `size`; at once, and no more than that, where
 * it is short. Throws what zlib throws: for a stream that is none, is cut off or is followed by other bytes.
 */
export async function* inflateRaw(
  stream: AsyncIterable<Uint8Array>,
  { packed, size }: { readonly packed: number; readonly size: number },
): AsyncGenerator<Uint8Array> {
  const strict = { rejectGarbageAfterEnd: true }
  if (Math.max(packed, size) > AT_ONCE) {
    yield* pipeline(stream, createInflateRaw(strict), () => undefined)
    return
  }
  const whole = await buffer(stream)
  // One byte more than is to come: a buffer that was filled to its end would be followed by another.
  yield inflateRawSync(whole, { ...strict, maxOutputLength: Math.max(1, size), chunkSize: Math.max(64, size + 1) })
}
