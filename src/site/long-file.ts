import type { Context } from 'hono'
import type { SenderRate } from '../web/request/sender-rate.ts'
import { readRange, type ByteRange } from '../web/request/byte-range.ts'
import { clientHas } from './api/respond-api.ts'
import { socketOf } from './visitor.ts'

/** A file that may be a hundred times as long as a page. */
export interface LongFile {
  /** A strong tag of these very bytes. */
  readonly etag: string
  readonly bytes: number
  readonly headers: Readonly<Record<string, string>>
  /** Reads a part; `busy` while too many are read, undefined where the file went away. */
  readonly open: (
    part: ByteRange,
  ) => Promise<
    { readonly bytes: number; readonly stream: ReadableStream<Uint8Array<ArrayBuffer>> } | 'busy' | undefined
  >
  /** The sentence with which a reader is sent away then. */
  readonly busy: string
}

const RETRY_S = '30'

/**
 * Answers a file piece by piece, as the reader has room for it. Lines break: a client that has a part is given the rest
 * (RFC 9110 §14).
 */
export async function answerLongFile(c: Context, file: LongFile): Promise<Response> {
  const { etag, bytes } = file
  const shared = { ...file.headers, etag, 'accept-ranges': 'bytes' }
  if (clientHas(c.req.header('if-none-match'), etag)) return c.body(null, 304, shared)
  const part = partOf(c, file)
  if (part === 'none') return c.body(null, 416, { ...shared, 'content-range': `bytes */${bytes}` })
  const { first, last } = part ?? { first: 0, last: bytes - 1 }
  const headers = {
    ...shared,
    'content-length': String(last + 1 - first),
    ...(part === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${bytes}` }),
  }
  const status = part === undefined ? 200 : 206
  if (c.req.raw.method === 'HEAD') return c.body(null, status, headers)
  const opened = await file.open({ first, last })
  if (opened === undefined) return c.notFound()
  if (opened === 'busy' || opened.bytes !== bytes) {
    // A file that has changed since it was read is read again.
    if (opened !== 'busy') await opened.stream.cancel()
    return c.text(`${file.busy}\n`, 503, { 'retry-after': RETRY_S })
  }
  return c.body(opened.stream, status, headers)
}

/**
 * What a request wants of a file; the whole, undefined, where the part that it has is of other bytes, and for HEAD.
 */
function partOf(c: Context, { etag, bytes }: Pick<LongFile, 'etag' | 'bytes'>): ReturnType<typeof readRange> {
  const only = c.req.header('if-range')
  if (c.req.raw.method === 'HEAD' || (only !== undefined && only !== etag)) return undefined
  return readRange(c.req.header('range'), bytes)
}

/** The part of the network that a reader is in, for counting what it reads at once; nothing is taken from it. */
export const partOfNetwork = (c: Context, rate: SenderRate | undefined): string | undefined => {
  const socket = socketOf(c)
  return rate?.take({ socket: socket ?? '', forwardedFor: c.req.header('x-forwarded-for') }, 0).part
}
