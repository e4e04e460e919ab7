import type { Context } from 'hono'
import type { z } from 'zod'
import { incomingOf } from './request-body.ts'
import { isForeign } from './foreign-page.ts'
import type { Frame } from '../html/frame.ts'
import { readPost, type PostMemory } from './post-memory.ts'

export interface PostedLimits {
  readonly frame: Pick<Frame, 'origin' | 'onion'>
  /** Of bodies that are being read at once. */
  readonly room: PostMemory
  readonly most: number
  /**
   * Takes the cost of one from the allowance of the client, before the body is read; gives the seconds to wait, else 0.
   */
  readonly take?: (asking: { readonly socket: string; readonly forwardedFor: string | undefined }) => number
}

export type PostedJson<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'foreign' | 'type' | 'too-large' | 'invalid' | 'full' }
  | { readonly kind: 'hurried'; readonly wait: number }

/** Reads a JSON body that a page of this site, or a program, sends: bounded, and of this form. Never rejects. */
export async function readPosted<S extends z.ZodType>(
  c: Context,
  schema: S,
  { frame, room, most, take }: PostedLimits,
): Promise<PostedJson<z.infer<S>>> {
  if (isForeign(c, frame)) return { kind: 'foreign' }
  if (!/^application\/json\s*(?:;|$)/i.test(c.req.header('content-type') ?? '')) return { kind: 'type' }
  const incoming = incomingOf(c)
  const socket = incoming?.socket.remoteAddress
  const wait = socket === undefined ? 0 : (take?.({ socket, forwardedFor: c.req.header('x-forwarded-for') }) ?? 0)
  if (wait > 0) return { kind: 'hurried', wait }
  if (Number(c.req.header('content-length') ?? 0) > most) return { kind: 'too-large' }
  if (incoming === undefined) return { kind: 'invalid' }
  const body = await readPost(incoming, { room, most, dropped: 0 })
  switch (body.kind) {
    case 'full':
      return { kind: 'full' }
    case 'broken':
      return { kind: 'invalid' }
    case 'body':
      return body.isWhole ? parse(schema, body.bytes) : { kind: 'too-large' }
  }
}

/** Why something that was sent is not taken, as the answer says it. */
export interface RefusedPost {
  readonly status: 400 | 403 | 404 | 413 | 415 | 429 | 503
  readonly code: string
  /** Seconds after which to come again. */
  readonly wait?: number
}

/** Answers what is not taken: `said` is what was found and what would have been right, for programs. */
export function refusePosted(
  c: Context,
  { status, code, wait }: RefusedPost,
  [message, expected]: readonly [message: string, expected: string],
): Response {
  if (wait !== undefined) c.header('retry-after', String(wait))
  // A body may still be coming in.
  c.header('connection', 'close')
  return c.json({ error: { code, path: '', expected, message } }, status)
}

function parse<S extends z.ZodType>(schema: S, bytes: Uint8Array): PostedJson<z.infer<S>> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const parsed = schema.safeParse(JSON.parse(text))
    return parsed.success ? { kind: 'value', value: parsed.data } : { kind: 'invalid' }
  } catch {
    return { kind: 'invalid' }
  } finally {
    bytes.fill(0)
  }
}
