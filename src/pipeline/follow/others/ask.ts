import { DAY_MS, MINUTE_MS } from '../../../core/model/duration.ts'
import { millis } from '../../../core/model/units.ts'
import { openDeadline } from '../../../runtime/deadline.ts'

/** Largest answer that is read: what a page looks through must stay small. */
const MOST_BYTES = 32 * 1024 * 1024
const LIMIT = millis(2 * MINUTE_MS)
/** Rest after 429 or 503 without a time of its own. */
const PATIENCE_MS = 60 * MINUTE_MS

export interface OthersQuestion {
  readonly contact: string
  readonly etag?: string
  readonly lastModified?: string
  readonly token?: string
  readonly signal: AbortSignal
}

export type OthersAnswer =
  | { readonly kind: 'answered'; readonly body: Uint8Array; readonly etag?: string; readonly lastModified?: string }
  /** Nothing has changed since the last time. */
  | { readonly kind: 'unchanged' }
  /** `restMs`: how long the source asks to be left alone; 0 if it does not. */
  | { readonly kind: 'failed'; readonly why: string; readonly restMs: number }

/**
 * Asks once, on condition that something has changed. It says who asks, follows no redirect, and reads no more than
 * 32 MiB. What the other side does is data; only the signal ends it with an error.
 */
export async function askOthers(
  url: string,
  { contact, etag, lastModified, token, signal }: OthersQuestion,
): Promise<OthersAnswer> {
  using deadline = openDeadline(signal, LIMIT, url)
  try {
    const response = await fetch(url, {
      signal: deadline.signal,
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        'user-agent': `kuager (+${contact})`,
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
        ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    })
    if (response.status === 304 && (etag ?? lastModified) !== undefined) {
      await response.body?.cancel()
      return { kind: 'unchanged' }
    }
    if (response.status !== 200) {
      await response.body?.cancel()
      const asksPatience = response.status === 429 || response.status === 503
      const restMs = restOf(response.headers.get('retry-after')) ?? (asksPatience ? PATIENCE_MS : 0)
      return { kind: 'failed', why: `the server answered ${response.status}`, restMs }
    }
    const body = await bodyWithin(response)
    if (body === undefined) return { kind: 'failed', why: `more than ${MOST_BYTES} bytes came`, restMs: 0 }
    const [newTag, modified] = [response.headers.get('etag'), response.headers.get('last-modified')]
    return {
      kind: 'answered',
      body,
      ...(newTag === null ? {} : { etag: newTag }),
      ...(modified === null ? {} : { lastModified: modified }),
    }
  } catch (error) {
    signal.throwIfAborted()
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { kind: 'failed', why: cause instanceof Error ? cause.message : 'the connection was lost', restMs: 0 }
  }
}

/** Milliseconds that Retry-After names in seconds, within a day; a date is not read. */
function restOf(header: string | null): number | undefined {
  const text = header ?? ''
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text) * 1000, DAY_MS) : undefined
}

async function bodyWithin(response: Response): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > MOST_BYTES) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}
