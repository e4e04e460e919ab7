import { createServer as createPlain, type Server } from 'node:http'
import { readFileSync } from 'node:fs'
import { connect, createServer as createRaw, type AddressInfo, type Server as RawServer, type Socket } from 'node:net'
import { createServer as createSecure } from 'node:https'
import type { Controls } from '../../../src/core/model/tables/controls.ts'
import { endpointSchema, serviceSchema, type Check, type Service } from '../../../src/core/model/tables/service.ts'
import { LabAuthority } from '../net/lab-authority.ts'

/** What the path does to a ClientHello that carries a name. */
export type Treatment = 'silence' | 'reset' | 'close'

const sourced = { source: 'test', checked_at: '2026-11-25' }

/** A service on loopback of one endpoint `localhost:port`. */
export const localService = (id: string, port: number, checks: readonly Check[], core = true): Service =>
  serviceSchema.parse({
    id,
    name: id,
    tests: [],
    endpoints: [{ host: 'localhost', use: 'page', port, checks, ...(core ? { core: true } : {}), ...sourced }],
  })

export const endpointOf = (host: string, port: number, checks: readonly Check[]): Service['endpoints'][number] =>
  endpointSchema.parse({ host, use: 'page', port, checks, ...sourced })

/** Servers on loopback that a probe meets: pages under TLS with a censor in front of them, a page of known content. */
export class ProbeWorld implements AsyncDisposable {
  readonly #authority = new LabAuthority()
  readonly #servers: (Server | RawServer)[] = []
  readonly #sockets = new Set<Socket>()
  #backend = 0
  #known = 0
  /** Names whose ClientHello meets something else than the server. */
  readonly treatments = new Map<string, Treatment>()
  /** Connections that reached each port. */
  readonly reached = new Map<number, number>()

  /** PEM of the authority that signed for `localhost`. */
  get root(): string {
    return this.#authority.root
  }

  static async open(): Promise<ProbeWorld> {
    const world = new ProbeWorld()
    const { chain, key } = world.#authority.issue('local', { names: ['localhost', '127.0.0.1'] })
    const pages = createSecure({ cert: readFileSync(chain), key: readFileSync(key) }, (request, response) => {
      response.setHeader('x-client-ip', '45.11.12.13')
      response.end(`<title>page</title>hello 45.11.12.13 at ${request.url}`)
    })
    world.#backend = await world.#listen(pages)
    const known = createPlain((_, response) => response.end('success\n'))
    world.#known = await world.#listen(known)
    return world
  }

  async #listen(server: Server | RawServer): Promise<number> {
    this.#servers.push(server)
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      socket.on('error', () => undefined)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port // it listens on TCP
  }

  /** A port of pages under TLS, with the treatments in front. */
  async openService(): Promise<number> {
    const port: number = await this.#listen(
      createRaw((client) => {
        this.reached.set(port, (this.reached.get(port) ?? 0) + 1)
        client.once('data', (hello) => {
          const treatment = [...this.treatments].find(([name]) => hello.includes(name))?.[1]
          if (treatment === 'silence') return
          if (treatment === 'reset') return client.resetAndDestroy()
          if (treatment === 'close') return client.end()
          const server = connect(this.#backend, '127.0.0.1', () => server.write(hello))
          this.#sockets.add(server)
          server.on('error', () => client.destroy())
          client.on('error', () => server.destroy())
          client.pipe(server)
          server.pipe(client)
        })
      }),
    )
    return port
  }

  /** A port where nobody listens. */
  async closedPort(): Promise<number> {
    const server = createRaw()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo // it listens on TCP
    await new Promise<void>((resolve) => server.close(() => resolve()))
    return port
  }

  /** Controls that stand on loopback; canaries on the given ports. */
  controls(canaries: readonly number[]): Controls {
    return {
      innocent: [{ host: 'innocent.example', ...sourced }],
      hosting: [],
      canaries: canaries.map((port, index) => ({
        host: 'localhost',
        port,
        place: index === 0 ? 'domestic' : 'abroad',
        owner: `owner ${index}`,
        ...sourced,
      })),
      resolvers: [],
      clocks: [],
      portals: [{ url: `http://localhost:${this.#known}/`, status: 200, body: 'success', ...sourced }],
      udpResolvers: [],
      whoami: [],
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
    this.#authority[Symbol.dispose]()
  }
}
