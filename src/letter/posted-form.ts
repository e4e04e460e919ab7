import type { Context } from 'hono'
import type { SenderRate } from '../site/api/sender-rate.ts'
import { incomingOf } from '../site/collector.ts'
import { isForeign } from '../site/foreign-page.ts'
import type { BodyRoom } from '../site/request-body.ts'
import { bodyOf } from '../site/submissions.ts'
import type { From } from '../sys/sender/from.ts'
import type { LetterFrame } from './letter-options.ts'

/** Longest form: a name, an address, a comment of 600 characters, each as three bytes in percent signs. */
const MOST_BYTES = 32 * 1024
const RETRY_S = 5

/** What bounds a form. */
export interface FormLimits {
  readonly frame: LetterFrame
  readonly room: BodyRoom
  readonly rate?: SenderRate
}

export type PostedForm =
  | { readonly kind: 'form'; readonly get: (name: string) => string }
  | { readonly kind: 'foreign' | 'read' }
  | { readonly kind: 'many' | 'busy'; readonly wait: number }

/** From where a request comes: used in memory and forgotten. */
export const fromOf = (c: Context): From => ({
  socket: incomingOf(c)?.socket.remoteAddress,
  forwardedFor: c.req.header('x-forwarded-for'),
})

/** Takes the cost of one act from what the asker's part of the network has; gives the seconds to wait, else 0. */
export function takeRate(c: Context, rate: SenderRate | undefined, cost = 1): number {
  const { socket, forwardedFor } = fromOf(c)
  return socket === undefined ? 0 : (rate?.take({ socket, forwardedFor }, cost).wait ?? 0)
}

/** Reads a form that a page of this site sends: bounded, of one type, each field once. Never rejects. */
export async function readForm(c: Context, { frame, room, rate }: FormLimits): Promise<PostedForm> {
  if (isForeign(c, frame)) return { kind: 'foreign' }
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(c.req.header('content-type') ?? ''))
    return { kind: 'read' }
  const wait = takeRate(c, rate)
  if (wait > 0) return { kind: 'many', wait }
  const body = await bodyOf(
    { incoming: incomingOf(c), header: (name) => c.req.header(name) },
    { most: MOST_BYTES, room },
  )
  switch (body.kind) {
    case 'too-large':
    case 'slow':
    case 'broken':
      return { kind: 'read' }
    case 'full':
    case 'crowded':
      return { kind: 'busy', wait: RETRY_S }
    case 'body':
  }
  const fields = fieldsOf(body.bytes)
  return fields === undefined ? { kind: 'read' } : { kind: 'form', get: (name) => fields.get(name) ?? '' }
}

/**
 * Lines end with one character, as in the field that counted them: a form that is sent without scripts has two. Undefined
 * where a field comes twice, or is no text of UTF-8.
 */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(new TextDecoder().decode(bytes))) {
    if (fields.has(name) || value.includes('\ufffd') || value.includes('\0')) return undefined
    fields.set(name, value.replaceAll('\r\n', '\n'))
  }
  return fields
}
