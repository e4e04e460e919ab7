import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { ExchangeOutcome } from '../../core/model/measured/operation.ts'

/** Encodings put on top of each other that are taken off. */
const MOST_LAYERS = 3
/** A body may grow so many times over what is kept of it, and by so many bytes, before it counts as a bomb. */
const MOST_GROWTH = 16
const MOST_ROOM = 4 * 1024 * 1024

type Body = Pick<ExchangeOutcome, 'body' | 'bodyTruncated'>
const NOTHING: Body = { body: new Uint8Array(), bodyTruncated: true }

/** Encodings named by the headers, the one applied last first. */
const namedBy = (headers: ExchangeOutcome['headers']): readonly string[] =>
  headers
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== 'identity')
    .toReversed()

/** What the first bytes say about an encoding that was not named. */
function magicOf(body: Uint8Array): string | undefined {
  if (body[0] === 0x1f && body[1] === 0x8b) return 'gzip'
  return body[0] === 0x28 && body[1] === 0xb5 && body[2] === 0x2f && body[3] === 0xfd ? 'zstd' : undefined
}

/** Throws for bytes that are not of the encoding, a bomb, and an encoding that is not known. A cut body is read as far as it goes. */
function decode(encoding: string, body: Uint8Array, most: number): Uint8Array {
  const flush = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: most }
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, flush)
    case 'deflate':
      // RFC 9110 §8.4.1.2 means zlib's format; some servers send the bare one
      return ((body[0] ?? 0) & 15) === 8 ? inflateSync(body, flush) : inflateRawSync(body, flush)
    case 'br':
      return brotliDecompressSync(body, {
        finishFlush: constants.BROTLI_OPERATION_FLUSH,
        maxOutputLength: most,
      })
    case 'zstd':
      return zstdDecompressSync(body, {
        finishFlush: constants.ZSTD_e_flush,
        maxOutputLength: most,
        params: { [constants.ZSTD_d_windowLogMax]: 23 },
      })
    default:
      throw new Error('unknown encoding')
  }
}

/** Whether bytes are text as they stand: then an encoding that a header names is not there. */
function isText(body: Uint8Array): boolean {
  if (body.subarray(0, 1024).includes(0)) return false
  try {
    // a body that was cut may end inside of a letter
    new TextDecoder('utf-8', { fatal: true }).decode(body, { stream: true })
    return true
  } catch {
    return false
  }
}

/**
 * The body of an answer without an encoding that was not asked for, at most `cap` bytes of it. What is inside an
 * encoding can neither be read by a judge nor be searched for the address by which a server greets its visitor: what
 * cannot be taken off is left out whole, and the body is called truncated. RFC 9110 §8.4.
 */
export function plainBody(answer: Body & Pick<ExchangeOutcome, 'headers'>, cap: number): Body {
  const { headers, bodyTruncated } = answer
  let { body } = answer
  if (body.length === 0) return { body, bodyTruncated }
  const named = namedBy(headers)
  const most = Math.min(MOST_GROWTH * Math.max(cap, 4096), cap + MOST_ROOM)
  for (let layer = 0; ; layer++) {
    const next = named[layer] ?? magicOf(body)
    if (next === undefined) break
    if (layer === MOST_LAYERS) return NOTHING
    try {
      body = new Uint8Array(decode(next, body, most))
    } catch {
      if (layer === 0 && isText(body)) break
      return NOTHING
    }
  }
  return body.length > cap ? { body: body.slice(0, cap), bodyTruncated: true } : { body, bodyTruncated }
}
