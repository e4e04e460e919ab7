import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { connectTcp } from './connect.ts'
import { freshSourcePort } from './source-ports.ts'
import type { ClosedConnection, NetTools } from '../tools.ts'

const tools = (limit = 2000, signal = new AbortController().signal): NetTools => ({
  clock: systemClock,
  signal,
  limit: millis(limit),
})

async function listening(): Promise<{ readonly port: number; readonly peers: number[] } & AsyncDisposable> {
  const peers: number[] = []
  const server = createServer((socket) => {
    peers.push(socket.remotePort ?? 0)
    socket.on('error', () => undefined)
    socket.on('end', () => socket.destroy())
    socket.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    peers,
    [Symbol.asyncDispose]: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}

describe('connectTcp()', () => {
  it('gives a socket and the source port that the server saw', async () => {
    await using server = await listening()
    const { outcome, socket } = await connectTcp({ address: '127.0.0.1', port: server.port }, tools())
    assert.equal(outcome.failure, undefined)
    assert.ok(socket !== undefined && outcome.endedAt >= outcome.startedAt)
    assert.equal(socket.localPort, outcome.localPort)
    socket.destroy()
  })

  it('tells what a connection moved once it is closed, and of one that never stood as well', async () => {
    await using server = await listening()
    const told = Promise.withResolvers<ClosedConnection>()
    const { socket } = await connectTcp(
      { address: '127.0.0.1', port: server.port },
      { ...tools(), onClosed: told.resolve },
    )
    socket?.end('hello')
    assert.deepEqual(await told.promise, { sent: 5, received: 0, stood: true })
    const refused = Promise.withResolvers<ClosedConnection>()
    const { port } = server
    await server[Symbol.asyncDispose]()
    await connectTcp({ address: '127.0.0.1', port }, { ...tools(), onClosed: refused.resolve })
    assert.deepEqual(await refused.promise, { sent: 0, received: 0, stood: false })
  })

  it('never uses a source port twice towards one destination', async () => {
    await using server = await listening()
    const ports = new Set<number | undefined>()
    for (let i = 0; i < 40; i++) {
      const { outcome, socket } = await connectTcp({ address: '127.0.0.1', port: server.port }, tools())
      assert.equal(outcome.failure, undefined)
      ports.add(outcome.localPort)
      socket?.destroy()
    }
    assert.equal(ports.size, 40)
  })

  it('passes over a source port that another program holds', async () => {
    await using server = await listening()
    await using other = await listening()
    const taken = await connectTcp({ address: '127.0.0.1', port: server.port }, tools(), { localPort: other.port })
    assert.equal(taken.outcome.failure?.code, 'address_in_use')
    assert.equal(taken.socket, undefined)
  })

  it('says of a closed port that the connection was refused', async () => {
    const server = await listening()
    await server[Symbol.asyncDispose]()
    const { outcome, socket } = await connectTcp({ address: '127.0.0.1', port: server.port }, tools())
    assert.deepEqual(outcome.failure, { code: 'connection_refused', stage: 'connect', detail: '' })
    assert.equal(socket, undefined)
  })

  it('refuses a name: names are resolved by operations of their own', async () => {
    const { outcome } = await connectTcp({ address: 'localhost', port: 80 }, tools())
    assert.equal(outcome.failure?.code, 'invalid_argument')
  })

  it('throws the reason of a run that ended', async () => {
    const controller = new AbortController()
    controller.abort(new Error('run ended'))
    await assert.rejects(connectTcp({ address: '127.0.0.1', port: 9 }, tools(2000, controller.signal)), /run ended/)
  })
})

describe('freshSourcePort()', () => {
  it('gives thousands of ports without a repetition, and never ends', () => {
    const seen = new Set<number>()
    for (let i = 0; i < 12_288; i++) seen.add(freshSourcePort('192.0.2.1', 443))
    assert.equal(seen.size, 12_288)
    assert.ok(freshSourcePort('192.0.2.1', 443) >= 49_152)
  })
})
