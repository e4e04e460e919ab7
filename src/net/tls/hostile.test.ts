import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { agreement, handshakeTls } from './tls.ts'
import type { NetTools } from '../tools.ts'
import { FAILURES, type FailureCode } from '../../core/model/measured/failure.ts'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { BareServer } from '../../../test/kit/net/tls-servers.ts'

const tools = (limit: number, signal = new AbortController().signal): NetTools => ({
  clock: systemClock,
  signal,
  limit: millis(limit),
})

interface Told {
  readonly code: FailureCode
  readonly answered: boolean
  readonly detail?: string
}

const alert = (number: number): Buffer => Buffer.from([21, 3, 3, 0, 2, 2, number])
const PAGE = 'HTTP/1.1 302 Found\r\nLocation: http://blocked.test/\r\nContent-Length: 0\r\n\r\n'

/** What someone on the path, or a server, does with a ClientHello, and what is reported of it. */
const ANSWERS: Readonly<Record<string, { readonly act: (socket: Socket) => void; readonly told: Told }>> = {
  silence: { act: () => undefined, told: { code: 'generic_timeout_error', answered: false } },
  'a reset': { act: (socket) => socket.resetAndDestroy(), told: { code: 'connection_reset', answered: false } },
  'an end': { act: (socket) => socket.end(), told: { code: 'eof_error', answered: false } },
  'a page of HTML, then an end': {
    act: (socket) => socket.end(PAGE),
    told: { code: 'ssl_non_tls_bytes', answered: false },
  },
  'a page of HTML, then a reset': {
    act: (socket) => socket.write(PAGE, () => socket.resetAndDestroy()),
    told: { code: 'ssl_non_tls_bytes', answered: false },
  },
  'one byte that is no TLS, then silence': {
    act: (socket) => socket.write('H'),
    told: { code: 'ssl_non_tls_bytes', answered: false },
  },
  'an alert of a refused handshake': {
    act: (socket) => socket.end(alert(40)),
    told: { code: 'ssl_alert', answered: true, detail: 'alert 40 handshake_failure' },
  },
  'an alert, then a reset': {
    act: (socket) => socket.write(alert(80), () => socket.resetAndDestroy()),
    told: { code: 'ssl_alert', answered: true, detail: 'alert 80 internal_error' },
  },
  'an alert of an unknown name': {
    act: (socket) => socket.end(alert(112)),
    told: { code: 'ssl_invalid_hostname', answered: true },
  },
  'the start of a record, then an end': {
    act: (socket) => socket.end(Buffer.from([22, 3, 3, 0])),
    told: { code: 'eof_error', answered: true },
  },
  'the start of a record, then silence': {
    act: (socket) => socket.write(Buffer.from([22, 3, 3, 0])),
    told: { code: 'generic_timeout_error', answered: true },
  },
  'a handshake of nonsense': {
    act: (socket) => socket.write(Buffer.from([22, 3, 3, 0, 5, 2, 0, 0, 1, 255])),
    told: { code: 'ssl_error', answered: true },
  },
}

