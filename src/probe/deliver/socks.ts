import type { Socket } from 'node:net'
import { SocksClient } from 'socks'

/** Where a SOCKS server listens. */
export interface SocksServer {
  readonly host: string
  readonly port: number
}

export type SocksConnection =
  { readonly kind: 'connected'; readonly socket: Socket } | { readonly kind: 'failed'; readonly error: Error }

/**
 * A connection through a SOCKS5 server, which resolves the name itself, so that the line's resolver learns nothing of
 * it. `limit` in milliseconds. For an agent, therefore with a callback.
 */
export function connectSocks(
  server: SocksServer,
  to: { readonly host: string; readonly port: number; readonly limit: number },
  done: (connected: SocksConnection) => void,
): void {
  void SocksClient.createConnection(
    {
      command: 'connect',
      proxy: { host: server.host, port: server.port, type: 5 },
      destination: { host: to.host, port: to.port },
      timeout: to.limit,
    },
    (error, info) => {
      if (info === undefined) done({ kind: 'failed', error: error ?? new Error('no connection through SOCKS') })
      else done({ kind: 'connected', socket: info.socket })
    },
  )
}
