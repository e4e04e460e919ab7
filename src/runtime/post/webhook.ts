import { lookup as resolve, type LookupAddress } from 'node:dns'
import { request as requestPlain, type RequestOptions } from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isBogon } from '../../core/model/address.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Millis } from '../../core/model/units.ts'
import { openDeadline } from '../deadline.ts'

/**
 * Where a webhook may lead. `public`: addresses of the public internet alone. `loopback`: the operator wrote an address
 * of this machine. `private`: they allowed addresses of their own network.
 */
export type WebhookReach = 'public' | 'loopback' | 'private'

export interface WebhookAddress {
  readonly url: URL
  readonly reach: WebhookReach
}

export interface WebhookPost {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly limit: Millis
  readonly signal: AbortSignal
}

/** What became of a post: data, for any behaviour of the other side. */
export type WebhookOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter?: number }
  | { readonly kind: 'failed'; readonly why: string }

/** Gives every address of a name. */
export type Resolve = (name: string, then: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')
/** Whether a host is this machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
/** NAT64 (RFC 6052, RFC 8215): a prefix behind which any address of IPv4 may stand. */
const isNat64 = (address: string): boolean => /^64:ff9b:/i.test(address)
/** Whether an address is one of the public internet, and none behind which another may stand. */
export const isPublic = (address: string): boolean => !isBogon(address) && !isNat64(address)

/**
 * Reads the address of a webhook: https, or http to this machine. Throws InputError, which does not repeat it: its path
 * may be a secret.
 */
export function readWebhookAddress(text: string, allowPrivate: boolean): WebhookAddress {
  const refuse = (found: string): InputError =>
    new InputError(`Cannot use webhook: ${found}`, {
      code: 'argument.invalid',
      path: '--webhook',
      expected: 'an https address on the public internet, or http on this machine',
    })
  const url = URL.parse(text)
  if (url === null) throw refuse('it is no address')
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw refuse('it holds a name, a password or a mark')
  const host = hostOf(url)
  const loopback = isLoopback(host)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) throw refuse('it is not https')
  if (loopback) return { url, reach: 'loopback' }
  if (allowPrivate) return { url, reach: 'private' }
  if (isIP(host) !== 0 && !isPublic(host)) throw refuse('it is no address of the public internet')
  return { url, reach: 'public' }
}

/** Asks the resolver of this machine. */
export const answers: Resolve = (name, then) => resolve(name, { all: true }, then)

/**
 * Looks a name up and lets through only addresses that its reach allows. The connection is made to what is given back
 * here and to nothing else, so that a name which changes its address in between leads nowhere.
 */
export const guardedLookup =
  (reach: WebhookReach, resolveName: Resolve): LookupFunction =>
  (name, options, then) =>
    resolveName(name, (error, addresses) => {
      if (error !== null) return then(error, [])
      const allowed = ({ address }: LookupAddress): boolean =>
        reach === 'private' || (reach === 'loopback' ? isLoopback(address) : isPublic(address))
      const [first] = addresses
      if (first === undefined || !addresses.every(allowed))
        return then(new Error('the name leads to no allowed address'), [])
      if (options.all === true) return then(null, [...addresses])
      return then(null, first.address, first.family)
    })

/** Posts once. No redirect is followed, no connection kept, of the answer only the status is read. Never rejects. */
export async function postWebhook(
  { url, reach }: WebhookAddress,
  { headers, body, limit, signal }: WebhookPost,
  resolveName: Resolve = answers,
): Promise<WebhookOutcome> {
  using deadline = openDeadline(signal, limit, 'webhook')
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    headers: { ...headers, 'content-length': String(body.length) },
    lookup: guardedLookup(reach, resolveName),
    signal: deadline.signal,
  }
  const request = url.protocol === 'https:' ? requestTls : requestPlain
  return await new Promise((done) => {
    const fail = (error: Error & { readonly code?: string }): void =>
      done({ kind: 'failed', why: error.code ?? error.message })
    request(url, options, (response) => {
      const { statusCode: status = 0, headers: answered } = response
      const after = secondsOf(answered['retry-after'])
      done({ kind: 'answered', status, ...(after > 0 && after < 1e6 ? { retryAfter: after } : {}) })
      response.on('error', () => undefined) // it is torn down here on purpose
      response.destroy()
    })
      .on('error', fail)
      .end(body)
  })
}

/** Seconds that `retry-after` asks for: a number of them or a date (RFC 9110 §10.2.3); NaN where it is neither. */
const secondsOf = (header = ''): number =>
  /^\d+$/.test(header) ? Number(header) : Math.ceil((Date.parse(header) - Date.now()) / 1000)
