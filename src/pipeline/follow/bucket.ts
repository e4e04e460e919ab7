import { MINUTE_MS, SECOND_MS } from '../../core/model/duration.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { backoff } from '../../runtime/backoff.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { parseListing, type BucketObject } from '../../runtime/objects/bucket-xml.ts'

export interface BucketOptions {
  /** `https://<bucket>.s3.<region>.amazonaws.com`, without a final slash. */
  readonly url: string
  readonly signal: AbortSignal
  /** Waits; tests give one that only writes down for how long. */
  wait(delay: Millis, signal: AbortSignal): Promise<void>
}

/** A bucket that anyone may read over plain HTTPS. Layout and listing: docs/formats/ooni.md, the public bucket. */
export interface Bucket {
  /** Every object below a prefix, over all pages. */
  list(prefix: string): Promise<readonly BucketObject[]>
  /** Names one level below a prefix. */
  listPrefixes(prefix: string): Promise<readonly string[]>
  /** Content of an object; throws InputError `bucket.broken` in the middle where the connection ends too early. */
  fetch(key: string): AsyncIterable<Uint8Array>
}

const LISTING_BYTES = 8 * 1024 * 1024
const PAGES = 10_000
const ATTEMPTS = 5
const LONGEST_WAIT = MINUTE_MS
const LISTING_LIMIT = millis(MINUTE_MS)
const OBJECT_LIMIT = millis(15 * MINUTE_MS)

/** Opens a bucket; nothing is contacted yet. */
export function openBucket(options: BucketOptions): Bucket {
  async function pages(prefix: string, delimiter: boolean): Promise<{ objects: BucketObject[]; prefixes: string[] }> {
    const all = { objects: [] as BucketObject[], prefixes: [] as string[] }
    const seen = new Set<string>()
    for (let token: string | undefined; seen.size < PAGES;) {
      const query = new URLSearchParams({ 'list-type': '2', prefix })
      if (delimiter) query.set('delimiter', '/')
      if (token !== undefined) query.set('continuation-token', token)
      const page = parseListing(await fetchText(`${options.url}/?${query.toString()}`, options))
      all.objects.push(...page.objects.filter(({ key }) => key.startsWith(prefix)))
      all.prefixes.push(...page.prefixes.filter((name) => name.startsWith(prefix)))
      if (page.next === undefined) return all
      if (seen.has(page.next)) break
      seen.add((token = page.next))
    }
    throw new Fault(`Cannot list ${prefix}: its pages do not end`)
  }
  return {
    list: async (prefix) => (await pages(prefix, false)).objects,
    listPrefixes: async (prefix) => (await pages(prefix, true)).prefixes,
    fetch: (key) => fetchObject(`${options.url}/${key.split('/').map(encodeURIComponent).join('/')}`, key, options),
  }
}

const broken = (what: string, found: string): InputError =>
  new InputError(`Cannot fetch ${what}: ${found}`, {
    code: 'bucket.broken',
    path: what,
    expected: 'a whole answer 200',
  })

async function fetchText(url: string, options: BucketOptions): Promise<string> {
  const what = `listing ${new URL(url).searchParams.get('prefix') ?? ''}`
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of attempt(url, what, { ...options, limit: LISTING_LIMIT })) {
    size += part.length
    if (size > LISTING_BYTES) throw broken(what, `more than ${LISTING_BYTES} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

const fetchObject = (url: string, key: string, options: BucketOptions): AsyncIterable<Uint8Array> =>
  attempt(url, key, { ...options, limit: OBJECT_LIMIT })

/**
 * Fetches with up to five attempts for an answer to begin: 429, 5xx and lost connections are waited out (1, 2, 4, 8
 * seconds, or as Retry-After says, a minute at most). Once bytes have come, a break is the caller's to judge.
 */
async function* attempt(
  url: string,
  what: string,
  options: BucketOptions & { limit: Millis },
): AsyncGenerator<Uint8Array> {
  using deadline = openDeadline(options.signal, options.limit, what)
  for (let tries = 1; ; tries++) {
    let found: string
    let delay: number = backoff(tries, { first: SECOND_MS, longest: LONGEST_WAIT })
    try {
      const response = await fetch(url, { signal: deadline.signal })
      if (response.ok && response.body !== null) {
        yield* bodyOf(response.body, what, options.signal)
        return
      }
      await response.body?.cancel()
      found = `the server answered ${response.status}`
      if (response.status !== 429 && response.status < 500) throw broken(what, found)
      delay = Number(response.headers.get('retry-after') ?? Number.NaN) * 1000 || delay
    } catch (error) {
      options.signal.throwIfAborted()
      if (error instanceof InputError) throw error
      found = reason(error)
    }
    if (tries >= ATTEMPTS) throw broken(what, `${found}, ${tries} times`)
    await options.wait(millis(Math.min(Math.max(delay, 0), LONGEST_WAIT)), options.signal)
  }
}

async function* bodyOf(
  body: ReadableStream<Uint8Array>,
  what: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    signal.throwIfAborted()
    throw broken(what, reason(error))
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection broke'
  return error.cause instanceof Error ? error.cause.message : error.message
}
