import type { Context } from 'hono'
import type { Frame } from '../html/frame.ts'

/**
 * Whether a page of another site sends a request from its visitor's browser. Browsers say which page sends; a program
 * says nothing. An older browser names only the origin: it is ours where its host is the one that was asked, or one
 * that the site is known under.
 */
export function isForeign(c: Context, { origin: own, onion }: Pick<Frame, 'origin' | 'onion'>): boolean {
  const fetched = c.req.header('sec-fetch-site')
  if (fetched !== undefined) return fetched !== 'same-origin' && fetched !== 'none'
  const origin = c.req.header('origin')
  if (origin === undefined) return false
  const host = c.req.header('host')
  return origin !== own && origin !== onion && origin !== `http://${host}` && origin !== `https://${host}`
}
