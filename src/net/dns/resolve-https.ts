import { request as requestHttp1 } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { LookupOutcome, OperationFailure } from '../../core/model/measured/operation.ts'
import { portOf } from '../../core/model/port.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { failureOf } from '../classify-error.ts'
import { encodeQuestion, failureOfAnswer, isDomainName, readReply, type QueryType } from './message.ts'
import { BROWSER_ALPN, handshakeTls } from '../tls/tls.ts'
import type { NetTools } from '../tools.ts'

/** Longest message of DNS. */
const MOST_BYTES = 65_535

/** A question to a resolver over HTTPS; `address` is dialled, the URL gives the name, the port and the path. */
export interface HttpsQuestion {
  readonly name: string
  readonly queryType: QueryType
  readonly url: string
  readonly address: string
}

interface HttpAnswer {
  readonly status: number
  readonly body: Uint8Array
}

/**
 * Asks a resolver over HTTPS by POST, on a connection of its own to the given address, its certificate verified for the
 * host of the URL; HTTP/2 where the server speaks it, else HTTP/1.1. Connection, handshake and exchange may each take
 * `tools.limit`. Source: RFC 8484.
 */
export async function resolveHttps(question: HttpsQuestion, tools: NetTools): Promise<LookupOutcome> {
  tools.signal.throwIfAborted()
  const { name, queryType, url } = question
  const startedAt = tools.clock.monotonic()
  const base = { operation: 'lookup', via: 'doh', resolver: url, name, queryType, startedAt, late: [] } as const
  const failed = (failure: OperationFailure): LookupOutcome => ({
    ...base,
    endedAt: tools.clock.monotonic(),
    failure,
  })
  const target = URL.parse(url)
  if (target === null || target.protocol !== 'https:' || !isDomainName(name))
    return failed({ code: 'invalid_argument', stage: 'resolve', detail: '' })
  const port = portOf(target)
  const serverName = target.hostname.replace(/^\[|\]$/g, '')
  const made = await handshakeTls({ address: question.address, port }, { serverName, alpn: BROWSER_ALPN }, tools)
  const { socket } = made
  if (socket === undefined) return failed((made.outcome ?? made.connect).failure ?? NO_SOCKET)
  using deadline = openDeadline(tools.signal, tools.limit, 'lookup over HTTPS')
  const abort = (): void => void socket.destroy()
  deadline.signal.addEventListener('abort', abort, { once: true })
  try {
    const asked = { ...encodeQuestion(name, queryType, 0), name, queryType }
    const response = await (socket.alpnProtocol === 'h2' ? postHttp2 : postHttp1)(socket, target, asked.bytes)
    deadline.signal.throwIfAborted() // a stream of HTTP/2 that our limit destroyed ends as if it were whole
    const at = tools.clock.monotonic()
    const reply = response.status === 200 ? readReply(response.body, asked, at) : undefined
    if (reply?.kind !== 'answer')
      return failed({ code: 'dns_server_misbehaving', stage: 'answer', detail: `status ${response.status}` })
    const code = failureOfAnswer(reply.answer)
    const answered = { ...base, endedAt: at, answer: reply.answer }
    return code === undefined ? answered : { ...answered, failure: { code, stage: 'resolve', detail: '' } }
  } catch (error) {
    // the socket dies of the deadline with an error of its own
    return failed(failureOf(deadline.signal.aborted ? deadline.signal.reason : error, 'answer', tools))
  } finally {
    deadline.signal.removeEventListener('abort', abort)
    socket.destroy()
    made.wire?.destroy()
  }
}

const NO_SOCKET: OperationFailure = { code: 'connection_already_closed', stage: 'handshake', detail: '' }

const HEADERS = { accept: 'application/dns-message', 'content-type': 'application/dns-message' } as const

/** Collects at most `MOST_BYTES` of a body; throws where there is more, or the stream ends early. */
async function readBody(stream: AsyncIterable<unknown>): Promise<Uint8Array> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of stream) {
    if (!Buffer.isBuffer(part)) continue
    length += part.length
    if (length > MOST_BYTES) throw Object.assign(new Error('too long an answer'), { code: 'EMSGSIZE' })
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function postHttp1(tls: TLSSocket, url: URL, body: Uint8Array): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = requestHttp1({
      createConnection: () => tls,
      method: 'POST',
      path: url.pathname + url.search,
      headers: { host: url.host, ...HEADERS, 'content-length': body.length, connection: 'close' },
      maxHeaderSize: 16_384,
    })
    request.on('error', reject)
    request.once('response', (response) => {
      readBody(response).then((bytes) => resolve({ status: response.statusCode ?? 0, body: bytes }), reject)
    })
    request.end(body)
  })
}

const CLOSED = Object.assign(new Error('closed before the answer'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })

function postHttp2(tls: TLSSocket, url: URL, body: Uint8Array): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(url.origin, {
      createConnection: () => tls,
      settings: { enablePush: false },
      maxHeaderListPairs: 100,
    })
    session.on('error', reject)
    const stream = session.request({
      ':method': 'POST',
      ':path': url.pathname + url.search,
      ...HEADERS,
      'content-length': body.length,
    })
    let status = 0
    stream.once('response', (headers) => {
      status = Number(headers[':status'] ?? 0)
    })
    stream.on('error', reject)
    readBody(stream)
      .then((bytes) => (status === 0 ? reject(CLOSED) : resolve({ status, body: bytes })), reject)
      .finally(() => session.destroy())
    stream.end(body)
  })
}
