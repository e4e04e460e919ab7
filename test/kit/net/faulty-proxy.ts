import { connect, createServer, type Socket } from 'node:net'

/** What happens to connections: each fault is for one connection, in the order in which they were given. */
export type ConnectionFault =
  /** Cut after so many bytes of requests, or of answers. */
  | { readonly kind: 'cut-request' | 'cut-answer'; readonly after: number }
  /** One byte of the request is another one. */
  | { readonly kind: 'damage-request'; readonly at: number }
  /** The gateway is never reached: this is the answer. */
  | { readonly kind: 'answer'; readonly text: string }

/** A proxy on loopback that forwards bytes, and does harm to some connections. */
export interface FaultyProxy extends AsyncDisposable {
  readonly port: number
  /** Ends the connections there are, so that the next request meets the fault. */
  next(fault: ConnectionFault): void
  /** Faults that were done. */
  readonly done: number
}

/** Starts a proxy for a port of loopback. */
export async function startFaultyProxy(target: number): Promise<FaultyProxy> {
  const faults: ConnectionFault[] = []
  const sockets = new Set<Socket>()
  let done = 0
  const server = createServer((client) => {
    const fault = faults.shift()
    if (fault !== undefined) done++
    sockets.add(client)
    client.on('error', () => undefined)
    if (fault?.kind === 'answer') {
      client.once('data', () => client.end(fault.text))
      return
    }
    const upstream = connect(target, '127.0.0.1')
    sockets.add(upstream)
    upstream.on('error', () => client.destroy())
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    let [asked, answered] = [0, 0]
    client.on('data', (bytes) => {
      const from = asked
      asked += bytes.length
      if (fault?.kind === 'cut-request' && asked > fault.after) return end()
      if (fault?.kind === 'damage-request' && fault.at >= from && fault.at < asked) bytes[fault.at - from]! ^= 1 // below its length
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      answered += bytes.length
      if (fault?.kind === 'cut-answer' && answered > fault.after) return end()
      client.write(bytes)
    })
    client.on('close', end)
    upstream.on('close', end)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    next: (fault) => {
      for (const socket of sockets) socket.destroy()
      sockets.clear()
      faults.push(fault)
    },
    get done() {
      return done
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
