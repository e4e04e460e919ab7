import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { exchangeHttp, type ExchangeOptions } from './http.ts'
import type { NetTools } from '../tools.ts'
import { FAILURES, type FailureCode } from '../../core/model/measured/failure.ts'
import type { Stage } from '../../core/model/measured/operation.ts'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { hasProgram, LabAuthority } from '../../../test/kit/net/lab-authority.ts'
import { BareServer, openNginxTls } from '../../../test/kit/net/tls-servers.ts'

const LOOPBACK = '127.0.0.1'
const tools = (limit: number, signal = new AbortController().signal): NetTools => ({
  clock: systemClock,
  signal,
  limit: millis(limit),
})
const plain = (port: number): ExchangeOptions => ({
  address: LOOPBACK,
  port,
  method: 'GET',
  bodyCap: 1000,
  over: 'plain',
})

describe('exchangeHttp() with a server of HTTP', () => {
  let server: Server
  let port = 0
  let answer: (request: IncomingMessage, response: ServerResponse) => void

  before(async () => {
    server = createServer((request, response) => answer(request, response))
    await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve))
    port = (server.address() as AddressInfo).port
  })
  after(() => server.close())

  it('sends the headers it tells of, its own Host in place of the usual one', async () => {
    let raw: readonly string[] = []
    answer = (request, response) => {
      raw = request.rawHeaders
      response.end()
    }
    const headers = [
      ['HOST', 'another.test'],
      ['X-Twice', '1'],
      ['X-Twice', '2'],
    ] as const
    const made = await exchangeHttp('http://a.test/path?q=1', { ...plain(port), headers }, tools(30_000))
    assert.deepEqual(raw, made.requestHeaders.flat())
    assert.deepEqual(made.requestHeaders[0], ['HOST', 'another.test'])
    assert.equal(made.requestHeaders.filter(([name]) => name.toLowerCase() === 'host').length, 1)
  })

  it('gives the headers of the answer as they lay on the wire', async () => {
    answer = (_, response) => response.setHeader('X-oDd', ['1', '2']).end('hello')
    const made = await exchangeHttp('http://a.test/', plain(port), tools(30_000))
    assert.equal(made.failure, undefined)
    assert.deepEqual(made.headers.slice(0, 2), [
      ['X-oDd', '1'],
      ['X-oDd', '2'],
    ])
    assert.equal(Buffer.from(made.body).toString(), 'hello')
    assert.equal(made.arrivals.at(-1)?.[1], made.bytesReceived)
  })

  it('follows no redirect', async () => {
    answer = (_, response) => response.writeHead(302, { Location: 'http://elsewhere.test/' }).end()
    const made = await exchangeHttp('http://a.test/', plain(port), tools(30_000))
    assert.equal(made.status, 302)
  })

  it('decodes chunks and cuts the body at its cap', async () => {
    answer = (_, response) => {
      response.write('x'.repeat(600))
      response.end('y'.repeat(600))
    }
    const made = await exchangeHttp('http://a.test/', plain(port), tools(30_000))
    assert.equal(made.failure, undefined)
    assert.equal(Buffer.from(made.body).toString(), 'x'.repeat(600) + 'y'.repeat(400))
    assert.equal(made.bodyTruncated, true)
    const whole = await exchangeHttp('http://a.test/', { ...plain(port), bodyCap: 1200 }, tools(30_000))
    assert.equal(whole.body.length, 1200)
    assert.equal(whole.bodyTruncated, false)
  })

  it('sends a body of its own', async () => {
    answer = (request, response) => {
      let length = 0
      request.on('data', (bytes: Buffer) => (length += bytes.length))
      request.on('end', () => response.end(String(length)))
    }
    const options = { ...plain(port), method: 'POST', requestBody: new Uint8Array(300_000) } as const
    const made = await exchangeHttp('http://a.test/', options, tools(30_000))
    assert.equal(Buffer.from(made.body).toString(), '300000')
    assert.ok(made.bytesSent > 300_000)
  })

  it('asks for the head alone', async () => {
    answer = (_, response) => response.setHeader('Content-Length', 5000).end()
    const made = await exchangeHttp('http://a.test/', { ...plain(port), method: 'HEAD' }, tools(30_000))
    assert.equal(made.failure, undefined)
    assert.equal(made.body.length, 0)
  })

  it('tells a header that no request may carry from the network', async () => {
    const headers = [['X-A', 'b\r\nEvil: 1']] as const
    const made = await exchangeHttp('http://a.test/', { ...plain(port), headers }, tools(30_000))
    assert.equal(made.failure?.code, 'invalid_argument')
    assert.equal(made.bytesSent, 0)
  })
})

interface Told {
  readonly code?: FailureCode
  readonly stage?: Stage
  readonly status?: number
}

const forever = (text: string) => (socket: Socket) => {
  const go = (): void => {
    while (!socket.destroyed && socket.write(text));
    socket.once('drain', go)
  }
  go()
}

