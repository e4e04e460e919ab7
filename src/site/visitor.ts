import type { Context } from 'hono'
import type { Asn } from '../core/model/units.ts'

/** Why the network of a visitor is asked about instead of guessed. */
export const ASK_REASONS = ['foreign', 'hosting', 'unknown'] as const
export type AskReason = (typeof ASK_REASONS)[number]

/**
 * From which network a page is asked for: known only where it is a network of the country that serves people. An
 * address abroad is a VPN or a traveller, one of a hosting network a proxy: neither says what the reader's own
 * connection is.
 */
export type Visitor = { readonly kind: 'known'; readonly asn: Asn } | { readonly kind: 'ask'; readonly why: AskReason }

/** Looks at the address of a connection, behind trusted proxies. The address is used and forgotten. */
export type VisitorOf = (socketAddress: string | undefined, forwardedFor: string | undefined) => Visitor

/**
 * Network of the client; without a table of addresses it is unknown. The holder of pages for many readers asks without
 * a connection for the page that asks, by its reason (`asked` of the environment, which no request can set).
 */
export function visitorOf(c: Context, look: VisitorOf | undefined): Visitor {
  const asked = ASK_REASONS.find((why) => why === partOf(c.env, 'asked'))
  if (asked !== undefined) return { kind: 'ask', why: asked }
  if (look === undefined) return { kind: 'ask', why: 'unknown' }
  return look(socketOf(c), c.req.header('x-forwarded-for'))
}

const partOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

/**
 * Address of the other end of a request of node:http, as the server of listen.ts hands it on; undefined where a page is
 * made for no particular reader.
 */
export function socketOf(c: Context): string | undefined {
  const address = partOf(partOf(partOf(c.env, 'incoming'), 'socket'), 'remoteAddress')
  return typeof address === 'string' ? address : undefined
}
