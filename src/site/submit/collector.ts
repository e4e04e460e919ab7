import { defined } from '../../core/model/defined.ts'
import { incomingOf } from '../../web/request/request-body.ts'
import type { Context, Hono } from 'hono'
import {
  bodyOf,
  refusal,
  replyTo,
  senderOf,
  takeSubmission,
  type SubmissionRequest,
  type CollectorOptions,
  type JsonReply,
} from './submissions.ts'

/** A question that is not a measurement. */
const MOST_QUESTION_BYTES = 64 * 1024
const BACKEND_VERSION = '1.3.5'

/**
 * OONI's interface for probes, and what we add to it (docs/formats/collector.md). No address enters an answer but those
 * that were asked for, and none a log line. A page of another site may not post from its visitors' browsers.
 */
export function addCollector(site: Hono, options: CollectorOptions): void {
  const { collector } = options
  const submit = async (c: Context, report?: string): Promise<Response> =>
    respond(c, await takeSubmission(askedOf(c, report), options))
  // Most come past this route, by direct-submit.ts.
  site.post('/api/v1/submit_measurement', (c) => submit(c))
  site.post('/report', (c) =>
    question(c, options, (request) => {
      const opened = collector.openReport(request)
      if (opened === undefined) return undefined
      return { backend_version: BACKEND_VERSION, ...opened, supported_formats: ['yaml', 'json'] }
    }),
  )
  site.post('/report/:id', (c) => {
    const id = c.req.param('id')
    // Of an unknown network or country: said to be taken and dropped, as OONI does.
    if (/_ZZ_\d+_n|_[A-Z0-9]{2}_0_n/.test(id)) return noted(c, c.json({}))
    return submit(c, id)
  })
  site.post('/report/:id/close', (c) => noted(c, c.json({})))
  site.post('/api/v1/check-in', (c) =>
    question(c, options, (request) => collector.checkIn(request, senderOf(askedOf(c), collector))),
  )
  site.post('/api/v1/geolookup', (c) => question(c, options, (request) => collector.geolookup(request)))
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

function respond(c: Context, { status, headers, body }: JsonReply): Response {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  return c.json(body, status)
}

const askedOf = (c: Context, report?: string): SubmissionRequest => ({
  incoming: incomingOf(c),
  header: (name) => c.req.header(name),
  ...defined({ report }),
})

/** A question with a JSON body; `undefined` as its answer is a wrong question. */
async function question(
  c: Context,
  { collector, room }: CollectorOptions,
  reply: (request: unknown) => object | undefined,
): Promise<Response> {
  const asked = askedOf(c)
  const admitted = collector.admit(senderOf(asked, collector))
  if (admitted.kind === 'later') return respond(c, replyTo(admitted, false))
  const { prefix } = admitted
  const limits = { most: MOST_QUESTION_BYTES, room, ...defined({ prefix }) }
  const body = await bodyOf(asked, limits)
  if (body.kind !== 'body') return respond(c, refusal(400, 'bad_format', 'The body is missing or too long'))
  let request: unknown
  try {
    request = JSON.parse(new TextDecoder().decode(body.bytes))
  } catch {
    return respond(c, refusal(400, 'not_json', 'The body is no JSON'))
  }
  const found = reply(request)
  return found === undefined
    ? respond(c, refusal(400, 'bad_metadata', 'The body is not as expected'))
    : noted(c, c.json(found))
}
