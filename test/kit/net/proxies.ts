import { createServer as createHttpServer, request as send } from 'node:http'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

export interface Proxy extends AsyncDisposable {
  readonly port: number
  /** Names and ports asked for, in order. */
  readonly asked: readonly string[]
}

async function open(server: Server, asked: readonly string[], sockets: Set<Socket>): Promise<Proxy> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    port,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function join(one: Socket, port: number): Socket {
  const other = connect({ host: '127.0.0.1', port })
  other.on('error', () => one.destroy())
  one.on('close', () => other.destroy())
  other.on('close', () => one.destroy())
  one.pipe(other).pipe(one)
  return other
}

/** A SOCKS5 proxy without passwords that takes every name for 127.0.0.1. Source: RFC 1928. */
export function openSocks(): Promise<Proxy> {
  const asked: string[] = []
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]))
      socket.once('data', (request) => {
        const length = request[4] ?? 0
        const name =
          request[3] === 3 ? request.subarray(5, 5 + length).toString() : [...request.subarray(4, 8)].join('.')
        const port = request.readUInt16BE(request[3] === 3 ? 5 + length : 8)
        asked.push(`${name}:${port}`)
        join(socket, port).once('connect', () => socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0])))
      })
    })
  })
  return open(server, asked, new Set())
}

/** An HTTP proxy, with CONNECT and without, that takes every name for 127.0.0.1. */
export function openHttpProxy(): Promise<Proxy> {
  const asked: string[] = []
  const server = createHttpServer()
  server.on('request', (request, response) => {
    const url = new URL(request.url ?? '')
    asked.push(url.host)
    const onward = send({
      host: '127.0.0.1',
      port: url.port,
      path: url.pathname,
      method: 'POST',
      headers: request.headers,
    })
    onward.on('response', (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers)))
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '')
    const port = Number((request.url ?? '').split(':').at(-1))
    const other = connect({ host: '127.0.0.1', port }, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(other).pipe(socket)
    })
    other.on('error', () => socket.destroy())
    socket.on('close', () => other.destroy())
  })
  return open(server, asked, new Set())
}
