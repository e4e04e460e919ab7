import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Settings,
} from 'node:http2'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createHttps } from 'node:https'
import { TLSSocket } from 'node:tls'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { exchangeHttp, type ExchangeOptions } from './http.ts'
import { USER_AGENT } from './headers.ts'
import type { NetTools } from '../tools.ts'
import type { FailureCode } from '../../core/model/measured/failure.ts'
import type { ExchangeOutcome, Stage } from '../../core/model/measured/operation.ts'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { hasProgram, LabAuthority } from '../../../test/kit/net/lab-authority.ts'
import { openNginxTls } from '../../../test/kit/net/tls-servers.ts'

const LOOPBACK = '127.0.0.1'
const missing = ['nginx', 'openssl'].filter((name) => !hasProgram(name))
const skip = missing.length > 0 ? `needs ${missing.join(', ')}` : false

/** A frame, RFC 9113 §4.1. */
function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}
const [DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, CONTINUATION] = [0, 1, 3, 4, 5, 6, 7, 9]
const END_STREAM = 1
const END_HEADERS = 4
const numbers = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, nth) => bytes.writeUInt32BE(value, 4 * nth))
  return bytes
}
/** `:status: 200` of the static table, RFC 7541 appendix A. */
const OK = Buffer.of(0x88)
/** A field that enters no table, RFC 7541 §6.2.2: its name and value, shorter than 127 bytes each. */
const field = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)])