describe('handshakeTls() with any server', () => {
  for (const [what, { act, told }] of Object.entries(ANSWERS))
    it(`tells ${what} from everything else`, async () => {
      await using server = await new BareServer(act).listen()
      // Where nothing ends it the limit does; elsewhere a busy machine is given time.
      const waits = told.code === 'generic_timeout_error' || what.endsWith('silence')
      const limit = waits ? 400 : 30_000
      const to = { address: '127.0.0.1', port: server.port }
      const made = await handshakeTls(to, { serverName: 'a.test' }, tools(limit))
      const { failure, answered, chain, helloBytes } = made.outcome ?? assert.fail('the connection stood')
      assert.equal(failure?.code, told.code)
      assert.equal(failure.stage, 'handshake')
      assert.equal(answered, told.answered)
      if (told.detail !== undefined) assert.equal(failure.detail, told.detail)
      if (told.code === 'generic_timeout_error') assert.equal(failure.limit, 400)
      assert.deepEqual(chain, [])
      assert.ok(helloBytes !== undefined && helloBytes > 0)
      assert.equal(made.socket, undefined)
      await server.closed[0]
    })

  it('ends at its limit where a server drips bytes without end', async () => {
    await using server = await new BareServer((socket) => {
      const record = Buffer.alloc(16_000)
      record.set([22, 3, 3, 0x3f, 0])
      let at = 0
      const timer = setInterval(() => socket.write(record.subarray(at, ++at)), 5)
      socket.once('close', () => clearInterval(timer))
    }).listen()
    const made = await handshakeTls({ address: '127.0.0.1', port: server.port }, {}, tools(200))
    assert.equal(made.outcome?.failure?.code, 'generic_timeout_error')
    assert.ok(made.outcome.bytesReceived > 0)
    await server.closed[0]
  })

  it('bounds what it keeps of a server that floods it', async () => {
    await using server = await new BareServer((socket) => {
      const flood = Buffer.alloc(1_000_000, Buffer.from([22, 3, 3, 0, 4, 0, 0, 0, 0])) // empty HelloRequests
      socket.write(flood)
      socket.end(flood)
    }).listen()
    const made = await handshakeTls({ address: '127.0.0.1', port: server.port }, {}, tools(30_000))
    assert.notEqual(made.outcome?.failure, undefined)
    assert.equal(made.outcome?.firstBytes?.length, 64)
    await server.closed[0]
  })

  it('gives the connection alone where nothing listens', async () => {
    const server = await new BareServer(() => undefined).listen()
    const { port } = server
    await server[Symbol.asyncDispose]()
    const made = await handshakeTls({ address: '127.0.0.1', port }, { serverName: 'a.test' }, tools(30_000))
    assert.equal(made.connect.failure?.code, 'connection_refused')
    assert.equal(made.outcome, undefined)
  })

  it('sends nothing under a name that no hello can carry, and says so', async () => {
    await using server = await new BareServer(() => assert.fail('something was sent')).listen()
    for (const serverName of ['', 'a'.repeat(256), 'a.test\0b.test', 'ä.test', 'a b.test']) {
      const made = await handshakeTls({ address: '127.0.0.1', port: server.port }, { serverName }, tools(30_000))
      assert.equal(made.outcome?.failure?.code, 'invalid_argument')
      assert.equal(made.outcome.failure.stage, 'hello')
      assert.equal(made.outcome.bytesSent, 0)
      await server.closed.at(-1)
    }
  })

  it('throws the reason of an aborted run and closes the connection', async () => {
    const run = new AbortController()
    await using server = await new BareServer(() => run.abort(new Error('the run ends'))).listen()
    const to = { address: '127.0.0.1', port: server.port }
    await assert.rejects(handshakeTls(to, { serverName: 'a.test' }, tools(60_000, run.signal)), /the run ends/)
    await server.closed[0]
  })

  it('gives a failure of the closed set and closes, on any bytes', async () => {
    await using server = await new BareServer(() => undefined).listen()
    const record = fc
      .tuple(fc.constantFrom(20, 21, 22, 23), fc.uint8Array({ maxLength: 120 }))
      .map(([type, body]) => Uint8Array.from([type, 3, 3, 0, body.length, ...body]))
    const pieces = fc.array(fc.oneof(record, fc.uint8Array({ minLength: 1, maxLength: 200 })), { maxLength: 6 })
    const ending = fc.constantFrom('end', 'reset', 'silence')
    await fc.assert(
      fc.asyncProperty(pieces, ending, async (bytes, last) => {
        server.answer = (socket) => {
          for (const piece of bytes) socket.write(piece)
          if (last === 'end') socket.end()
          if (last === 'reset') socket.write('', () => socket.resetAndDestroy())
        }
        const to = { address: '127.0.0.1', port: server.port }
        const made = await handshakeTls(to, { serverName: 'a.test' }, tools(60))
        const { failure } = made.outcome ?? assert.fail('the connection stood')
        assert.ok(failure !== undefined && FAILURES.includes(failure.code))
        assert.notEqual(failure.code, 'unknown_failure')
        await server.closed.at(-1)
        assert.equal(server.openConnections, 0)
      }),
      { numRuns: 80 },
    )
  })
})

describe('agreement()', () => {
  it('is nothing of a connection that was reset between its handshake and the next moment', () => {
    const gone = new TLSSocket(new Socket())
    gone.destroy()
    assert.deepEqual(agreement(gone), {})
  })
})
