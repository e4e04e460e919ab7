import { createServer as createTlsServer } from 'node:https'
import { createAdaptorServer, getRequestListener, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { Fault } from '../core/model/errors.ts'
import type { Incoming } from './request/request-body.ts'
import { shareConnections } from '../runtime/connection-shares.ts'
import { newRequestId, requestIdHeaders, withinRequest } from '../runtime/request/current-request.ts'

/** What is used of a request of node:http. */
export interface DirectRequest extends Incoming {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** What is used of its answer. */
export interface DirectResponse {
  readonly destroyed: boolean
  readonly headersSent: boolean
  writeHead(status: number, headers: string[]): unknown
  end(body?: string | Uint8Array): unknown
}

/**
 * Answers a request of node:http where it is one for it, and says whether it is; `route` hands it to the route table
 * after all, as long as nothing was answered.
 */
export type Direct = (request: DirectRequest, response: DirectResponse, route: () => void) => boolean

export interface Listening extends AsyncDisposable {
  /** Address to open in a browser. */
  readonly url: string
}

/** How long open answers may take to end when the server stops. */
const LAST_ANSWERS_MS = 3000

/**
 * What one connection may take. A client that sends the head of a request byte by byte, or takes no byte of an answer
 * for two minutes, is let go; a body may take five minutes, which a throttled connection needs
 * (docs/formats/collector.md).
 */
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 20_000,
  connectionsCheckingInterval: 5000,
  maxHeaderSize: 16 * 1024,
} as const
const MOST_HEADERS = 100
/** Nothing comes in and nothing goes out. */
const SILENCE_MS = 120_000
/**
 * Sockets at once; a file descriptor each. Beyond it they are shared out by where they come from
 * (connection-shares.ts).
 */
const MOST_CONNECTIONS = 10_000

/**
 * Serves a site over HTTP until disposed; port 0 takes a free one. `direct` is asked first. Throws Fault that names
 * the port where it is taken or the host is not one of this machine.
 */
export async function listen(
  site: Hono,
  options: {
    readonly host: string
    readonly port: number
    readonly direct?: Direct
    readonly mostConnections?: number
    /** Certificate and its key, in PEM: then it is HTTPS. */
    readonly tls?: { readonly cert: string; readonly key: string }
    /** Overwrites the bytes of requests once they are read: the runtime would keep them in buffers of its own. */
    readonly overwrites?: boolean
  },
): Promise<Listening> {
  const { host, port, mostConnections = MOST_CONNECTIONS } = options
  const server = serverOf(site, options.direct, options.tls)
  shareConnections(server, mostConnections)
  // With a listener for data the bytes come in a buffer of ours, after the parser has copied what it needs of them.
  if (options.overwrites === true) overwriteRequests(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenFault(error, options)))
    server.listen(port, host, resolve)
  })
  const bound = server.address()
  const taken = typeof bound === 'object' && bound !== null ? bound.port : port
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${taken}/`,
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

/**
 * Takes a port at once, for a site that is still being prepared: every address answers 503 with a page that says how
 * far that is and loads itself again. Dispose it just before the site takes the port. Throws Fault as `listen` does.
 */
export function listenWaiting(
  place: { readonly host: string; readonly port: number },
  said: { readonly title: string; readonly progress: () => string },
): Promise<Listening> {
  const site = new Hono()
  site.all('*', (c) =>
    c.html(
      html`<!doctype html>
        <html lang="en">
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <meta http-equiv="refresh" content="3" />
          <title>${said.title}</title>
          <body style="font: 1.1em/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em">
            <h1 style="font-size: 1.3em">${said.title}</h1>
            <p>${said.progress()}</p>
          </body>
        </html>`,
      503,
      { 'retry-after': '3', 'cache-control': 'no-store', connection: 'close' },
    ),
  )
  return listen(site, place)
}

function overwriteRequests(connections: Connections): void {
  connections.on('connection', (socket) => socket.on('data', (bytes) => bytes.fill(0)))
}

/** The part of a server by which its sockets are seen. */
interface Connections {
  on(event: 'connection', listener: (socket: DataSource) => void): unknown
}
interface DataSource {
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown
}

/** A server whose requests go to `direct` first, and to the route table where that is not for them. */
function serverOf(site: Hono, direct: Direct | undefined, tls: { cert: string; key: string } | undefined): ServerType {
  const named = namingFailures(site.fetch)
  const server = createAdaptorServer(
    tls === undefined
      ? { fetch: named, serverOptions: LIMITS }
      : {
          fetch: named,
          createServer: createTlsServer,
          serverOptions: { ...LIMITS, ...tls, minVersion: 'TLSv1.2' },
        },
  )
  server.setTimeout(SILENCE_MS)
  if ('maxHeadersCount' in server) server.maxHeadersCount = MOST_HEADERS
  const pages = getRequestListener(named)
  const requests: Requests = server
  requests.removeAllListeners('request')
  requests.on('request', (request, response) =>
    withinRequest(newRequestId(), () => {
      const route = (): void => void pages(request, response)
      if (direct?.(request, response, route) !== true) route()
    }),
  )
  return server
}

/** The same, with the name of the request in each answer that failed: the operator finds its lines in the log. */
function namingFailures(fetch: Hono['fetch']): Hono['fetch'] {
  const name = (answer: Response): Response => {
    const header = requestIdHeaders(answer.status)
    if (header.length === 2) answer.headers.set(header[0], header[1])
    return answer
  }
  return (...asked) => {
    const answer = fetch(...asked)
    return answer instanceof Promise ? answer.then(name) : name(answer)
  }
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
