import type { Context, Hono } from 'hono'
import { incomingOf } from '../../web/request/request-body.ts'
import { InputError } from '../../core/model/errors.ts'
import { sentCheckSchema } from '../../core/model/people/crowd-check.ts'
import type { Log } from '../../runtime/log.ts'
import type { CrowdDesk } from './desk.ts'
import type { Frame } from '../../web/html/frame.ts'
import { readPosted, refusePosted } from '../../web/request/posted-json.ts'
import { PostRoom } from '../../web/request/post-room.ts'
import { urls } from '../urls.ts'
import type { WorkDesk } from './work-desk.ts'

/** Longest body: twenty results of two tries are some 5 KB. */
const MOST_BYTES = 16 * 1024
/** Of bodies that are being read at once. */
const ROOM_BYTES = 16 * 2 ** 20
const RETRY_S = 5
const FAULT_S = 60

type Refused =
  | { readonly status: 400; readonly code: 'body.invalid' }
  | { readonly status: 403; readonly code: 'page.foreign' | 'work.spent' | 'work.expired' | 'work.wrong' }
  | { readonly status: 413; readonly code: 'body.too-large' }
  | { readonly status: 415; readonly code: 'body.type' }
  | { readonly status: 429; readonly code: 'rate.exceeded'; readonly wait: number }
  | { readonly status: 503; readonly code: 'check.busy' | 'check.fault'; readonly wait: number }

const CHALLENGE = `a solution of a new challenge of ${urls.work('check')}`
/** What was found and what would have been right, for programs. */
const SAID: Readonly<Record<Refused['code'], readonly [message: string, expected: string]>> = {
  'body.invalid': ['The body is not of the form of a check', 'the form of docs/formats/crowd-check.md'],
  'page.foreign': ['Checks are not taken from pages of other sites', 'a page of this site, or a program'],
  'work.spent': ['The solution was used before', CHALLENGE],
  'work.expired': ['The challenge is too old', CHALLENGE],
  'work.wrong': ['The solution is wrong', CHALLENGE],
  'body.too-large': ['The body is too long', `at most ${MOST_BYTES} bytes`],
  'body.type': ['The body is of another type', 'content-type: application/json'],
  'rate.exceeded': ['Too many checks from this part of the network', 'a pause'],
  'check.busy': ['Too many checks at this moment', 'a pause'],
  'check.fault': ['The check could not be stored', 'a later time'],
}

export interface CrowdRouteOptions {
  readonly crowd: CrowdDesk
  readonly work: WorkDesk
  readonly frame: Pick<Frame, 'origin' | 'onion'>
  readonly log: Log
}

/**
 * Takes what checks in browsers found (docs/formats/crowd-check.md, "Sending"). Of a sender nothing is kept, and nothing
 * enters a log line.
 */
export function addCrowd(site: Hono, options: CrowdRouteOptions): void {
  const room = new PostRoom(ROOM_BYTES)
  site.post(urls.checkResults(), async (c) => {
    c.header('cache-control', 'no-store')
    try {
      const refused = await take(c, options, room)
      return refused === undefined ? c.json({ taken: true }, 201) : refusePosted(c, refused, SAID[refused.code])
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const { code, path, message, expected } = error
      return c.json({ error: { code, path, expected, message } }, 400)
    }
  })
  site.all(urls.checkResults(), (c) => {
    c.header('allow', 'POST')
    c.header('cache-control', 'no-store')
    const [message, expected] = ['Checks are sent to this address', 'POST']
    return c.json({ error: { code: 'method.refused', path: '', expected, message } }, 405)
  })
}

/** Undefined where it was taken. Throws InputError for a check that cannot be counted. */
async function take(
  c: Context,
  { crowd, work, frame, log }: CrowdRouteOptions,
  room: PostRoom,
): Promise<Refused | undefined> {
  const posted = await readPosted(c, sentCheckSchema, { frame, room, most: MOST_BYTES })
  switch (posted.kind) {
    case 'foreign':
      return { status: 403, code: 'page.foreign' }
    case 'type':
      return { status: 415, code: 'body.type' }
    case 'too-large':
      return { status: 413, code: 'body.too-large' }
    case 'invalid':
      return { status: 400, code: 'body.invalid' }
    case 'full':
      return { status: 503, code: 'check.busy', wait: RETRY_S }
    case 'hurried':
      return { status: 429, code: 'rate.exceeded', wait: posted.wait }
    case 'value':
  }
  const { check, token, work: solution } = posted.value
  const paid = await work.verify(solution, 'check')
  if (paid !== 'done') return { status: 403, code: `work.${paid}` }
  const from = { socket: incomingOf(c)?.socket.remoteAddress, forwardedFor: c.req.header('x-forwarded-for') }
  try {
    const { wait } = await crowd.take({ check, token }, from)
    return wait === 0 ? undefined : { status: 429, code: 'rate.exceeded', wait }
  } catch (error) {
    if (error instanceof InputError) throw error
    log.error({ error }, 'a check could not be stored')
    return { status: 503, code: 'check.fault', wait: FAULT_S }
  }
}
