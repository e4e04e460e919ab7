import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import { createServer, type Server, type Socket } from 'node:net'
import type { RequestListener } from 'node:http'
import { LabAuthority } from './lab-authority.ts'

/** What hosts of a check do; a switch of test/kit/browser/browser.ts leads every name of theirs to this machine. */
export const HOST_KINDS = ['good', 'page', 'elsewhere', 'reset', 'silent', 'slow', 'far', 'control'] as const
export type HostKind = (typeof HOST_KINDS)[number]

/** One pixel. */
export const ONE_PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
)
const isImage = (url: string | undefined): boolean => url?.includes('favicon') === true
const SLOW_MS = 2500
/** As far as another continent. */
const FAR_MS = 150

/** A request that came, with the headers that could name its sender. */
export interface Came {
  readonly host: string
  readonly path: string
  readonly cookie: string | undefined
  readonly referer: string | undefined
}

/** Hosts on loopback with certificates of an authority of their own, each doing as its kind says. */
export class CheckHosts implements AsyncDisposable {
  readonly came: Came[] = []
  /** Whether the control host answers. */
  isOnline = true
  readonly #authority = new LabAuthority()
  readonly #servers: (Server | TlsServer)[] = []
  readonly #ports = new Map<HostKind, number>()
  readonly #open = new Set<Socket>()

  static async open(): Promise<CheckHosts> {
    const hosts = new CheckHosts()
    const { chain, key } = hosts.#authority.issue('hosts', { names: ['*.check.test'] })
    const tls = { cert: readFileSync(chain), key: readFileSync(key) }
    for (const kind of HOST_KINDS) {
      const server =
        kind === 'reset'
          ? createServer(
              (socket) => void socket.once('data', () => socket.resetAndDestroy()).on('error', () => undefined),
            )
          : kind === 'silent'
            ? createServer((socket) => void socket.on('error', () => undefined).resume())
            : createTlsServer(tls, hosts.#answering(kind))
      server.on('connection', (socket: Socket) => {
        hosts.#open.add(socket)
        socket.once('close', () => hosts.#open.delete(socket))
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('the host does not listen')
      hosts.#ports.set(kind, address.port)
      hosts.#servers.push(server)
    }
    return hosts
  }

  #answering(kind: HostKind): RequestListener {
    return (request, response) => {
      const { host = '', cookie, referer } = request.headers
      this.came.push({ host: host.split(':')[0] ?? '', path: request.url ?? '', cookie, referer })
      if (kind === 'control' && !this.isOnline) return void request.socket.destroy()
      if (kind === 'control') response.setHeader('access-control-allow-origin', '*')
      if (kind === 'elsewhere') return void response.writeHead(302, { location: 'https://other.check.test/' }).end()
      response.setHeader('set-cookie', 'seen=1; SameSite=None; Secure')
      const answer = (): void => {
        if (isImage(request.url) && kind !== 'page') response.setHeader('content-type', 'image/png').end(ONE_PIXEL)
        else response.setHeader('content-type', 'text/html').end('<title>a page</title>')
      }
      if (kind === 'slow' || kind === 'far') setTimeout(answer, kind === 'slow' ? SLOW_MS : FAR_MS)
      else answer()
    }
  }

  /** Addresses of a host of a kind. */
  pair(kind: HostKind, name: string = kind): { readonly document: string; readonly image: string } {
    const origin = `https://${name}.check.test:${this.#ports.get(kind)}`
    return { document: `${origin}/robots.txt`, image: `${origin}/favicon.ico` }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy()
    for (const server of this.#servers) {
      server.close()
      await once(server, 'close')
    }
    this.#authority[Symbol.dispose]()
  }
}