/** What comes in answer to a request, and what is reported of it. */
const ANSWERS: Readonly<Record<string, { readonly act: (socket: Socket) => void; readonly told: Told }>> = {
  silence: { act: () => undefined, told: { code: 'generic_timeout_error', stage: 'answer' } },
  'a reset': { act: (socket) => socket.resetAndDestroy(), told: { code: 'connection_reset', stage: 'answer' } },
  'an end': { act: (socket) => socket.end(), told: { code: 'eof_error', stage: 'answer' } },
  nonsense: {
    act: (socket) => socket.end('\x16\x03\x01 nonsense'),
    told: { code: 'http_request_failed', stage: 'answer' },
  },
  'half a head': {
    act: (socket) => socket.write('HTTP/1.1 200 OK\r\nX-A: '),
    told: { code: 'generic_timeout_error', stage: 'answer' },
  },
  'a head without end': {
    act: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      forever('X-A: 1\r\n'.repeat(1000))(socket)
    },
    told: { code: 'http_request_failed', stage: 'answer' },
  },
  'interim answers without end': {
    act: forever('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
    told: { code: 'http_request_failed', stage: 'answer' },
  },
  'a body cut by an end': {
    act: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc'),
    told: { code: 'eof_error', stage: 'body', status: 200 },
  },
  'a body that stops': {
    act: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc'),
    told: { code: 'generic_timeout_error', stage: 'body', status: 200 },
  },
  'a body in empty-handed chunks without end': {
    act: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      forever('1;ext=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n')(socket)
    },
    told: { status: 200 },
  },
  'a body until the end of the connection': {
    act: (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nabc'),
    told: { status: 200 },
  },
  'a change of protocol': {
    act: (socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nx'),
    told: { status: 101 },
  },
}

describe('exchangeHttp() with any server', () => {
  for (const [what, { act, told }] of Object.entries(ANSWERS))
    it(`tells ${what} from everything else`, async () => {
      await using server = await new BareServer(act).listen()
      const waits = told.code === 'generic_timeout_error'
      const made = await exchangeHttp('http://a.test/', plain(server.port), tools(waits ? 300 : 30_000))
      assert.equal(made.failure?.code, told.code)
      assert.equal(made.failure?.stage, told.stage)
      assert.equal(made.status, told.status)
      await server.closed[0]
    })

  it('gives the failure of the connection where it came no further', async () => {
    const server = await new BareServer(() => undefined).listen()
    const { port } = server
    await server[Symbol.asyncDispose]()
    const made = await exchangeHttp('http://a.test/', plain(port), tools(30_000))
    assert.equal(made.failure?.code, 'connection_refused')
    assert.equal(made.failure.stage, 'connect')
  })

  it('gives the failure of the handshake where it came no further', async () => {
    await using server = await new BareServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')).listen()
    const made = await exchangeHttp('https://a.test/', { ...plain(server.port), over: 'tls' }, tools(30_000))
    assert.equal(made.failure?.code, 'ssl_non_tls_bytes')
    assert.equal(made.handshake?.failure?.code, 'ssl_non_tls_bytes')
    assert.equal(made.bytesSent, 0)
  })

  it('throws the reason of an aborted run and closes the connection', async () => {
    const run = new AbortController()
    await using server = await new BareServer(() => run.abort(new Error('the run ends'))).listen()
    await assert.rejects(exchangeHttp('http://a.test/', plain(server.port), tools(60_000, run.signal)), /the run ends/)
    await server.closed[0]
  })

  it('gives an outcome of the closed set within its bounds, on any bytes', async () => {
    await using server = await new BareServer(() => undefined).listen()
    const piece = fc.oneof(
      fc.constantFrom(
        'HTTP/1.1 ',
        '200',
        ' OK\r\n',
        '\r\n',
        'Transfer-Encoding: chunked\r\n',
        'ffffffff\r\n',
        '0\r\n\r\n',
      ),
      fc.constantFrom('Content-Length: 99999999999999999999\r\n', 'Content-Length: -1\r\n', 'HTTP/1.1 200 OK\r\n\r\n'),
      fc.string({ maxLength: 40 }),
    )
    const ending = fc.constantFrom('end', 'reset')
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 10 }), ending, async (pieces, last) => {
        server.answer = (socket) => {
          for (const bytes of pieces) socket.write(bytes, 'latin1')
          if (last === 'end') socket.end()
          else socket.write('', () => socket.resetAndDestroy())
        }
        const made = await exchangeHttp('http://a.test/', plain(server.port), tools(30_000))
        assert.ok(made.failure === undefined ? made.status !== undefined : FAILURES.includes(made.failure.code))
        assert.notEqual(made.failure?.code, 'unknown_failure')
        assert.ok(made.body.length <= 1000)
        await server.closed.at(-1)
      }),
      { numRuns: 150 },
    )
  })
})

const missing = ['nginx', 'openssl'].filter((name) => !hasProgram(name))

describe('exchangeHttp() under TLS', { skip: missing.length > 0 ? `needs ${missing.join(', ')}` : false }, () => {
  it('dials the address it is given under the name of the URL', async () => {
    using authority = new LabAuthority()
    const site = { name: 'a.test', issued: authority.issue('a', { names: ['a.test'] }) }
    const server = await openNginxTls(authority, [[site]])
    await using _ = server.program
    const port = server.ports[0]! // one list, one port
    const trusted = { ...tools(30_000), extraRoots: [authority.root] }
    const made = await exchangeHttp('https://a.test/', { ...plain(port), over: 'tls' }, trusted)
    assert.equal(made.failure, undefined)
    assert.equal(made.status, 200)
    assert.equal(Buffer.from(made.body).toString(), '<title>hello</title>')
    assert.equal(made.handshake?.serverName, 'a.test')
    assert.equal(made.handshake.alpn, 'h2')
    assert.ok(made.bytesReceived > made.body.length)
    const wrong = await exchangeHttp('https://b.test/', { ...plain(port), over: 'tls' }, trusted)
    assert.equal(wrong.failure?.code, 'ssl_invalid_hostname')
    assert.equal(wrong.status, undefined)
  })
})
