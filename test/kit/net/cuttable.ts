import { connect, createServer, type Socket } from 'node:net'

/** What a way does that is cut: `refused` ends connections, `silent` leaves them without an answer. */
export type Cut = 'refused' | 'silent' | { readonly answer: string }

/** A way to a server that a test cuts and mends; its own port stays while that of the server changes. */
export interface CuttableWay extends AsyncDisposable {
  readonly port: number
  /** Port of this machine, or path of a socket, to which it leads from now on. */
  lead(to: number | string): void
  /** Ends what is open, and everything that comes, until it is restored; or each request has the one answer given. */
  cut(how?: Cut): void
  restore(): void
}

/** Opens a way on loopback that leads nowhere yet. */
export async function openCuttableWay(): Promise<CuttableWay> {
  const open = new Set<Socket>()
  let state: 'open' | Cut = 'open'
  let target: number | string = 0
  const keep = (socket: Socket): Socket => {
    open.add(socket)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
    return socket
  }
  const server = createServer((socket) => {
    keep(socket)
    if (state === 'refused') return void socket.destroy()
    if (state === 'silent') return
    if (typeof state === 'object') {
      const { answer } = state
      return void socket.once('data', () => socket.end(answer))
    }
    const other = keep(connect(typeof target === 'string' ? { path: target } : { host: '127.0.0.1', port: target }))
    socket.on('close', () => other.destroy())
    other.on('close', () => socket.destroy())
    socket.pipe(other).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const end = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    lead: (to) => (target = to),
    cut(how = 'refused') {
      state = how
      // In silence what is open stays, and nothing comes through.
      if (how === 'silent') for (const socket of open) socket.unpipe().pause()
      else end()
    },
    restore() {
      // What was silent is no longer known to the other side.
      end()
      state = 'open'
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        end()
        server.close(() => resolve())
      }),
  }
}
