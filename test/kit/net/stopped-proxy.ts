import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net'

/** A network between two programs that can be stopped: connections stay open, and nothing goes through. */
export interface StoppableProxy extends AsyncDisposable {
  readonly port: number
  stop(): void
  /** Lets everything go on; what was sent meanwhile arrives late. */
  goOn(): void
}

/** Forwards from a port of this machine to a place until disposed. */
export async function openStoppableProxy(to: NetConnectOpts): Promise<StoppableProxy> {
  const sockets = new Set<Socket>()
  let stopped = false
  const server = createServer((near) => {
    const far = connect(to)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.on('data', (bytes) => other.write(bytes))
      if (stopped) one.pause()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    port,
    stop() {
      stopped = true
      for (const socket of sockets) socket.pause()
    },
    goOn() {
      stopped = false
      for (const socket of sockets) socket.resume()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
