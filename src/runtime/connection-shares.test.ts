import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { shareConnections } from './connection-shares.ts'

const MOST = 3
const QUESTION = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

/** Resolves with what comes over the connection next; with nothing where it ends. */
const next = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString().slice(0, 15)))
    socket.once('close', () => resolve(''))
  })
const ended = (socket: Socket): Promise<unknown> =>
  socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve))

describe('shareConnections()', () => {
  let server: Server
  const sockets: Socket[] = []
  /** Connections at the server's end, and who waits for one to go. */
  let held = 0
  let wake = (): void => undefined
  before(async () => {
    server = createServer((_, response) => response.end('here'))
    // A server of both families, as on `::`, names an address of IPv4 as one of IPv6.
    server.on('connection', (socket: Socket) =>
      Object.defineProperty(socket, 'remoteAddress', { value: `::ffff:${socket.remoteAddress}` }),
    )
    shareConnections(server, MOST)
    server.on('connection', (socket: Socket) => {
      held++
      socket.once('close', () => {
        held--
        wake()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  const open = (from: string): Socket => {
    const { port } = server.address() as AddressInfo
    const socket = connect({ host: '127.0.0.1', port, localAddress: from })
    socket.on('error', () => undefined) // a client that is sent away may find the connection reset
    sockets.push(socket)
    return socket
  }
  /** Asks over a connection, and keeps it open; what is answered begins with the status. */
  const ask = async (socket: Socket): Promise<string> => {
    const answer = next(socket)
    socket.write(QUESTION)
    return answer
  }
  const ANSWERED = 'HTTP/1.1 200 OK'

  it('gives a client that has fewer a place of the one that has most, and takes none from them', async () => {
    const [first, second, third] = [open('127.0.0.1'), open('127.0.0.1'), open('127.0.0.1')]
    for (const one of [first, second, third, first]) assert.equal(await ask(one), ANSWERED)
    // All places are taken by one address. Another is let in, and the connection goes that asked longest ago.
    const other = open('127.0.0.2')
    assert.equal(await ask(other), ANSWERED)
    await ended(second)
    assert.equal(await ask(first), ANSWERED)
    assert.equal(await ask(third), ANSWERED)
    // The address with most connections is given no further one.
    const fourth = open('127.0.0.1')
    assert.equal(await ask(fourth), '')
    assert.equal(await ask(other), ANSWERED)
    // The other has its share: two and one cannot be shared more evenly.
    assert.equal(await ask(open('127.0.0.2')), '')
    // A third is let in as well, then no one without a place is worse off than someone who has one.
    const latest = open('127.0.0.3')
    assert.equal(await ask(latest), ANSWERED)
    await ended(first)
    assert.equal(await ask(open('127.0.0.4')), '')
    for (const one of [third, other, latest]) assert.equal(await ask(one), ANSWERED)
  })

  it('gives a place that a client left to the next one', async () => {
    const left = sockets.filter((one) => !one.destroyed)
    assert.equal(left.length, MOST)
    const [leaving, ...staying] = left
    const heldAre = async (most: number): Promise<void> => {
      while (held > most) await new Promise<void>((resolve) => (wake = resolve))
    }
    await heldAre(MOST)
    leaving?.destroy()
    await heldAre(MOST - 1)
    assert.equal(await ask(open('127.0.0.2')), ANSWERED)
    for (const one of staying) assert.equal(await ask(one), ANSWERED)
  })
})
