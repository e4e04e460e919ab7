import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import type { ClientAddress } from '../../runtime/sender/from.ts'
import type { Log } from '../../runtime/log.ts'
import type { Frame } from '../../web/html/frame.ts'
import { PostMemory } from '../../web/request/post-memory.ts'
import { readPosted, refusePosted, type RefusedPost } from '../../web/request/posted-json.ts'
import { incomingOf } from '../../web/request/request-body.ts'
import { urls } from '../urls.ts'
import type { WorkDesk } from '../../web/work/contract.ts'

export const RETRY_S = 5
const FAULT_S = 60
const PAUSE = 'a pause'
export const LATER = 'a later time'

export interface PaidPostOptions {
  readonly work: WorkDesk
  readonly frame: Pick<Frame, 'origin' | 'onion'>
  readonly log: Log
}

/** Answers that something is not taken: what was found and what would have been right, for programs. */
type Refuse = (refused: RefusedPost, message: string, expected: string) => Response

/** One thing that pages and programs send as JSON, with a proof of work. */
export interface PaidPost<S extends z.ZodType<{ readonly work: string }>> {
  readonly path: string
  readonly schema: S
  readonly purpose: 'check' | 'saved-check'
  readonly noun: 'check' | 'digest'
  /** Where the form of a body is described, or the form. */
  readonly form: string
  readonly mostBytes: number
  /** Of bodies that are being read at once. */
  readonly roomBytes: number
  /** Codes of answers where this service has no room or is broken begin with it. */
  readonly service: 'check' | 'log'
  readonly said: { readonly busy: string; readonly fault: string; readonly logged: string }
  /** Takes what was paid for and answers. */
  take(c: Context, value: z.infer<S>, tools: PaidTools): Promise<Response>
}

export interface PaidTools {
  readonly from: ClientAddress
  readonly hurried: (wait: number) => Response
  readonly busy: (wait: number) => Response
  readonly refuse: Refuse
}

/**
 * Adds the address that takes it. Of a sender nothing is kept, and nothing enters a log line. A page of another site may
 * not send from its visitors' browsers.
 */
export function addPaidPost<S extends z.ZodType<{ readonly work: string }>>(
  site: Hono,
  post: PaidPost<S>,
  { work, frame, log }: PaidPostOptions,
): void {
  const { path, schema, purpose, noun, form, mostBytes, service, said } = post
  const nouns = noun === 'check' ? 'Checks' : 'Digests'
  const room = new PostMemory(post.roomBytes)
  site.post(path, async (c) => {
    c.header('cache-control', 'no-store')
    const refuse: Refuse = (refused, message, expected) => refusePosted(c, refused, [message, expected])
    const hurried = (wait: number): Response =>
      refuse({ status: 429, code: 'rate.exceeded', wait }, `Too many ${noun}s from this part of the network`, PAUSE)
    const busy = (wait: number): Response => refuse({ status: 503, code: `${service}.busy`, wait }, said.busy, PAUSE)
    const posted = await readPosted(c, schema, { frame, room, most: mostBytes })
    switch (posted.kind) {
      case 'foreign': {
        const message = `${nouns} are not taken from pages of other sites`
        return refuse({ status: 403, code: 'page.foreign' }, message, 'a page of this site, or a program')
      }
      case 'type':
        return refuse(
          { status: 415, code: 'body.type' },
          'The body is of another type',
          'content-type: application/json',
        )
      case 'too-large':
        return refuse({ status: 413, code: 'body.too-large' }, 'The body is too long', `at most ${mostBytes} bytes`)
      case 'invalid':
        return refuse({ status: 400, code: 'body.invalid' }, `The body is not of the form of a ${noun}`, form)
      case 'full':
        return busy(RETRY_S)
      case 'hurried':
        return hurried(posted.wait)
      case 'value':
    }
    const paid = await work.verify(posted.value.work, purpose)
    if (paid !== 'done')
      return refuse(
        { status: 403, code: `work.${paid}` },
        UNPAID[paid],
        `a solution of a new challenge of ${urls.work(purpose)}`,
      )
    const from = { socket: incomingOf(c)?.socket.remoteAddress, forwardedFor: c.req.header('x-forwarded-for') }
    try {
      return await post.take(c, posted.value, { from, hurried, busy, refuse })
    } catch (error) {
      log.error({ error }, said.logged)
      return refuse({ status: 503, code: `${service}.fault`, wait: FAULT_S }, said.fault, LATER)
    }
  })
  site.all(path, (c) => {
    c.header('allow', 'POST')
    c.header('cache-control', 'no-store')
    const error = { code: 'method.refused', path: '', expected: 'POST', message: `${nouns} are sent to this address` }
    return c.json({ error }, 405)
  })
}

const UNPAID = {
  spent: 'The solution was used before',
  expired: 'The challenge is too old',
  wrong: 'The solution is wrong',
} as const