describe('exchangeHttp() over HTTP/2', { skip }, () => {
  let authority: LabAuthority
  let issued: ReturnType<LabAuthority['issue']>
  let server: Http2SecureServer
  let answer: (request: Http2ServerRequest, response: Http2ServerResponse) => void
  let settings: Settings = {}
  let window = 0
  let raw: Server
  let act: (socket: TLSSocket, under: Socket) => void
  const open = new Set<Socket>()

  before(async () => {
    authority = new LabAuthority()
    issued = authority.issue('a', { names: ['a.test'] })
    const keys = { cert: readFileSync(issued.chain), key: readFileSync(issued.key) }
    server = createSecureServer(keys, (request, response) => answer(request, response))
    server.on('session', (session) => {
      session.on('remoteSettings', (value: Settings) => (settings = value))
      session.on('error', () => undefined)
      session.socket.on('error', () => undefined)
    })
    raw = createServer((under) => {
      open.add(under)
      const socket = new TLSSocket(under, { ...keys, isServer: true, ALPNProtocols: ['h2'] })
      for (const one of [under, socket]) one.on('error', () => undefined)
      // the first bytes are the preface, the settings and the request
      socket.once('data', () => act(socket, under))
    })
    await Promise.all([server, raw].map((one) => new Promise<void>((done) => void one.listen(0, LOOPBACK, done))))
  })
  after(() => {
    server.close()
    raw.close()
    for (const socket of open) socket.destroy()
    authority[Symbol.dispose]()
  })

  const portOf = (one: Server | Http2SecureServer): number => (one.address() as AddressInfo).port // it listens on TCP
  const tools = (limit = 30_000): NetTools => ({
    clock: systemClock,
    signal: new AbortController().signal,
    limit: millis(limit),
    extraRoots: [authority.root],
  })
  const ask = (more: Partial<ExchangeOptions> = {}, path = '/', limit?: number): Promise<ExchangeOutcome> => {
    const to = { address: LOOPBACK, port: portOf(server), method: 'GET', bodyCap: 1000, over: 'tls' } as const
    return exchangeHttp(`https://a.test${path}`, { ...to, ...more }, tools(limit))
  }
  const askRaw = (limit?: number): Promise<ExchangeOutcome> => ask({ port: portOf(raw) }, '/', limit)

  it('sends what Chrome sends when a page is opened, in its order, and tells of it', async () => {
    let names: readonly string[] = []
    let version = ''
    answer = (request, response) => {
      names = request.rawHeaders.filter((_, nth) => nth % 2 === 0)
      version = request.httpVersion
      window = request.stream.session?.state.remoteWindowSize ?? 0
      response.end('hello')
    }
    const made = await ask({}, '/path?q=1')
    assert.equal(version, '2.0')
    assert.deepEqual(names.slice(0, 4), [':method', ':authority', ':scheme', ':path'])
    const sent =
      'sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform upgrade-insecure-requests user-agent accept sec-fetch-site sec-fetch-mode sec-fetch-user sec-fetch-dest accept-encoding accept-language priority'
    assert.deepEqual(names.slice(4), sent.split(' '))
    assert.deepEqual(
      made.requestHeaders.map(([name]) => name),
      ['Host', ...sent.split(' ')],
    )
    const own = new Map(made.requestHeaders)
    const major = /Chrome\/(\d+)\./.exec(own.get('user-agent') ?? '')?.[1] ?? 'none'
    assert.ok(own.get('sec-ch-ua')?.includes(`"Google Chrome";v="${major}"`))
    assert.equal(made.handshake?.alpn, 'h2')
    assert.deepEqual(made.handshake.alpnOffered, ['h2', 'http/1.1'])
    assert.equal(made.status, 200)
    assert.equal(Buffer.from(made.body).toString(), 'hello')
    assert.equal(made.arrivals.at(-1)?.[1], made.bytesReceived)
    assert.ok(made.bytesSent > 0)
  })

  it('begins with the settings and the window of Chrome', async () => {
    answer = (request, response) => {
      window = request.stream.session?.state.remoteWindowSize ?? 0
      response.end()
    }
    await ask()
    const { headerTableSize, enablePush, initialWindowSize, maxHeaderListSize } = settings
    assert.deepEqual(
      [headerTableSize, enablePush, initialWindowSize, maxHeaderListSize],
      [65_536, false, 6_291_456, 262_144],
    )
    assert.equal(window, 15_728_640)
  })

  it('puts the fields of the caller in place of the usual ones, and no brands beside another user agent', async () => {
    let headers: readonly string[] = []
    answer = (request, response) => {
      headers = request.rawHeaders
      response.end()
    }
    const own = [
      ['Host', 'another.test'],
      ['User-Agent', 'curl/8'],
      ['Connection', 'close'],
      ['X-Twice', '1'],
      ['X-Twice', '2'],
    ] as const
    await ask({ headers: own })
    const pairs = headers.flatMap((name, nth) => (nth % 2 === 0 ? [[name, headers[nth + 1]] as const] : []))
    assert.equal(new Map(pairs).get(':authority'), 'another.test')
    assert.equal(new Map(pairs).get('user-agent'), 'curl/8')
    assert.ok(pairs.every(([name]) => !/^(sec-ch-ua|host$|connection$)/.test(name)))
    assert.deepEqual(
      pairs.filter(([name]) => name === 'x-twice').map(([, value]) => value),
      ['1', '2'],
    )
    assert.equal(pairs.at(-1)?.[0], 'priority')
    assert.ok(!JSON.stringify(pairs).includes(USER_AGENT))
  })

  it('gives status, headers as they came, and a body cut at its cap', async () => {
    answer = (_, response) => {
      response.writeHead(404, { 'set-cookie': ['a=1', 'b=2'], location: '/elsewhere' })
      response.write('x'.repeat(600))
      response.end('y'.repeat(600))
    }
    const made = await ask()
    assert.equal(made.failure, undefined)
    assert.equal(made.status, 404)
    assert.deepEqual(
      made.headers.filter(([name]) => name === 'set-cookie'),
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
    )
    assert.equal(Buffer.from(made.body).toString(), 'x'.repeat(600) + 'y'.repeat(400))
    assert.equal(made.bodyTruncated, true)
  })

  it('takes off the encoding that it asks for, and leaves out a body that grows without measure', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(gzipSync('hello'))
    }
    assert.equal(Buffer.from((await ask()).body).toString(), 'hello')
    answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(gzipSync(Buffer.alloc(40 * 1024 * 1024)))
    }
    const bomb = await ask({ bodyCap: 64 * 1024 })
    assert.ok(bomb.body.length <= 64 * 1024)
    assert.equal(bomb.bodyTruncated, true)
  })

  it('sends a body, asks for the head alone', async () => {
    answer = (request, response) => {
      let length = 0
      request.on('data', (bytes: Buffer) => (length += bytes.length))
      request.on('end', () => response.end(`${request.method} ${length}`))
    }
    const made = await ask({ method: 'POST', requestBody: new Uint8Array(100_000) })
    assert.equal(Buffer.from(made.body).toString(), 'POST 100000')
    answer = (_, response) => {
      response.setHeader('content-length', 5000)
      response.end()
    }
    const head = await ask({ method: 'HEAD' })
    assert.equal(head.failure, undefined)
    assert.equal(head.status, 200)
    assert.equal(head.body.length, 0)
  })

  it('speaks HTTP/2 with nginx', async () => {
    const nginx = await openNginxTls(authority, [[{ name: 'a.test', issued }]])
    await using _ = nginx.program
    const made = await ask({ port: nginx.ports[0]! }) // one list, one port
    assert.equal(made.handshake?.alpn, 'h2')
    assert.equal(made.status, 200)
    assert.equal(Buffer.from(made.body).toString(), '<title>hello</title>')
    assert.equal((await ask({ port: nginx.ports[0]! }, '/large')).bodyTruncated, true)
  })

  it('speaks HTTP/1.1 as before with a server that chooses it', async () => {
    let headers: readonly string[] = []
    const keys = { cert: readFileSync(issued.chain), key: readFileSync(issued.key) }
    const old = createHttps(keys, (request, response) => {
      headers = request.rawHeaders
      response.end('hello')
    })
    await new Promise<void>((done) => void old.listen(0, LOOPBACK, done))
    const made = await ask({ port: portOf(old) })
    old.close()
    assert.equal(made.handshake?.alpn, 'http/1.1')
    assert.equal(Buffer.from(made.body).toString(), 'hello')
    assert.deepEqual(headers, made.requestHeaders.flat())
    assert.deepEqual(
      made.requestHeaders.map(([name]) => name),
      ['Host', 'User-Agent', 'Accept', 'Accept-Encoding', 'Connection'],
    )
  })

  interface Told {
    readonly code?: FailureCode
    readonly stage?: Stage
    readonly status?: number
    readonly detail?: RegExp
  }
  const settled = frame(SETTINGS, 0, 0)
  const headed = Buffer.concat([settled, frame(HEADERS, END_HEADERS, 1, OK)])
  const forever = (bytes: Buffer) => (socket: TLSSocket) => {
    const go = (): void => {
      while (!socket.destroyed && socket.write(bytes));
      socket.once('drain', go)
    }
    go()
  }
  const begun = (first: Buffer, bytes: Buffer) => (socket: TLSSocket) => {
    socket.write(first)
    forever(bytes)(socket)
  }
  const REFUSED: Told = { code: 'http_request_failed', stage: 'answer' }
  const CUT: Told = { code: 'http_request_failed', stage: 'body', status: 200 }

  const ANSWERS: Readonly<
    Record<string, { readonly act: (socket: TLSSocket, under: Socket) => void; readonly told: Told }>
  > = {
    silence: { act: () => undefined, told: { code: 'generic_timeout_error', stage: 'answer' } },
    'silence after its settings': {
      act: (socket) => socket.write(settled),
      told: { code: 'generic_timeout_error', stage: 'answer' },
    },
    'an end': { act: (socket) => socket.end(), told: { code: 'eof_error', stage: 'answer' } },
    'an end after its settings': { act: (socket) => socket.end(settled), told: { code: 'eof_error', stage: 'answer' } },
    'a reset of the connection': {
      act: (_, under) => under.resetAndDestroy(),
      told: { code: 'connection_reset', stage: 'answer' },
    },
    'no HTTP/2': { act: (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'), told: REFUSED },
    'a reset of the stream': {
      act: (socket) => socket.write(Buffer.concat([settled, frame(RST_STREAM, 0, 1, numbers(2))])),
      told: { ...REFUSED, detail: /HTTP2_RESET_INTERNAL_ERROR/ },
    },
    'a cancelled stream': {
      act: (socket) => socket.write(Buffer.concat([settled, frame(RST_STREAM, 0, 1, numbers(8))])),
      told: { ...REFUSED, detail: /HTTP2_RESET_CANCEL/ },
    },
    'a connection given up': {
      act: (socket) => socket.end(Buffer.concat([settled, frame(GOAWAY, 0, 0, numbers(0, 11))])),
      told: { ...REFUSED, detail: /GOAWAY_ENHANCE_YOUR_CALM/ },
    },
    'a connection given up without an error, before any answer': {
      act: (socket) => socket.end(Buffer.concat([settled, frame(GOAWAY, 0, 0, numbers(1, 0))])),
      told: { ...REFUSED, detail: /GOAWAY_NO_ERROR/ },
    },
    'a stream refused by a connection that ends': {
      act: (socket) => socket.write(Buffer.concat([settled, frame(GOAWAY, 0, 0, numbers(0, 0))])),
      told: { ...REFUSED, detail: /REFUSED_STREAM/ },
    },
    'a body that stops': {
      act: (socket) => socket.write(Buffer.concat([headed, frame(DATA, 0, 1, Buffer.from('abc'))])),
      told: { code: 'generic_timeout_error', stage: 'body', status: 200 },
    },
    'a body cut by an end': {
      act: (socket) => socket.end(Buffer.concat([headed, frame(DATA, 0, 1, Buffer.from('abc'))])),
      told: { code: 'eof_error', stage: 'body', status: 200 },
    },
    'a body cut by a reset of the stream': {
      act: (socket) => socket.write(Buffer.concat([headed, frame(RST_STREAM, 0, 1, numbers(2))])),
      told: { ...CUT, detail: /HTTP2_RESET_INTERNAL_ERROR/ },
    },
    'a whole answer': {
      act: (socket) => socket.write(Buffer.concat([headed, frame(DATA, END_STREAM, 1, Buffer.from('abc'))])),
      told: { status: 200 },
    },
    'headers in frames without end': {
      act: begun(
        Buffer.concat([settled, frame(HEADERS, 0, 1, OK)]),
        frame(CONTINUATION, 0, 1, field('x-a', 'b'.repeat(100))),
      ),
      told: REFUSED,
    },
    'continuations of nothing without end': {
      act: begun(Buffer.concat([settled, frame(HEADERS, 0, 1, OK)]), frame(CONTINUATION, 0, 1)),
      told: REFUSED,
    },
    'too many headers': {
      act: (socket) => {
        const many = Buffer.concat([OK, ...Array.from({ length: 400 }, (_, nth) => field(`x-${nth}`, '1'))])
        socket.write(Buffer.concat([settled, frame(HEADERS, END_HEADERS | END_STREAM, 1, many)]))
      },
      told: REFUSED,
    },
    'interim answers without end': {
      act: begun(settled, frame(HEADERS, END_HEADERS, 1, field(':status', '103'))),
      told: REFUSED,
    },
    'settings without end': { act: forever(settled), told: REFUSED },
    'a settings frame of a thousand values': {
      act: forever(frame(SETTINGS, 0, 0, Buffer.alloc(6 * 1000, Buffer.of(0x7f, 0xff, 0, 0, 0, 1)))),
      told: REFUSED,
    },
    'pings without end': { act: begun(settled, frame(PING, 0, 0, Buffer.alloc(8))), told: REFUSED },
    'a push before the answer': {
      act: (socket) => {
        const push = frame(PUSH_PROMISE, END_HEADERS, 1, Buffer.concat([numbers(2), OK]))
        socket.write(Buffer.concat([settled, push, frame(HEADERS, END_HEADERS | END_STREAM, 1, OK)]))
      },
      told: { status: 200 },
    },
    'empty pieces of a body without end': { act: begun(headed, frame(DATA, 0, 1)), told: CUT },
    'a body without end': { act: begun(headed, frame(DATA, 0, 1, Buffer.alloc(500))), told: { status: 200 } },
    'frames of unknown types without end': { act: begun(settled, frame(0x42, 0, 0, Buffer.alloc(90))), told: REFUSED },
  }

  for (const [what, { act: does, told }] of Object.entries(ANSWERS))
    it(`tells ${what} from everything else, and is done within its bounds`, async () => {
      act = does
      const made = await askRaw(told.code === 'generic_timeout_error' ? 400 : 30_000)
      assert.equal(made.handshake?.alpn, 'h2')
      assert.equal(made.failure?.code, told.code)
      assert.equal(made.failure?.stage, told.stage)
      assert.equal(made.status, told.status)
      if (told.detail !== undefined) assert.match(made.failure?.detail ?? '', told.detail)
      assert.ok(made.body.length <= 1000)
      assert.ok(made.bytesReceived < 2 * 1024 * 1024, `${made.bytesReceived} bytes`)
    })

  it('throws the reason of an aborted run', async () => {
    const run = new AbortController()
    act = () => run.abort(new Error('the run ends'))
    const to = { address: LOOPBACK, port: portOf(raw), method: 'GET', bodyCap: 1000, over: 'tls' } as const
    await assert.rejects(exchangeHttp('https://a.test/', to, { ...tools(), signal: run.signal }), /the run ends/)
  })
})
