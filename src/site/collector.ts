import type { Context, Hono } from 'hono'
import type { Admitted, Posted, Received, Refusal } from '../model/submission.ts'
import type { Log } from '../sys/log.ts'
import { BodyRoom, readBody, type Incoming, type ReadBody } from './request-body.ts'

/** What stands behind the routes of the collector; made in cli/collector.ts. */
export interface Collector {
  /** Address of the sender behind the proxies that the operator trusts. */
  sender(socketAddress: string | undefined, forwardedFor: string | undefined): string | undefined
  /** Whether the sender may send now. */
  admit(sender: string | undefined): Admitted
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
}

/** Bytes of bodies that are being read at once. */
const ROOM_BYTES = 64 * 2 ** 20
/** A question that is no measurement. */
const MOST_QUESTION_BYTES = 64 * 1024
const BACKEND_VERSION = '1.3.5'

const STATUS: Partial<Record<Refusal, 400 | 410 | 413 | 415>> = { too_large: 413, bad_encoding: 415, erased: 410 }

/**
 * OONI's interface for probes, and what we add to it (docs/formats/collector.md). No address enters an answer but those
 * that were asked for, and none a log line. A page of another site may not post from its visitors' browsers.
 */
export function addCollector(site: Hono, options: CollectorOptions): void {
  const { collector } = options
  const room = new BodyRoom(ROOM_BYTES)
  const submit = async (c: Context, report?: string): Promise<Response> => {
    const received = await receive(c, { ...options, room, ...(report === undefined ? {} : { report }) })
    return answer(c, received, report !== undefined)
  }
  site.post('/api/v1/submit_measurement', (c) => submit(c))
  site.post('/report', (c) =>
    question(c, { collector, room }, (request) => {
      const opened = collector.openReport(request)
      if (opened === undefined) return undefined
      return { backend_version: BACKEND_VERSION, ...opened, supported_formats: ['yaml', 'json'] }
    }),
  )
  site.post('/report/:id', (c) => {
    const id = c.req.param('id')
    // Of a network or country that nobody knows: said to be taken and dropped, as OONI does.
    if (/_ZZ_\d+_n|_[A-Z0-9]{2}_0_n/.test(id)) return noted(c, c.json({}))
    return submit(c, id)
  })
  site.post('/report/:id/close', (c) => noted(c, c.json({})))
  site.post('/api/v1/check-in', (c) =>
    question(c, { collector, room }, (request) => collector.checkIn(request, senderOf(c, collector))),
  )
  site.post('/api/v1/geolookup', (c) => question(c, { collector, room }, (request) => collector.geolookup(request)))
  site.get('/api/v1/test-helpers', (c) => noted(c, c.json(collector.testHelpers())))
  // No anonymous credentials: a stock probe takes this for "submit without".
  site.get('/api/v1/manifest', (c) =>
    noted(c, c.json({ detail: { error: 'manifest_not_found', message: 'No manifest' } }, 404)),
  )
}

function noted(c: Context, response: Response): Response {
  c.header('cache-control', 'no-store')
  return response
}

const senderOf = (c: Context, collector: Collector): string | undefined =>
  collector.sender(incomingOf(c)?.socket.remoteAddress, c.req.header('x-forwarded-for'))

/** Browsers say which page posts; a probe is none. */
const isFromPage = (c: Context): boolean =>
  c.req.header('origin') !== undefined || c.req.header('sec-fetch-site') !== undefined

interface Reading {
  readonly collector: Collector
  readonly log: Log
  readonly room: BodyRoom
  readonly report?: string
}

type Answerable = Received | { readonly kind: 'foreign' | 'broken' | 'fault' }

async function receive(c: Context, { collector, log, room, report }: Reading): Promise<Answerable> {
  if (isFromPage(c)) return { kind: 'foreign' }
  const sender = senderOf(c, collector)
  const admitted = collector.admit(sender)
  if (admitted.kind === 'later') return admitted
  const body = await bodyOf(c, collector.mostBytes, room)
  if (body.kind !== 'body') return notRead(body.kind, collector.mostBytes)
  const invitation = c.req.header('x-kuager-invitation')
  const vouch = c.req.header('x-kuager-vouch')
  try {
    return await collector.submit({
      body: body.bytes,
      encoding: (c.req.header('content-encoding') ?? '').trim().toLowerCase(),
      sender,
      ...(admitted.prefix === undefined ? {} : { prefix: admitted.prefix }),
      ...(report === undefined ? {} : { report }),
      ...(invitation === undefined ? {} : { invitation }),
      ...(vouch === undefined ? {} : { vouch }),
    })
  } catch (error) {
    log.error({ error }, 'a submission could not be archived')
    return { kind: 'fault' }
  }
}

