import { defined } from '../../core/model/defined.ts'
import type { Admitted, Posted, Received, Refusal } from '../../core/model/measured/submission.ts'
import type { Log } from '../../runtime/log.ts'
import { counter } from '../../runtime/metrics.ts'
import {
  readBody,
  type BodyLimits,
  type UploadSlots,
  type Incoming,
  type ReadBody,
} from '../../web/request/request-body.ts'
import { urls } from '../urls.ts'

/** The service behind the routes of the collector; made in app/folder/collector.ts. */
export interface Collector {
  /** Address of the sender behind the proxies that the operator trusts. */
  sender(socketAddress: string | undefined, forwardedFor: string | undefined): string | undefined
  /** Whether the sender may send now. */
  admit(sender: string | undefined): Admitted
  /** Why no measurement is accepted now, from anyone. */
  closed(): (Received & { readonly kind: 'later' }) | undefined
  submit(posted: Posted): Promise<Received>
  checkIn(request: unknown, sender: string | undefined): object
  testHelpers(): object
  geolookup(request: unknown): object | undefined
  openReport(request: unknown): { readonly report_id: string } | undefined
  /** Longest body that is read. */
  readonly mostBytes: number
}

export interface CollectorOptions {
  readonly collector: Collector
  readonly log: Log
  /** Bytes of bodies that may be read at once, by all routes together. */
  readonly room: UploadSlots
}

/** Bytes of bodies that are being read at once. */
export const ROOM_BYTES = 64 * 2 ** 20

/** A request as a submission needs it, after any parser. */
export interface SubmissionRequest {
  readonly incoming: Incoming | undefined
  /** Value of a header; its name in lower case. */
  readonly header: (name: string) => string | undefined
  /** Of the older protocol, the report it was posted to. */
  readonly report?: string
}

export type Status = 200 | 400 | 403 | 408 | 410 | 413 | 415 | 429 | 503

