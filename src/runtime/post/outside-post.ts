import { request as requestPlain, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP } from 'node:net'
import { InputError } from '../../core/model/errors.ts'
import type { Millis } from '../../core/model/units.ts'
import { openDeadline } from '../deadline.ts'
import { answers, guardedLookup, isLoopback, isPublic, type Resolve, type WebhookReach } from './webhook.ts'

/** A service outside that is asked by post: a time-stamping authority, a witness. */
export interface OutsideAddress {
  readonly url: URL
  readonly reach: WebhookReach
}

export interface OutsideGet {
  /** The answer may not be longer. */
  readonly mostBytes: number
  readonly limit: Millis
  readonly signal: AbortSignal
}

/** A call of an interface for programs: its headers may hold a token. */
export interface OutsideCall extends OutsideGet {
  readonly method: 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface OutsidePost extends OutsideGet {
  readonly body: Uint8Array
  /** Media type of the body. */
  readonly type: string
}

/** What became of a post: data, for any behaviour of the other side. */
export type Answered =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** Media type without parameters, in lower case; empty where none was said. */
      readonly type: string
      readonly body: Uint8Array
    }
  | { readonly kind: 'failed'; readonly why: string }

/** An answer with its headers, by their names in lower case. */
export type CalledOutside =
  | (Extract<Answered, { readonly kind: 'answered' }> & { readonly headers: Readonly<Record<string, string>> })
  | Extract<Answered, { readonly kind: 'failed' }>

/**
 * Reads the address of a service outside: https or http, on the public internet, on this machine, or where the operator
 * allows it in their own network. What comes back is signed, so http is as good. Throws InputError, which repeats no
 * password.
 */
export function readOutsideAddress(text: string, allowPrivate: boolean): OutsideAddress {
  // A password would appear in the logs of a server.
  const named = text.includes('@') ? '' : ` "${text.slice(0, 200)}"`
  const refuse = (found: string): InputError =>
    new InputError(`Cannot use address${named}: ${found}`, {
      code: 'outside.address',
      path: 'url',
      expected: 'an address of http or https on the public internet or on this machine',
    })
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) throw refuse('it is no address of http or https')
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw refuse('it holds a name, a password or a mark')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isLoopback(host)) return { url, reach: 'loopback' }
  if (allowPrivate) return { url, reach: 'private' }
  if (isIP(host) !== 0 && !isPublic(host)) throw refuse('it is no address of the public internet')
  return { url, reach: 'public' }
}

/**
 * Posts once and reads the answer, within a time and a size. No redirect is followed, no connection kept, nothing
 * decompressed. Never rejects.
 */
export const postOutside = (
  address: OutsideAddress,
  { body, type, ...bounds }: OutsidePost,
  resolveName: Resolve = answers,
): Promise<Answered> =>
  ask(address, { bounds, body, headers: { 'content-type': type, 'content-length': String(body.length) } }, resolveName)

/** Calls once, under the same rules, with headers of its own; gives those of the answer too. Never rejects. */
export async function callOutside(
  address: OutsideAddress,
  { method, headers, body, ...bounds }: OutsideCall,
  resolveName: Resolve = answers,
): Promise<CalledOutside> {
  let found: Readonly<Record<string, string>> = {}
  const asked = {
    ...{ bounds, body, method, headers: { ...headers, 'content-length': String(body.length) } },
    onHeaders: (given: Readonly<Record<string, string>>): void => void (found = given),
  }
  const answered = await ask(address, asked, resolveName)
  return answered.kind === 'failed' ? answered : { ...answered, headers: found }
}

/** Asks once for what is at an address, under the same rules. Never rejects. */
export const getOutside = (
  address: OutsideAddress,
  bounds: OutsideGet,
  resolveName: Resolve = answers,
): Promise<Answered> => ask(address, { bounds, headers: {} }, resolveName)

interface Asked {
  readonly bounds: OutsideGet
  readonly headers: Readonly<Record<string, string>>
  /** Absent: nothing is posted. */
  readonly body?: Uint8Array
  /** Absent: POST where there is a body, else GET. */
  readonly method?: OutsideCall['method']
  readonly onHeaders?: (headers: Readonly<Record<string, string>>) => void
}

async function ask(
  { url, reach }: OutsideAddress,
  { bounds: { mostBytes, limit, signal }, headers, body, method, onHeaders }: Asked,
  resolveName: Resolve,
): Promise<Answered> {
  using deadline = openDeadline(signal, limit, 'outside')
  const options: RequestOptions = {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    agent: false,
    headers: { ...headers, 'user-agent': 'kuager' },
    lookup: guardedLookup(reach, resolveName),
    signal: deadline.signal,
  }
  const request = url.protocol === 'https:' ? requestTls : requestPlain
  try {
    const response = await new Promise<IncomingMessage>((answer, fail) => {
      request(url, options, answer).on('error', fail).end(body)
    })
    onHeaders?.(plainHeaders(response))
    return await readAll(response, mostBytes)
  } catch (error) {
    if (deadline.signal.aborted) return { kind: 'failed', why: 'no answer in time' }
    if (!(error instanceof Error)) throw error
    return { kind: 'failed', why: 'code' in error && typeof error.code === 'string' ? error.code : error.message }
  }
}

const plainHeaders = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )

async function readAll(response: IncomingMessage, mostBytes: number): Promise<Answered> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response as AsyncIterable<Uint8Array>) {
    length += part.length
    if (length > mostBytes) {
      response.destroy()
      return { kind: 'failed', why: `an answer of more than ${mostBytes} bytes` }
    }
    parts.push(part)
  }
  if (!response.complete) return { kind: 'failed', why: 'the answer was interrupted' }
  const [type = ''] = (response.headers['content-type'] ?? '').split(';')
  const body = new Uint8Array(Buffer.concat(parts))
  return { kind: 'answered', status: response.statusCode ?? 0, type: type.trim().toLowerCase(), body }
}
