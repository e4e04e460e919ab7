import { requestIdHeaders } from '../../runtime/request/current-request.ts'
import type { Direct, DirectResponse } from '../../web/listen.ts'
import { SECURITY_HEADERS } from '../../web/request/headers.ts'
import { takeSubmission, type SubmissionRequest, type CollectorOptions, type JsonReply } from './submissions.ts'

const PATH = '/api/v1/submit_measurement'
/** Any other host is left to the route table, which knows what to say of it. */
const PLAIN_HOST = /^[\w.-]{1,253}(?::\d{1,5})?$/
const ALWAYS = { ...SECURITY_HEADERS, 'content-type': 'application/json' } as const

/**
 * The way of nearly every submission: from node:http to the collector and back, past the route table, whose conversions
 * to a Request and from a Response would take as long as everything else that the main thread does for it. Status,
 * headers and body are those of the route (direct-submit.test.ts).
 */
export function openDirectSubmit(options: CollectorOptions): Direct {
  return (request, response) => {
    if (request.method !== 'POST' || request.url !== PATH) return false
    const { headers } = request
    if (typeof headers['host'] !== 'string' || !PLAIN_HOST.test(headers['host'])) return false
    void answer({ incoming: request, header: (name) => textOf(headers[name]) }, { response, options })
    return true
  }
}

const textOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.join(', ')

async function answer(
  asked: SubmissionRequest,
  { response, options }: { readonly response: DirectResponse; readonly options: CollectorOptions },
): Promise<void> {
  const reply = await takeSubmission(asked, options)
  if (response.destroyed) return // the client has gone
  const text = JSON.stringify(reply.body)
  const length = ['content-length', String(Buffer.byteLength(text))]
  response.writeHead(reply.status, [...headersOf(reply), ...length, ...requestIdHeaders(reply.status)])
  response.end(text)
}

/** Headers as the route table sends them: names sorted; made once for each set, of which there are few. */
const made = new WeakMap<JsonReply['headers'], readonly string[]>()
function headersOf({ headers }: JsonReply): readonly string[] {
  const found = made.get(headers)
  if (found !== undefined) return found
  const all = Object.entries({ ...ALWAYS, ...headers })
  const flat = all.toSorted(([a], [b]) => (a < b ? -1 : 1)).flat()
  made.set(headers, flat)
  return flat
}

/** Asks several ways in turn; the first whose request it is answers. */
export const firstOf =
  (...ways: readonly Direct[]): Direct =>
  (request, response, route) =>
    ways.some((way) => way(request, response, route))