/** An answer of JSON; `headers` besides those of every answer. */
export interface JsonReply {
  readonly status: Status
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

const STATUS: Partial<Record<Refusal, 400 | 410 | 413 | 415>> = {
  too_large: 413,
  too_costly: 413,
  bad_encoding: 415,
  erased: 410,
}
const NO_STORE = { 'cache-control': 'no-store' } as const
const ALSO_CLOSED = { ...NO_STORE, connection: 'close' } as const

/** Address of the client, behind trusted proxies. */
export const senderOf = ({ incoming, header }: SubmissionRequest, collector: Collector): string | undefined =>
  collector.sender(incoming?.socket.remoteAddress, header('x-forwarded-for'))

/** Browsers say which page posts; a probe is none. */
const isFromPage = ({ header }: SubmissionRequest): boolean =>
  header('origin') !== undefined || header('sec-fetch-site') !== undefined

const submissions = counter(
  'kuager_submissions_total',
  'Submissions by what became of them: added, known, the code of a refusal, or later with its reason.',
  'outcome',
)
const outcomeOf = (received: Answerable): string =>
  received.kind === 'refused' ? received.code : received.kind === 'later' ? `later_${received.why}` : received.kind

type Answerable = Received | { readonly kind: 'foreign' | 'broken' | 'slow' | 'fault' }

/** Takes a submission and says what is to be answered (docs/formats/collector.md). Never rejects. */
export async function takeSubmission(asked: SubmissionRequest, options: CollectorOptions): Promise<JsonReply> {
  try {
    const received = await receive(asked, options)
    submissions(outcomeOf(received)).inc()
    return replyTo(received, asked.report !== undefined)
  } catch (error) {
    options.log.error({ error }, 'a submission could not be archived')
    submissions('fault').inc()
    return replyTo({ kind: 'fault' }, false)
  }
}

async function receive(asked: SubmissionRequest, { collector, room }: CollectorOptions): Promise<Answerable> {
  if (isFromPage(asked)) return { kind: 'foreign' }
  const { header, report } = asked
  const sender = senderOf(asked, collector)
  const admitted = collector.admit(sender)
  if (admitted.kind === 'later') return admitted
  const closed = collector.closed()
  if (closed !== undefined) return closed
  const { prefix } = admitted
  const limits = { most: collector.mostBytes, room, ...defined({ prefix }) }
  const body = await bodyOf(asked, limits)
  if (body.kind !== 'body') return notRead(body.kind, collector.mostBytes)
  const invitation = header('x-kuager-invitation')
  const vouch = header('x-kuager-vouch')
  return collector.submit({
    body: body.bytes,
    encoding: (header('content-encoding') ?? '').trim().toLowerCase(),
    sender,
    ...defined({ prefix, report, invitation, vouch }),
  })
}

/** Reads the body of a request, as long as it says no more bytes than the limit and has no more. */
export function bodyOf({ incoming, header }: SubmissionRequest, limits: BodyLimits): Promise<ReadBody> {
  const length = Number(header('content-length') ?? 0)
  if (length > limits.most) return Promise.resolve({ kind: 'too-large' })
  return incoming === undefined ? Promise.resolve({ kind: 'broken' }) : readBody(incoming, limits)
}

function notRead(kind: Exclude<ReadBody['kind'], 'body'>, most: number): Answerable {
  switch (kind) {
    case 'too-large':
      return { kind: 'refused', code: 'too_large', message: `The body is longer than ${most} bytes` }
    case 'full':
      return { kind: 'later', why: 'full', seconds: 5 }
    case 'crowded':
      return { kind: 'later', why: 'sender', seconds: 5 }
    case 'slow':
    case 'broken':
      return { kind }
  }
}

/** OONI's shape of an error; the connection is closed where a body may still be coming in. */
export function refusal(status: Exclude<Status, 200>, error: string, message: string): JsonReply {
  const closes = status === 403 || status === 408 || status === 413 || status === 429 || status === 503
  return { status, headers: closes ? ALSO_CLOSED : NO_STORE, body: { detail: { error, message } } }
}

const later = (reply: JsonReply, seconds: number): JsonReply => ({
  ...reply,
  headers: { ...reply.headers, 'retry-after': String(seconds) },
})

/** The answer to a submission; `legacy` in the shape of the older protocol. */
export function replyTo(received: Answerable, legacy: boolean): JsonReply {
  switch (received.kind) {
    case 'added':
    case 'known':
      return { status: 200, headers: NO_STORE, body: acknowledgement(received, legacy) }
    case 'refused':
      return refuse(received.code, received.message)
    case 'later':
      return later(refuseForNow(received), received.seconds)
    case 'foreign':
      return refusal(403, 'from_page', 'Submissions from web pages are not taken')
    case 'slow':
      return refusal(408, 'too_slow', 'The body comes too slowly: send it again')
    case 'broken':
      return refusal(400, 'bad_format', 'The body ended early')
    case 'fault':
      return later(refusal(503, 'not_stored', 'The measurement could not be stored: send again later'), 60)
  }
}

function refuseForNow(received: Received & { readonly kind: 'later' }): JsonReply {
  switch (received.why) {
    case 'sender':
      return refusal(429, 'slow_down', 'Too many submissions from this part of the network: send again later')
    case 'full':
      return refusal(503, 'busy', 'The collector is busy: send again later')
    case 'no_room':
    case 'clock':
      return refusal(503, received.why, received.message)
  }
}

function refuse(code: Refusal, message: string): JsonReply {
  // The older protocol's own words.
  if (code === 'legacy_format' || code === 'legacy_inconsistent')
    return { status: 400, headers: NO_STORE, body: { detail: message } }
  return refusal(STATUS[code] ?? 400, code, message)
}

function acknowledgement(received: Received & { kind: 'added' | 'known' }, legacy: boolean): object {
  const { id, leafIndex, measurementUid, reportId, verification, standing, kind } = received
  const ours = {
    x_id: id,
    x_leaf_index: leafIndex,
    x_receipt: urls.logProof(leafIndex),
    x_known: kind === 'known',
    x_standing: standing,
  }
  if (legacy) return { measurement_uid: measurementUid, ...ours }
  return {
    measurement_uid: measurementUid,
    verification_status: verification,
    submit_response: null,
    protocol_version: null,
    error: null,
    report_id: reportId,
    ...ours,
  }
}
