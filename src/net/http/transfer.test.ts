import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { randomPieces } from './random-pieces.ts'
import { transferBytes, type TransferOptions } from './transfer.ts'
import type { NetTools } from '../tools.ts'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { hasProgram, LabAuthority } from '../../../test/kit/net/lab-authority.ts'
import { BareServer, openNginxTls } from '../../../test/kit/net/tls-servers.ts'

const tools = (limit: number, signal = new AbortController().signal): NetTools => ({
  clock: systemClock,
  signal,
  limit: millis(limit),
})
const half = (port: number, options: Partial<TransferOptions> = {}): TransferOptions => ({
  address: '127.0.0.1',
  port,
  serverName: 'a.test',
  host: 'b.test',
  path: '/file',
  bytes: 200_000,
  over: 'plain',
  ...options,
})

describe('transferBytes()', () => {
  let server: Server
  let port = 0
  let seen: { host: string | undefined; range: string | undefined; bytes: number }

  before(async () => {
    server = createServer((request, response) => {
      seen = { host: request.headers.host, range: request.headers.range, bytes: 0 }
      request.on('data', (bytes: Buffer) => (seen.bytes += bytes.length))
      if (request.url === '/refuses') response.writeHead(405).end()
      else if (request.method === 'POST') request.on('end', () => response.end())
      else response.end(Buffer.alloc(request.url === '/small' ? 100 : 10_000_000))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  after(() => server.close())

  it('reads down until enough has come, and closes', async () => {
    const { outcome } = await transferBytes('down', half(port), tools(30_000))
    assert.equal(outcome.failure, undefined)
    assert.ok(outcome.bytes >= 200_000 && outcome.bytes < 400_000, `${outcome.bytes} bytes`)
    assert.equal(outcome.arrivals.at(-1)?.[1], outcome.bytes)
    assert.deepEqual([seen.host, seen.range], ['b.test', 'bytes=0-199999'])
  })

  it('says by its bytes that an answer was small', async () => {
    const { outcome } = await transferBytes('down', half(port, { path: '/small' }), tools(30_000))
    assert.equal(outcome.failure, undefined)
    assert.equal(outcome.status, 200)
    assert.ok(outcome.bytes < 500)
  })

  it('sends up what was asked and waits for the answer', async () => {
    const { outcome } = await transferBytes('up', half(port, { bytes: 3_000_001 }), tools(30_000))
    assert.equal(outcome.failure, undefined)
    assert.equal(seen.bytes, 3_000_001)
    assert.ok(outcome.bytes > 3_000_001)
    assert.equal(outcome.arrivals.at(-1)?.[1], outcome.bytes)
  })

  it('keeps the status of an upload that is answered before it is taken', async () => {
    const { outcome } = await transferBytes('up', half(port, { path: '/refuses', bytes: 20_000 }), tools(30_000))
    assert.equal(outcome.status, 405)
  })

  it('keeps the bytes of a transfer that the limit cuts', async () => {
    await using frozen = await new BareServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n' + 'x'.repeat(16_000)),
    ).listen()
    const { outcome } = await transferBytes('down', half(frozen.port), tools(300))
    assert.equal(outcome.failure?.code, 'generic_timeout_error')
    assert.equal(outcome.failure.stage, 'body')
    assert.equal(outcome.status, 200)
    assert.ok(outcome.bytes > 16_000)
    assert.equal(outcome.duration, outcome.endedAt - outcome.startedAt)
    await frozen.closed[0]
  })

  it('bounds an upload to a server that never reads', async () => {
    const held: Socket[] = []
    await using deaf = await new BareServer((socket) => held.push(socket.pause())).listen()
    const { outcome } = await transferBytes('up', half(deaf.port, { bytes: 50_000_000 }), tools(300))
    assert.equal(outcome.failure?.code, 'generic_timeout_error')
    assert.equal(outcome.failure.stage, 'request')
    assert.ok(outcome.bytes < 50_000_000)
    for (const socket of held) socket.resume() // one that does not read never learns of the end
    await deaf.closed[0]
  })

  it('throws the reason of an aborted run and closes the connection', async () => {
    const run = new AbortController()
    await using silent = await new BareServer(() => run.abort(new Error('the run ends'))).listen()
    await assert.rejects(transferBytes('up', half(silent.port, { bytes: 100 }), tools(60_000, run.signal)), /run ends/)
    await silent.closed[0]
  })

  it('tells a connection that was refused', async () => {
    const gone = await new BareServer(() => undefined).listen()
    const { port: closed } = gone
    await gone[Symbol.asyncDispose]()
    const { outcome, handshake } = await transferBytes('down', half(closed, { over: 'tls' }), tools(30_000))
    assert.equal(outcome.failure?.code, 'connection_refused')
    assert.equal(outcome.bytes, 0)
    assert.equal(handshake, undefined)
  })
})

const missing = ['nginx', 'openssl'].filter((name) => !hasProgram(name))

describe('transferBytes() under TLS', { skip: missing.length > 0 ? `needs ${missing.join(', ')}` : false }, () => {
  it('moves the same bytes under a control name as under the true one', async () => {
    using authority = new LabAuthority()
    const issued = authority.issue('a', { names: ['a.test'] })
    const extra = 'location /up { return 204; }'
    const { ports, program } = await openNginxTls(authority, [[{ name: 'a.test', issued, extra }]])
    await using _ = program
    const trusted = { ...tools(30_000), extraRoots: [authority.root] }
    const port = ports[0]! // one list, one port
    const target = half(port, { over: 'tls', host: 'a.test', path: '/large' })
    const innocent = { ...target, serverName: 'innocent.test', verify: false }
    for (const options of [target, innocent]) {
      const { outcome, handshake } = await transferBytes('down', options, trusted)
      assert.equal(outcome.failure, undefined)
      assert.equal(outcome.status, 206)
      assert.ok(outcome.bytes >= 200_000 && outcome.bytes < 300_000, `${outcome.bytes} bytes`)
      assert.equal(handshake?.serverName, options.serverName)
      assert.ok(outcome.startedAt >= handshake.endedAt)
    }
    const unsure = await transferBytes('down', { ...innocent, verify: true }, trusted)
    assert.equal(unsure.outcome.failure?.code, 'ssl_invalid_hostname')
    const up = await transferBytes('up', { ...target, path: '/up' }, trusted)
    assert.equal(up.outcome.status, 204)
  })
})

describe('randomPieces()', () => {
  it('gives as many bytes as asked, never the same', () => {
    for (const length of [0, 1, 16_384, 16_385, 100_000])
      assert.equal(Buffer.concat([...randomPieces(length)]).length, length)
    assert.notDeepEqual([...randomPieces(16)], [...randomPieces(16)])
  })
})