function notRead(kind: Exclude<ReadBody['kind'], 'body'>, most: number): Answerable {
  switch (kind) {
    case 'too-large':
      return { kind: 'refused', code: 'too_large', message: `The body is longer than ${most} bytes` }
    case 'full':
      return { kind: 'later', why: 'full', seconds: 5 }
    case 'broken':
      return { kind: 'broken' }
  }
}

/** The request of node:http behind a route; the server of listen.ts gives it, and a body is counted as it comes in. */
function incomingOf(c: Context): Incoming | undefined {
  const env: unknown = c.env
  const incoming: unknown = typeof env === 'object' && env !== null ? Reflect.get(env, 'incoming') : undefined
  return isIncoming(incoming) ? incoming : undefined
}

const isIncoming = (value: unknown): value is Incoming =>
  typeof value === 'object' && value !== null && 'on' in value && 'socket' in value

function bodyOf(c: Context, most: number, room: BodyRoom): Promise<ReadBody> {
  const incoming = incomingOf(c)
  const length = Number(c.req.header('content-length') ?? 0)
  if (length > most) return Promise.resolve({ kind: 'too-large' })
  return incoming === undefined ? Promise.resolve({ kind: 'broken' }) : readBody(incoming, most, room)
}

/** A question with a JSON body; `undefined` as its answer is a wrong question. */
async function question(
  c: Context,
  { collector, room }: Pick<Reading, 'collector' | 'room'>,
  reply: (request: unknown) => object | undefined,
): Promise<Response> {
  const admitted = collector.admit(senderOf(c, collector))
  if (admitted.kind === 'later') return answer(c, admitted, false)
  const body = await bodyOf(c, MOST_QUESTION_BYTES, room)
  c.header('cache-control', 'no-store')
  if (body.kind !== 'body') return refusal(c, 400, 'bad_format', 'The body is missing or too long')
  let request: unknown
  try {
    request = JSON.parse(new TextDecoder().decode(body.bytes))
  } catch {
    return refusal(c, 400, 'not_json', 'The body is no JSON')
  }
  const found = reply(request)
  return found === undefined ? refusal(c, 400, 'bad_metadata', 'The body is not as expected') : c.json(found)
}

/** OONI's shape of an error; the connection is closed where a body may still be coming in. */
function refusal(
  c: Context,
  status: 400 | 403 | 410 | 413 | 415 | 429 | 503,
  error: string,
  message: string,
): Response {
  if (status === 403 || status === 413 || status === 429 || status === 503) c.header('connection', 'close')
  return c.json({ detail: { error, message } }, status)
}

function answer(c: Context, received: Answerable, legacy: boolean): Response {
  c.header('cache-control', 'no-store')
  switch (received.kind) {
    case 'added':
    case 'known':
      return c.json(acknowledgement(received, legacy))
    case 'refused':
      return refuse(c, received.code, received.message)
    case 'later':
      c.header('retry-after', String(received.seconds))
      return received.why === 'sender'
        ? refusal(c, 429, 'slow_down', 'Too many submissions from this part of the network: send again later')
        : refusal(c, 503, 'busy', 'The collector is busy: send again later')
    case 'foreign':
      return refusal(c, 403, 'from_page', 'Submissions from web pages are not taken')
    case 'broken':
      return refusal(c, 400, 'bad_format', 'The body ended early')
    case 'fault':
      c.header('retry-after', '60')
      return refusal(c, 503, 'not_stored', 'The measurement could not be stored: send again later')
  }
}

function refuse(c: Context, code: Refusal, message: string): Response {
  // The older protocol's own words.
  if (code === 'legacy_format' || code === 'legacy_inconsistent') return c.json({ detail: message }, 400)
  return refusal(c, STATUS[code] ?? 400, code, message)
}

function acknowledgement(received: Received & { kind: 'added' | 'known' }, legacy: boolean): object {
  const { id, leafIndex, measurementUid, reportId, verification, kind } = received
  const ours = { x_id: id, x_leaf_index: leafIndex, x_known: kind === 'known' }
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
