import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { FailureCode } from '../../core/model/measured/failure.ts'
import { STANDINGS, type Standing } from '../../core/model/standing.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { classifyError } from '../../net/classify-error.ts'
import { clockOffsetFromDate } from '../../net/clock-offset.ts'
import type { Clock } from '../../runtime/clock.ts'
import { openDeadline, reachedDeadline } from '../../runtime/deadline.ts'
import { documentId } from '../spool/spool.ts'
import type { Agents } from './agents.ts'

/** What became of one document at one collector by one route. */
export type DeliveryOutcome =
  /** On the collector's disk; `leaf` is its place in the log, `standing` where the collector says what it holds of the key. */
  | { readonly kind: 'accepted'; readonly leaf: number; readonly standing?: Standing }
  /** Never to be sent again as it is: the collector says why. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }
  /** The collector is there and cannot take it now; `code` where it says why. */
  | { readonly kind: 'busy'; readonly retryAfter?: Millis; readonly code?: string }
  /** Nothing that a collector of ours says came back. */
  | { readonly kind: 'unreachable'; readonly failure: FailureCode | 'foreign_answer' }

export interface DeliverOptions {
  readonly agents: Agents
  /** Headers besides those of the format: invitation and vouching. */
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly limit: Millis
  readonly clock: Clock
}

const PATH = '/api/v1/submit_measurement'
/** Answers longer than this are none of a collector's. */
const MOST_ANSWER_BYTES = 64 * 1024
const LONGEST_RETRY_S = 12 * 3600

const acceptedSchema = z.object({
  x_id: z.string(),
  x_leaf_index: z.number().int().nonnegative(),
  // A collector of another age may lack it or have a word that is not known here: taken is taken.
  x_standing: z.enum(STANDINGS).optional().catch(undefined),
})
const refusedSchema = z.object({ detail: z.object({ error: z.string(), message: z.string().optional() }) })

/** A document as it is sent: the body of OONI's interface in gzip, packed once for all attempts. */
export interface PackedSubmission {
  readonly id: string
  readonly body: Buffer
}

/** Refusals that rest on the collector's clock. */
const BY_CLOCK: readonly string[] = ['time_ahead', 'time_old']
/** The clocks of collector and probe disagree by more: one of them is wrong, and it is not known which. */
const CLOCKS_APART_MS = 30 * MINUTE_MS

/** Packs a signed document. Format: docs/formats/collector.md. */
export const packSubmission = (document: string): PackedSubmission => ({
  id: documentId(document),
  body: gzipSync(JSON.stringify({ format: 'json', content: document })),
})

/**
 * Posts one signed document to a collector. Only the collector's word that it holds this very document, with its place in
 * the log, counts as accepted; only its own JSON with a reason as refused, so that no box on the way can make either.
 * Throws the signal's reason where the run ends.
 */
export async function postDocument(
  submission: PackedSubmission,
  collector: string,
  options: DeliverOptions,
): Promise<DeliveryOutcome> {
  using deadline = openDeadline(options.signal, options.limit, 'delivery')
  try {
    const sentAt = options.clock.now()
    const began = options.clock.monotonic()
    const answer = await exchange(submission.body, collector, { ...options, signal: deadline.signal })
    const offset = clockOffsetFromDate(answer.date ?? '', {
      sentAt,
      duration: millis(options.clock.monotonic() - began),
    })?.offset
    return understand(answer, submission.id, offset)
  } catch (error) {
    options.signal.throwIfAborted()
    if (reachedDeadline(deadline.signal)) return { kind: 'unreachable', failure: 'generic_timeout_error' }
    return { kind: 'unreachable', failure: classifyError(error, 'request').code }
  }
}

interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  /** When it was sent, by the clock of the collector. */
  readonly date: string | undefined
  readonly body: string
}

function exchange(
  body: Buffer,
  collector: string,
  { agents, headers, signal }: Pick<DeliverOptions, 'agents' | 'headers' | 'signal'>,
): Promise<Answer> {
  const url = new URL(collector)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${PATH}`
  const secure = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)(url, {
      method: 'POST',
      agent: secure ? agents.https : agents.http,
      signal,
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'content-length': body.length,
        'user-agent': 'kuager',
        ...headers,
      },
    })
    request.once('error', reject)
    request.once('response', (response) => void readAnswer(response).then(resolve, reject))
    request.end(body)
  })
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response) {
    if (!Buffer.isBuffer(piece)) continue
    length += piece.length
    if (length > MOST_ANSWER_BYTES) {
      response.destroy()
      break
    }
    pieces.push(piece)
  }
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'],
    date: response.headers.date,
    body: length > MOST_ANSWER_BYTES ? '' : Buffer.concat(pieces).toString(),
  }
}

/** 4xx is a word about the document, but for these: come again. */
const PASSING: readonly number[] = [408, 425, 429]

/** `offset`: of the collector's clock from ours; undefined where its answer has no date. */
function understand({ status, retryAfter, body }: Answer, id: string, offset: Millis | undefined): DeliveryOutcome {
  const json = parse(body)
  if (status === 200 || status === 201) {
    const accepted = acceptedSchema.safeParse(json)
    if (!accepted.success || accepted.data.x_id !== id) return { kind: 'unreachable', failure: 'foreign_answer' }
    const { x_leaf_index: leaf, x_standing: standing } = accepted.data
    return { kind: 'accepted', leaf, ...defined({ standing }) }
  }
  if (status >= 500 || PASSING.includes(status)) {
    const wait = parseRetryAfter(retryAfter)
    const said = refusedSchema.safeParse(json)
    return {
      kind: 'busy',
      ...defined({ retryAfter: wait }),
      ...(said.success ? { code: said.data.detail.error } : {}),
    }
  }
  const refused = status >= 400 ? refusedSchema.safeParse(json) : undefined
  if (refused?.success !== true) return { kind: 'unreachable', failure: 'foreign_answer' }
  const { error, message } = refused.data.detail
  // A collector whose clock is wrong calls honest measurements early or late: they wait until the clocks agree.
  if (BY_CLOCK.includes(error) && offset !== undefined && Math.abs(offset) > CLOCKS_APART_MS)
    return { kind: 'busy', code: error }
  return { kind: 'refused', code: error, reason: message === undefined ? error : `${error}: ${message}` }
}

/** Seconds of `Retry-After` alone: a date would need both clocks to agree. Bounded to half a day. */
function parseRetryAfter(header: string | undefined): Millis | undefined {
  const seconds = header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined
  return seconds === undefined ? undefined : millis(Math.min(seconds, LONGEST_RETRY_S) * 1000)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
