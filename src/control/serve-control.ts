import { createServer as createHttp, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { Server } from 'node:net'
import { defined } from '../core/model/defined.ts'
import { Fault, InputError } from '../core/model/errors.ts'
import { portOf } from '../core/model/port.ts'
import { parseJson } from '../core/ooni/json.ts'
import { encodeHelperAnswer, type HelperClient } from '../core/ooni/helper/answer.ts'
import { parseHelperRequest, type HelperRequest } from '../core/ooni/helper/request.ts'
import type { Log } from '../runtime/log.ts'
import { TokenBuckets } from '../runtime/token-buckets.ts'
import { ControlBusy, measureRequest, type ControlParts } from './measure-request.ts'
import { FLOW_LIMITS, Flows } from './flow.ts'
import { openPrefixKeys } from './prefix-keys.ts'
import { answerReach, REACH_LIMITS } from './reach.ts'

/** Requests in flight from which others are turned away, probes (OONI's and ours) later. Source: OONI's helper. */
const MOST_IN_FLIGHT = 25
const MOST_FOR_PROBES = 50
const MOST_CONNECTIONS = 512
/** Requests of one network prefix: a burst for a whole run, several homes behind one address. */
const CLIENT_BURST = 300
const CLIENT_PER_SECOND = 2
const MOST_CLIENTS = 20_000

export interface ServeControlOptions extends ControlParts {
  readonly host: string
  readonly port: number
  /** PEM of certificate chain and key; plain HTTP where absent. */
  readonly certificate?: { readonly cert: string; readonly key: string }
  /** Whether the client's address is in `X-Forwarded-For`, because a proxy on this machine asks. */
  readonly proxied: boolean
  /** What `/x-responders` answers; absent: no responders. */
  readonly responders?: () => unknown
  /** What `/x-services` answers: the newest check of the list of services; absent: none is made. */
  readonly servicesCheck?: () => unknown
  readonly log: Log
}

/** A control that listens; disposing it ends requests in flight. */
export interface RunningControl extends AsyncDisposable {
  readonly url: string
}

/** Starts a control. Throws Fault where the port cannot be had. */
export async function serveControl(options: ServeControlOptions): Promise<RunningControl> {
  const stopped = new AbortController()
  const listener = openListener(options, stopped.signal)
  const limits = { requestTimeout: 20_000, headersTimeout: 10_000, keepAliveTimeout: 5_000, maxHeaderSize: 16_384 }
  const server =
    options.certificate === undefined
      ? createHttp(limits, listener)
      : createHttps({ ...limits, ...options.certificate, minVersion: 'TLSv1.2' }, listener)
  server.maxConnections = MOST_CONNECTIONS
  server.maxRequestsPerSocket = 1_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Fault(`Cannot listen on port ${options.port} for the control: ${error.code ?? 'failed'}`, { cause: error }),
      ),
    )
    server.listen(options.port, options.host, resolve)
  })
  const scheme = options.certificate === undefined ? 'http' : 'https'
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `${scheme}://${host}:${boundPort(server)}/`,
    [Symbol.asyncDispose]: async () => {
      stopped.abort(new Error('the control stops'))
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

function boundPort(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly retryAfter?: number
}

const HELLO: Answer = { status: 200, body: { message: 'Hello OONItarian!' } }
const refusal = (status: number, error: string, retryAfter?: number): Answer => ({
  status,
  body: { error },
  ...defined({ retryAfter }),
})

const TOO_MANY = refusal(503, 'too many requests in flight', 2)

function openListener(options: ServeControlOptions, stopped: AbortSignal): RequestListener {
  const keyOf = openPrefixKeys()
  const clients = new TokenBuckets(
    { burst: CLIENT_BURST, perSecond: CLIENT_PER_SECOND, most: MOST_CLIENTS },
    options.clock,
  )
  const pages = new TokenBuckets(REACH_LIMITS, options.clock)
  const flowsAsked = new TokenBuckets(FLOW_LIMITS, options.clock)
  const flows = new Flows()
  const budget: BodyBudget = { held: 0 }
  let inFlight = 0

  const answer = async (request: IncomingMessage, signal: AbortSignal): Promise<Answer> => {
    if (request.method === 'GET') {
      if (request.url === '/x-responders')
        return options.responders === undefined
          ? refusal(404, 'no responders here')
          : { status: 200, body: options.responders() }
      if (request.url === '/x-services') {
        const check = options.servicesCheck?.()
        return check === undefined ? refusal(404, 'no check of services here') : { status: 200, body: check }
      }
      return HELLO
    }
    if (request.method !== 'POST') return refusal(400, 'GET or POST')
    const asker = askerOf(request, options.proxied)
    const wait = clients.take(keyOf(asker))
    if (wait > 0) return refusal(429, 'too many requests from one network', wait)
    const most = /^(ooniprobe-|kuager)/.test(request.headers['user-agent'] ?? '') ? MOST_FOR_PROBES : MOST_IN_FLIGHT
    if (inFlight >= most) return TOO_MANY
    const asked = await readRequest(request, { options, budget, signal })
    if ('status' in asked) return asked
    // Counted from here: a slow sender holds a connection and no place.
    if (inFlight >= most) return TOO_MANY
    inFlight++
    try {
      return await measure(asked, { options, asker, signal })
    } finally {
      inFlight--
    }
  }

  return (request, response) => {
    const key = (): string => keyOf(askerOf(request, options.proxied))
    if (answerReach(request, response, () => pages.take(key()))) return
    if (flows.answer(request, response, () => flowsAsked.take(key()))) return
    const gone = new AbortController()
    response.once('close', () => gone.abort(new Error('the asker went away')))
    const signal = AbortSignal.any([gone.signal, stopped])
    answer(request, signal)
      .catch((error: unknown) => {
        if (signal.aborted) return undefined
        options.log.error({ error }, 'a request could not be answered')
        return refusal(500, 'the control broke')
      })
      .then((made) => (made === undefined ? response.destroy() : send(request, response, made)))
      .catch((error: unknown) => options.log.error({ error }, 'an answer could not be sent'))
  }
}

/** The request of a body, or the refusal of one that cannot be read or may not be measured. */
async function readRequest(
  request: IncomingMessage,
  with_: { readonly options: ServeControlOptions; readonly budget: BodyBudget; readonly signal: AbortSignal },
): Promise<HelperRequest | Answer> {
  try {
    using body = await readControlBody(request, with_.budget, with_.signal)
    if (body.kind === 'busy') return refusal(503, 'too much to read at once', 2)
    const asked = parseHelperRequest(parseJson(body.bytes))
    if (asked.url !== undefined && !with_.options.reachable.port(portOf(new URL(asked.url))))
      return refusal(400, '/http_request: expected a port that pages are asked on')
    return asked
  } catch (error) {
    if (error instanceof InputError) return refusal(400, `${error.path}: expected ${error.expected}`)
    throw error
  }
}

async function measure(
  asked: HelperRequest,
  with_: { readonly options: ServeControlOptions; readonly asker: string; readonly signal: AbortSignal },
): Promise<Answer> {
  const { options, asker, signal } = with_
  try {
    const measured = await measureRequest(asked, options, signal)
    const client = asked.client ? { client: clientOf(asker, options) } : {}
    const networks = asked.networks && {
      networks: Object.fromEntries(asked.networks.map((address) => [address, options.networks.lookup(address) ?? 0])),
    }
    return { status: 200, body: encodeHelperAnswer({ ...measured, ...client, ...networks }) }
  } catch (error) {
    if (error instanceof ControlBusy) return refusal(429, error.message, error.retryAfter)
    throw error
  }
}

/** Address of the client: in memory while the request lasts, never stored or logged. */
function askerOf(request: IncomingMessage, proxied: boolean): string {
  const direct = request.socket.remoteAddress ?? ''
  if (!proxied) return direct
  const forwarded = request.headers['x-forwarded-for']
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').at(-1)?.trim() ?? ''
  return last === '' ? direct : last
}

/** The network of an address by the control's table, and the address, for the asker's own eyes. */
function clientOf(asker: string, { networks }: Pick<ControlParts, 'networks'>): HelperClient {
  const address = asker.replace(/^::ffff:(?=\d+\.)/i, '')
  const asn = networks.lookup(address)
  const network = asn === undefined ? undefined : networks.network(asn)
  return { asn: `AS${asn ?? 0}`, country: network?.country ?? 'ZZ', name: network?.name ?? '', address }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const body = Buffer.from(JSON.stringify(answer.body))
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(answer.retryAfter === undefined ? {} : { 'retry-after': String(answer.retryAfter) }),
    // a body that was not read to its end must not be taken for the next request
    ...(request.complete || request.method === 'GET' ? {} : { connection: 'close' }),
  })
  response.end(body)
}

