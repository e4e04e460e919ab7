import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http'
import { Agent as HttpsAgent, type AgentOptions } from 'node:https'
import { connect as connectTcp, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { connect as connectTls, rootCertificates } from 'node:tls'
import { LIMITS } from '../plan/limits.ts'
import { connectSocks, type SocksServer } from './socks.ts'
import { TOR_PORTS, type Route } from './route.ts'

/** Connections to one collector by one route; disposing closes them. */
export interface Agents extends Disposable {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

type Callback = (error: Error | null, stream: Duplex) => void

const CONNECT_LIMIT = 20_000

class SocksHttpAgent extends HttpAgent {
  readonly #server: SocksServer

  constructor(server: SocksServer) {
    super({ keepAlive: true })
    this.#server = server
  }

  override createConnection(options: ClientRequestArgs, callback?: Callback): undefined {
    through(this.#server, options, callback, (socket) => socket)
  }
}

class SocksHttpsAgent extends HttpsAgent {
  readonly #server: SocksServer
  readonly #roots: readonly string[]

  constructor(server: SocksServer, roots: readonly string[]) {
    super({ keepAlive: true })
    this.#server = server
    this.#roots = roots
  }

  override createConnection(options: ClientRequestArgs, callback?: Callback): undefined {
    const servername = String(options.host ?? '')
    through(this.#server, options, callback, (socket) =>
      connectTls({ socket, servername, host: servername, ca: [...this.#roots], ...STRICT }),
    )
  }
}

function through(
  server: SocksServer,
  options: ClientRequestArgs,
  callback: Callback | undefined,
  wrap: (socket: Socket) => Duplex,
): undefined {
  const to = { host: String(options.host), port: Number(options.port), limit: CONNECT_LIMIT }
  connectSocks(server, to, (connected) => {
    if (connected.kind === 'connected') callback?.(null, wrap(connected.socket))
    else callback?.(connected.error, new Duplex()) // the type asks for a stream also where there is none
  })
  return undefined
}

/**
 * Agents for a route; undefined where it cannot be had now: Tor that does not listen. TLS is verified with Mozilla's
 * roots as the runtime bundles them and `extraRoots` (test labs), never with the system's store.
 */
export async function openAgents(route: Route, extraRoots: readonly string[]): Promise<Agents | undefined> {
  const roots = [...rootCertificates, ...extraRoots]
  switch (route.kind) {
    case 'direct':
      return agentsOf(new HttpAgent(PATIENT), new HttpsAgent(tlsOptions(roots)))
    case 'http-proxy': {
      const proxyEnv = { HTTP_PROXY: route.url, HTTPS_PROXY: route.url }
      return agentsOf(new HttpAgent({ ...PATIENT, proxyEnv }), new HttpsAgent({ ...tlsOptions(roots), proxyEnv }))
    }
    case 'socks5':
      return agentsOf(new SocksHttpAgent(route), new SocksHttpsAgent(route, roots))
    case 'tor': {
      const server = await findTor()
      return server && agentsOf(new SocksHttpAgent(server), new SocksHttpsAgent(server, roots))
    }
  }
}

/** Said aloud: a variable of the environment (NODE_TLS_REJECT_UNAUTHORIZED) must not take verification away. */
const STRICT = { minVersion: 'TLSv1.2', rejectUnauthorized: true } as const

const PATIENT = { keepAlive: true, autoSelectFamilyAttemptTimeout: LIMITS.family }

const tlsOptions = (ca: string[]): AgentOptions => ({ ...PATIENT, ca, ...STRICT })

const agentsOf = (http: HttpAgent, https: HttpsAgent): Agents => ({
  http,
  https,
  [Symbol.dispose]: () => {
    http.destroy()
    https.destroy()
  },
})

async function findTor(): Promise<SocksServer | undefined> {
  for (const port of TOR_PORTS) if (await listens(port)) return { host: '127.0.0.1', port }
  return undefined
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host: '127.0.0.1', port })
    const done = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2000, done(false))
    socket.once('connect', done(true)).once('error', done(false))
  })
}
