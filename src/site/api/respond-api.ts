import type { Context } from 'hono'
import { InputError } from '../../core/model/errors.ts'
import { socketOf } from '../visitor.ts'
import type { ApiAnswer } from './api-route.ts'
import type { SenderRate } from '../../web/request/sender-rate.ts'

/** An answer may be kept for a minute: what it says is as old as the last detection anyway. */
const CACHED = 'public, max-age=60'

/** Any page may read it: nothing of the reader is sent along, and nothing of it changes the answer. */
export const OPEN_TO_PAGES: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'etag, retry-after, ratelimit, ratelimit-policy, x-kuager-kept-apart, x-kuager-review, x-kuager-next, content-disposition',
  'cross-origin-resource-policy': 'cross-origin',
  'x-robots-tag': 'noindex',
}

export interface ApiProblem {
  readonly status: 400 | 404 | 405 | 410 | 429 | 500 | 503
  readonly code: string
  readonly path: string
  readonly expected: string
  readonly message: string
}

/** An error for programs: a word that stays, where it is, what would have been right, a sentence. */
export function answerApiProblem(c: Context, { status, code, path, expected, message }: ApiProblem): Response {
  c.header('cache-control', 'no-store')
  for (const [name, value] of Object.entries(OPEN_TO_PAGES)) c.header(name, value)
  return c.json({ error: { code, path, expected, message } }, status)
}

/** Part of a query, each at most once; an empty field is one that was left out. Throws InputError. */
export function queryOf(c: Context): Readonly<Record<string, string>> {
  const all = Object.entries(c.req.queries())
  for (const [name, values] of all)
    if (values.length > 1)
      throw new InputError('Cannot read query: a part stands twice', {
        code: 'query.repeated',
        path: /^\w{1,40}$/.test(name) ? name : 'query',
        expected: 'each part once',
      })
  return Object.fromEntries(all.flatMap(([name, [value = '']]) => (value === '' ? [] : [[name, value]])))
}

/** A strong validator of these very bytes. */
export async function etagOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes)
  return `"${Buffer.from(hash).subarray(0, 18).toString('base64url')}"`
}

/** Whether a client holds these bytes already. RFC 9110 13.1.2: any of a list, weak or not, or `*` for any bytes. */
export const clientHas = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  (header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag))

/** Answers bytes with their validator; 304 without a body where the client has them. */
export async function answerBytes(
  c: Context,
  text: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const etag = await etagOf(bytes)
  const all = { ...headers, etag, 'cache-control': CACHED }
  for (const [name, value] of Object.entries(all)) c.header(name, value)
  if (clientHas(c.req.header('if-none-match'), etag)) return c.body(null, 304)
  return c.body(bytes)
}

/** Answers what a route gave. */
export async function answerApi(c: Context, answer: ApiAnswer): Promise<Response> {
  switch (answer.kind) {
    case 'missing':
      return answerApiProblem(c, answer)
    case 'text': {
      const file = answer.file === undefined ? {} : { 'content-disposition': attachment(answer.file) }
      const headers = { ...OPEN_TO_PAGES, ...answer.headers, ...file, 'content-type': answer.mediaType }
      return answerBytes(c, answer.text, headers)
    }
    case 'lines': {
      const headers = {
        ...OPEN_TO_PAGES,
        'content-type': 'application/x-ndjson; charset=utf-8',
        'content-disposition': attachment(answer.file),
        // Made while it is sent, so its bytes are not known beforehand.
        'cache-control': 'no-cache',
        ...(answer.next === null ? {} : { 'x-kuager-next': answer.next }),
      }
      for (const [name, value] of Object.entries(headers)) c.header(name, value)
      return c.body(streamOf(answer.lines))
    }
  }
}

/** Names of files are made from ids and inputs: everything but plain signs becomes a dash. */
const attachment = (file: string): string => `attachment; filename="${file.replaceAll(/[^\w.-]+/g, '-').slice(0, 150)}"`

/** Pulls one line at a time, when the reader has room for it, and stops when the reader has gone. */
function streamOf(lines: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = lines[Symbol.asyncIterator]()
  return new ReadableStream(
    {
      async pull(controller) {
        const step: IteratorResult<Uint8Array, unknown> = await iterator.next()
        if (step.done === true) controller.close()
        else controller.enqueue(step.value)
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

/** Takes one answer from the sender's allowance; an answer that says when to come back where nothing is left. */
export function refuseHurry(c: Context, rate: SenderRate | undefined, cost: number): Response | undefined {
  const socket = socketOf(c)
  // Without a socket there is no client: what a cache makes for everyone must not say what is left to one.
  if (rate === undefined || socket === undefined) return undefined
  const { left, wait } = rate.take({ socket, forwardedFor: c.req.header('x-forwarded-for') }, cost)
  const window = Math.ceil(rate.burst / rate.perSecond)
  // draft-ietf-httpapi-ratelimit-headers-10
  c.header('ratelimit-policy', `"api";q=${rate.burst};w=${window}`)
  c.header('ratelimit', `"api";r=${Math.floor(left)};t=${Math.ceil((rate.burst - left) / rate.perSecond)}`)
  if (wait === 0) return undefined
  c.header('retry-after', String(wait))
  return answerApiProblem(c, {
    status: 429,
    code: 'rate.exceeded',
    path: '',
    expected: `a pause of ${wait} s`,
    message: `Too many questions from this part of the network: ask again in ${wait} s`,
  })
}