/** Longest body of one request. Source: OONI's helper. */
const MOST_BYTES = 2 ** 24
/** Bytes of all bodies that are held at one time. */
const MOST_HELD = 2 ** 26

/** Bytes of bodies held now, of all requests of one control. */
interface BodyBudget {
  held: number
}

/** A body, which counts until it is disposed; `busy` where others hold too much. */
type ControlBody = Disposable & ({ readonly kind: 'whole'; readonly bytes: Uint8Array } | { readonly kind: 'busy' })

/** Reads the body of a request. Throws InputError for a longer one, the reason of `signal` where the asker goes away. */
async function readControlBody(
  request: IncomingMessage,
  budget: BodyBudget,
  signal: AbortSignal,
): Promise<ControlBody> {
  const parts: Buffer[] = []
  let length = 0
  const release = (): void => {
    budget.held -= length
    length = 0
  }
  try {
    // the connection must live on, so that a refusal reaches the asker
    for await (const part of request.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(part)) continue
      signal.throwIfAborted()
      length += part.length
      budget.held += part.length
      if (length > MOST_BYTES)
        throw new InputError('Cannot read request: too long', {
          code: 'helper.too-large',
          path: '',
          expected: `at most ${MOST_BYTES} bytes`,
        })
      if (budget.held > MOST_HELD) {
        release()
        return { kind: 'busy', [Symbol.dispose]: () => undefined }
      }
      parts.push(part)
    }
    return { kind: 'whole', bytes: Buffer.concat(parts), [Symbol.dispose]: release }
  } catch (error) {
    release()
    signal.throwIfAborted()
    throw error
  }
}
