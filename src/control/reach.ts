import type { IncomingMessage, ServerResponse } from 'node:http'

/** What `/reach` answers: the client learns that its connection leads to a control of ours. */
export const REACH_TEXT = 'kuager-reach/1\n'
/** One transparent pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const ANSWERS: Readonly<Record<string, { readonly type: string; readonly body: Buffer }>> = {
  '/reach': { type: 'text/plain; charset=utf-8', body: Buffer.from(REACH_TEXT) },
  '/reach.png': { type: 'image/png', body: PIXEL },
}

/** Readable by pages of every site, with the times of the connection; not cached on the way. */
const HEADERS = {
  'access-control-allow-origin': '*',
  'timing-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const

/**
 * Requests of pages from one network prefix, apart from those of probes: behind one prefix of a mobile operator stand
 * thousands, and a check asks four times.
 */
export const REACH_LIMITS = { burst: 2_000, perSecond: 50, most: 20_000 } as const

/**
 * Answers the two addresses that tell a page whether its line reaches us (docs/formats/control.md, "Pages"); false where
 * another was asked. `take`: seconds to wait where the asker's prefix asked too much, else 0. Nothing of a request is
 * kept or logged; its query is not looked at.
 */
export function answerReach(request: IncomingMessage, response: ServerResponse, take: () => number): boolean {
  const { method, url = '' } = request
  const found = ANSWERS[/^[^?]*/.exec(url)?.[0] ?? '']
  if (found === undefined || (method !== 'GET' && method !== 'HEAD')) return false
  const wait = take()
  if (wait > 0) {
    response.writeHead(429, { ...HEADERS, 'content-length': 0, 'retry-after': String(wait) })
    response.end()
    return true
  }
  response.writeHead(200, { ...HEADERS, 'content-type': found.type, 'content-length': found.body.length })
  response.end(method === 'HEAD' ? undefined : found.body)
  return true
}
