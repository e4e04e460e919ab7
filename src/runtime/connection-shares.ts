import type { Server, Socket } from 'node:net'
import { senderPrefix } from './sender/sender-prefix.ts'

/** Connections of one part of the network, the one that asked for something longest ago first. */
type Part = Set<Socket>

/** Clients that cannot be distinguished are one part. */
const partOf = ({ remoteAddress = '' }: Socket): string =>
  Buffer.from(senderPrefix(remoteAddress) ?? []).toString('latin1')

/**
 * Shares a server's connections out among those who ask. As long as there are fewer than `most`, anyone may have any
 * number: behind one address of a mobile operator there are thousands. If there are no more, the part of the network
 * that holds most gives a place to a client that still has fewer with it, that of the connection which asked for
 * something longest ago; anyone else is sent away. So a client that takes all connections does not keep others out.
 * Addresses are held while their connections are open, in memory, as by the server itself.
 */
export function shareConnections(server: Server, most: number): void {
  const parts = new Map<string, Part>()
  /** Parts by how many connections they hold; `fullest` is the largest that has any. */
  const bySize: Set<Part>[] = []
  let fullest = 0
  let open = 0

  const resize = (part: Part, change: () => void): void => {
    bySize[part.size]?.delete(part)
    change()
    if (part.size > 0) (bySize[part.size] ??= new Set()).add(part)
    fullest = Math.max(fullest, part.size)
    while (fullest > 0 && (bySize[fullest]?.size ?? 0) === 0) fullest--
  }

  const places = new WeakMap<Socket, { readonly part: Part; readonly name: string }>()
  /** Once for each connection, whichever of its end and its being sent away comes first. */
  const leave = (socket: Socket): void => {
    const place = places.get(socket)
    if (place === undefined) return
    places.delete(socket)
    resize(place.part, () => place.part.delete(socket))
    if (place.part.size === 0) parts.delete(place.name)
    open--
  }

  server.on('connection', (socket: Socket) => {
    const name = partOf(socket)
    const part: Part = parts.get(name) ?? new Set()
    if (open >= most) {
      const [loser] = bySize[fullest] ?? []
      const [idle] = loser ?? []
      if (loser === undefined || idle === undefined || part.size + 1 >= fullest) return void socket.destroy()
      leave(idle)
      idle.destroy()
    }
    parts.set(name, part)
    resize(part, () => part.add(socket))
    open++
    places.set(socket, { part, name })
    socket.once('close', () => leave(socket))
  })

  server.on('request', ({ socket }: { readonly socket: Socket }) => {
    const part = places.get(socket)?.part
    if (part === undefined) return
    part.delete(socket)
    part.add(socket)
  })
}
