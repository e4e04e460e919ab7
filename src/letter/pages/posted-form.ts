import type { Context } from 'hono'
import { incomingOf } from '../../web/request/request-body.ts'
import type { SenderRate } from '../../web/request/sender-rate.ts'
import { isForeign } from '../../web/request/foreign-page.ts'
import { readFormBody } from '../../web/request/form-body.ts'
import type { PostMemory } from '../../web/request/post-memory.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'
import type { LetterFrame } from './options.ts'

/** Longest form that is read: a name, an address, a comment ten times as long as one may be, which comes back. */
const MOST_BYTES = 64 * 1024
const RETRY_S = 5

/** What bounds a form. */
export interface FormLimits {
  readonly frame: LetterFrame
  readonly room: PostMemory
  readonly rate?: SenderRate
}

/** What was typed, field by field; a field that is not there is empty. */
export interface SentForm {
  readonly get: (name: string) => string
  /** Name of the sender's part of the network, only in memory; absent where it cannot be determined. */
  readonly part: string | undefined
}

/** Why a form that was read is given back as it was typed, with the status that says so. */
export const BACK = { foreign: 403, many: 429, broken: 400 } as const
export type BackReason = keyof typeof BACK

export type PostedForm =
  | ({ readonly kind: 'form' } & SentForm)
  | ({ readonly kind: 'back'; readonly why: BackReason; readonly wait?: number } & SentForm)
  /** Nothing can be given back. */
  | { readonly kind: 'unread'; readonly problem: 'read' }
  | { readonly kind: 'unread'; readonly problem: 'busy'; readonly wait: number }

/** From where a request comes: used in memory and forgotten. */
export const fromOf = (c: Context): ClientAddress => ({
  socket: incomingOf(c)?.socket.remoteAddress,
  forwardedFor: c.req.header('x-forwarded-for'),
})

/** Takes the cost of one act from what the asker's part of the network has; `wait`: seconds to wait, else 0. */
export function takeRate(
  c: Context,
  rate: SenderRate | undefined,
  cost = 1,
): { readonly wait: number; readonly part?: string } {
  const { socket, forwardedFor } = fromOf(c)
  return socket === undefined ? { wait: 0 } : (rate?.take({ socket, forwardedFor }, cost) ?? { wait: 0 })
}

/**
 * Reads a form: bounded, of one type, each field once. It is read before it is asked who sends it and how often, so
 * that what is refused can be given back as it was typed. Never rejects.
 */
export async function readForm(c: Context, { frame, room, rate }: FormLimits): Promise<PostedForm> {
  const body = await readFormBody(c, { room, most: MOST_BYTES })
  if (body.kind === 'unread') {
    // A body may still be coming in.
    c.header('connection', 'close')
    return body.status === 503
      ? { kind: 'unread', problem: 'busy', wait: RETRY_S }
      : { kind: 'unread', problem: 'read' }
  }
  if (!body.isWhole) c.header('connection', 'close')
  const { fields, isClean } = fieldsOf(body.fields)
  const get = (name: string): string => fields.get(name) ?? ''
  const { wait, part } = takeRate(c, rate)
  if (isForeign(c, frame)) return { kind: 'back', why: 'foreign', get, part }
  if (wait > 0) return { kind: 'back', why: 'many', wait, get, part }
  return body.isWhole && isClean ? { kind: 'form', get, part } : { kind: 'back', why: 'broken', get, part }
}

/**
 * Lines end with one character, as in the field that counted them: a form that is sent without scripts has two. Not
 * clean where a field comes twice, or is no text of UTF-8: then it is what could be read.
 */
function fieldsOf(sent: URLSearchParams): { readonly fields: ReadonlyMap<string, string>; readonly isClean: boolean } {
  const fields = new Map<string, string>()
  let isClean = true
  for (const [name, value] of sent) {
    const text = value.replaceAll('\r\n', '\n').replaceAll(/[\0\ufffd]/g, '')
    if (fields.has(name) || /[\0\ufffd]/.test(value)) isClean = false
    if (!fields.has(name)) fields.set(name, text)
  }
  return { fields, isClean }
}
