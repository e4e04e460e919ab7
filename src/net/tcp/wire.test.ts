import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { buffer } from 'node:stream/consumers'
import { Wire } from './wire.ts'
import { systemClock } from '../../runtime/clock.ts'
import { BareServer } from '../../../test/kit/net/tls-servers.ts'

async function openWire(server: BareServer): Promise<{ readonly wire: Wire; readonly socket: Socket }> {
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  return { socket, wire: new Wire(socket, systemClock) }
}

describe('Wire', () => {
  it('gives all that came before the end, however late it is read', async () => {
    await using server = await new BareServer((socket) => socket.end('x'.repeat(10_000))).listen()
    const { wire, socket } = await openWire(server)
    wire.write('hello')
    await once(socket, 'close')
    assert.equal(wire.ended, true)
    assert.equal((await buffer(wire)).length, 10_000)
    assert.equal(wire.received, 10_000)
    assert.equal(wire.sent, 5)
    assert.equal(wire.firstSentBytes, 5)
    wire.destroy()
  })

  it('takes no more than it has room for while no one reads', async () => {
    const held: Socket[] = []
    await using server = await new BareServer((socket) => {
      held.push(socket)
      socket.write(Buffer.alloc(20_000_000))
    }).listen()
    const { wire } = await openWire(server)
    wire.write('hello')
    while (wire.received === 0) await once(wire, 'readable')
    assert.ok(wire.received < 1_000_000, `${wire.received} bytes`)
    wire.destroy()
    await server.closed[0]
  })

  it('keeps the start of what came and forgets it when told', async () => {
    await using server = await new BareServer((socket) => socket.end(Buffer.alloc(400_000, 7))).listen()
    const { wire } = await openWire(server)
    wire.write('hello')
    assert.equal((await buffer(wire)).length, 400_000)
    assert.equal(wire.kept.length, 192 * 1024)
    wire.forget()
    assert.equal(wire.kept.length, 0)
    wire.destroy()
  })

  it('keeps the error of the socket as the system worded it', async () => {
    await using server = await new BareServer((socket) => socket.resetAndDestroy()).listen()
    const { wire } = await openWire(server)
    wire.write('hello')
    await new Promise((resolve) => wire.once('close', resolve)) // once() would reject with the error
    assert.equal(wire.broken !== undefined && 'code' in wire.broken && wire.broken.code, 'ECONNRESET')
  })

  it('closes the socket when it is destroyed', async () => {
    await using server = await new BareServer(() => undefined).listen()
    const { wire, socket } = await openWire(server)
    wire.write('hello')
    wire.destroy()
    await once(socket, 'close')
  })

  it('is closed from the start over a socket that is', async () => {
    await using server = await new BareServer(() => undefined).listen()
    const { socket } = await openWire(server)
    socket.destroy()
    await once(socket, 'close')
    assert.equal(new Wire(socket, systemClock).destroyed, true)
  })

  it('ends a connection by a reset where nothing was answered, so that nothing is sent again, and else in the usual way', async () => {
    for (const answers of [false, true]) {
      const ends = Promise.withResolvers<string>()
      await using server = await new BareServer((socket) => {
        socket.on('error', ({ message }) => ends.resolve(message))
        socket.on('end', () => ends.resolve('end'))
        if (answers) socket.write('hello')
        else ready.resolve()
      }).listen()
      const ready = Promise.withResolvers<void>()
      const { wire } = await openWire(server)
      wire.resume()
      wire.write('hello')
      await (answers ? once(wire, 'data') : ready.promise)
      wire.destroy()
      assert.match(await ends.promise, answers ? /^end$/ : /ECONNRESET/)
    }
  })
})
