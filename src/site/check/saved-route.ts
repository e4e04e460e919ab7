import type { Context, Hono } from 'hono'
import { incomingOf } from '../../web/request/request-body.ts'
import { savedCheckEntry } from '../../core/evidence/saved-check/digest.ts'
import { savedCheckDigestSchema } from '../../core/model/people/saved-check.ts'
import { parseSha256 } from '../../core/model/units.ts'
import type { Log } from '../../runtime/log.ts'
import type { SenderRate } from '../../web/request/sender-rate.ts'
import type { Frame } from '../../web/html/frame.ts'
import { readPosted, refusePosted } from '../../web/request/posted-json.ts'
import { PostRoom } from '../../web/request/post-room.ts'
import { urls } from '../urls.ts'
import type { WorkDesk } from './work-desk.ts'

/** An entry that stands for a check in the log. */
export interface LoggedCheck {
  readonly leafIndex: number
  /** Its leaf record, as it is logged. */
  readonly leaf: Uint8Array
  readonly isNew: boolean
}

/** The service behind the route; made in cli/saved-checks.ts. */
export interface SavedChecks {
  /** How often one part of the network may send. */
  readonly rate: SenderRate
  /** Takes one of what all senders have together; gives the seconds to wait where nothing is left, else 0. */
  takeOfAll(): number
  /** Logs an entry, durable when resolved; undefined where there is no log. */
  log(entry: Uint8Array): Promise<LoggedCheck | undefined>
}

const MOST_BYTES = 4096
/** Of bodies that are being read at once. */
const ROOM_BYTES = 8 * 2 ** 20
const FORM = '{"sha256": 64 hexadecimal digits, "work": a solution}'
const RETRY_S = 5
const FAULT_S = 60

type Refused =
  | { readonly status: 400; readonly code: 'body.invalid' }
  | { readonly status: 403; readonly code: 'page.foreign' | 'work.spent' | 'work.expired' | 'work.wrong' }
  | { readonly status: 404; readonly code: 'log.none'; readonly wait: number }
  | { readonly status: 413; readonly code: 'body.too-large' }
  | { readonly status: 415; readonly code: 'body.type' }
  | { readonly status: 429; readonly code: 'rate.exceeded'; readonly wait: number }
  | { readonly status: 503; readonly code: 'log.busy' | 'log.fault'; readonly wait: number }

const CHALLENGE = `a solution of a new challenge of ${urls.work('saved-check')}`
/** What was found and what would have been right, for programs. */
const SAID: Readonly<Record<Refused['code'], readonly [message: string, expected: string]>> = {
  'body.invalid': ['The body is not of the form of a digest', FORM],
  'page.foreign': ['Digests are not taken from pages of other sites', 'a page of this site, or a program'],
  'log.none': ['There is no log yet', 'a later time'],
  'work.spent': ['The solution was used before', CHALLENGE],
  'work.expired': ['The challenge is too old', CHALLENGE],
  'work.wrong': ['The solution is wrong', CHALLENGE],
  'body.too-large': ['The body is too long', `at most ${MOST_BYTES} bytes`],
  'body.type': ['The body is of another type', 'content-type: application/json'],
  'rate.exceeded': ['Too many digests from this part of the network', 'a pause'],
  'log.busy': ['Too many digests from everybody together', 'a pause'],
  'log.fault': ['The digest could not be logged', 'a later time'],
}

export interface SavedCheckOptions {
  readonly savedChecks: SavedChecks
  readonly work: WorkDesk
  readonly frame: Pick<Frame, 'origin' | 'onion'>
  readonly log: Log
}

/**
 * Takes digests of checks that people keep into the log (docs/formats/saved-check.md, "Logging one"). Of a sender
 * nothing is kept, and nothing enters a log line. A page of another site may not send from its visitors' browsers.
 */
export function addSavedChecks(site: Hono, options: SavedCheckOptions): void {
  const room = new PostRoom(ROOM_BYTES)
  site.post(urls.savedChecks(), async (c) => {
    c.header('cache-control', 'no-store')
    const taken = await take(c, options, room)
    if ('code' in taken) return refusePosted(c, taken, SAID[taken.code])
    const { leafIndex, leaf, isNew } = taken.logged
    const receipt = urls.logProof(leafIndex)
    const body = { leaf_index: leafIndex, entry: taken.entry, leaf: new TextDecoder().decode(leaf), receipt }
    return c.json(body, isNew ? 201 : 200)
  })
  site.all(urls.savedChecks(), (c) => {
    c.header('allow', 'POST')
    c.header('cache-control', 'no-store')
    const [message, expected] = ['Digests are sent to this address', 'POST']
    return c.json({ error: { code: 'method.refused', path: '', expected, message } }, 405)
  })
}

interface Taken {
  readonly entry: string
  readonly logged: LoggedCheck
}

async function take(
  c: Context,
  { savedChecks, work, frame, log }: SavedCheckOptions,
  room: PostRoom,
): Promise<Taken | Refused> {
  const posted = await readPosted(c, savedCheckDigestSchema, {
    frame,
    room,
    most: MOST_BYTES,
  })
  switch (posted.kind) {
    case 'foreign':
      return { status: 403, code: 'page.foreign' }
    case 'type':
      return { status: 415, code: 'body.type' }
    case 'hurried':
      return { status: 429, code: 'rate.exceeded', wait: posted.wait }
    case 'too-large':
      return { status: 413, code: 'body.too-large' }
    case 'full':
      return { status: 503, code: 'log.busy', wait: RETRY_S }
    case 'invalid':
      return { status: 400, code: 'body.invalid' }
    case 'value':
  }
  const paid = await work.verify(posted.value.work, 'saved-check')
  if (paid !== 'done') return { status: 403, code: `work.${paid}` }
  // After the work: who brings none uses up nothing of what everyone behind the same address has.
  const socket = incomingOf(c)?.socket.remoteAddress
  const forwardedFor = c.req.header('x-forwarded-for')
  const hurried = socket === undefined ? 0 : savedChecks.rate.take({ socket, forwardedFor }, 1).wait
  if (hurried > 0) return { status: 429, code: 'rate.exceeded', wait: hurried }
  const busy = savedChecks.takeOfAll()
  if (busy > 0) return { status: 503, code: 'log.busy', wait: busy }
  const entry = savedCheckEntry(parseSha256(posted.value.sha256))
  try {
    const logged = await savedChecks.log(new TextEncoder().encode(entry))
    return logged === undefined ? { status: 404, code: 'log.none', wait: RETRY_S } : { entry, logged }
  } catch (error) {
    log.error({ error }, 'a saved check could not be logged')
    return { status: 503, code: 'log.fault', wait: FAULT_S }
  }
}
