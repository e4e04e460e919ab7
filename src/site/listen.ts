import { createAdaptorServer, getRequestListener, type ServerType } from '@hono/node-server'
import type { Hono } from 'hono'
import { Fault } from '../model/errors.ts'
import type { Direct } from './direct-submit.ts'

export interface Listening extends AsyncDisposable {
  /** Address to open in a browser. */
  readonly url: string
}

/** How long open answers may take to end when the server stops. */
const LAST_ANSWERS_MS = 3000

/**
 * Serves a site over HTTP until disposed; port 0 takes a free one. `direct` is asked first. Throws Fault that names the port where it is
 * taken or the host is not one of this machine.
 */
export async function listen(
  site: Hono,
  options: { readonly host: string; readonly port: number; readonly direct?: Direct },
): Promise<Listening> {
  const { host, port } = options
  const server = serverOf(site, options.direct)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenFault(error, options)))
    server.listen(port, host, resolve)
  })
  const bound = server.address()
  const taken = typeof bound === 'object' && bound !== null ? bound.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeIdleConnections' in server) {
          server.closeIdleConnections()
          setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS).unref()
        }
      }),
  }
}

/** A server whose requests go to `direct` first, and to the route table where that is not for them. */
function serverOf(site: Hono, direct: Direct | undefined): ServerType {
  const server = createAdaptorServer({ fetch: site.fetch })
  if (direct === undefined) return server
  const pages = getRequestListener(site.fetch)
  const requests: Requests = server
  requests.removeAllListeners('request')
  requests.on('request', (request, response) => {
    if (!direct(request, response)) void pages(request, response)
  })
  return server
}

/** The part of a server by which another listener comes before the route table. */
interface Requests {
  removeAllListeners(event: 'request'): unknown
  on(event: 'request', listener: (...args: Parameters<ReturnType<typeof getRequestListener>>) => void): unknown
}

function listenFault(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): Fault {
  const found =
    error.code === 'EADDRINUSE'
      ? 'another program uses this port; choose one with --port'
      : error.code === 'EACCES'
        ? 'this port needs more rights; choose one above 1023 with --port'
        : error.code === 'EADDRNOTAVAIL'
          ? 'this machine has no such address; choose one with --host'
          : error.message
  return new Fault(`Cannot listen on ${host}, port ${port}: ${found}`, { cause: error })
}
