import type { Context } from 'hono'
import { incomingOf } from './request-body.ts'
import { readPost, type PostMemory } from './post-memory.ts'

/** So much more than a form may be long is let in and dropped. */
const DROPPED = 2 ** 20

export type FormBody =
  | {
      readonly kind: 'form'
      readonly fields: URLSearchParams
      /** Not where more came than is read; then the last field is cut. */
      readonly isWhole: boolean
    }
  /** 415: it is not a form; 422: it was interrupted; 503: it had to make way for others. */
  | { readonly kind: 'unread'; readonly status: 415 | 422 | 503 }

/**
 * Reads what a form sends, also where it is not going to be taken: what was typed can then be shown again. Who sends
 * it, how often and from where is for the caller to look at. Never rejects.
 */
export async function readFormBody(
  c: Context,
  { room, most }: { readonly room: PostMemory; readonly most: number },
): Promise<FormBody> {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(c.req.header('content-type') ?? ''))
    return { kind: 'unread', status: 415 }
  const incoming = incomingOf(c)
  if (incoming === undefined) return { kind: 'unread', status: 422 }
  const body = await readPost(incoming, { room, most, dropped: DROPPED })
  if (body.kind !== 'body') return { kind: 'unread', status: body.kind === 'full' ? 503 : 422 }
  const text = new TextDecoder().decode(body.bytes)
  body.bytes.fill(0)
  return { kind: 'form', fields: body.isWhole ? new URLSearchParams(text) : fieldsOfStart(text), isWhole: body.isWhole }
}

/** Fields of a form that was cut anywhere: the part of a letter at the end is left out. */
function fieldsOfStart(text: string): URLSearchParams {
  const fields = new URLSearchParams(text.replace(/%[0-9a-f]?$/i, ''))
  const [last] = [...fields].toReversed()
  if (last !== undefined) fields.set(last[0], last[1].replace(/\ufffd+$/, ''))
  return fields
}
