import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { startNginx, type Issued, type LabAuthority, type RunningProgram } from './lab-authority.ts'
import { accepts, freePort } from './quic-servers.ts'

/** One server block of nginx: chosen by the name asked for. */
export interface TlsSite {
  readonly name: string
  readonly issued: Issued
  /** Directives of its own, such as `ssl_protocols TLSv1.2;`. */
  readonly extra?: string
}

/** nginx with TLS on a port of loopback for each list of sites: settings of TLS count for a port, not for a name. */
export async function openNginxTls(
  authority: LabAuthority,
  ports: readonly (readonly TlsSite[])[],
): Promise<{ readonly ports: readonly number[]; readonly program: RunningProgram }> {
  const numbers: number[] = []
  for (const _ of ports) numbers.push(await freePort())
  const root = join(authority.folder, `nginx-tls-${numbers[0]}`)
  mkdirSync(join(root, 'www'), { recursive: true })
  writeFileSync(join(root, 'www', 'index.html'), '<title>hello</title>')
  writeFileSync(join(root, 'www', 'large'), Buffer.alloc(1_000_000, 'x'))
  const blocks = ports.flatMap((sites, nth) =>
    sites.map(
      ({ name, issued, extra = '' }, place) => `server {
  listen 127.0.0.1:${numbers[nth]} ssl${place === 0 ? ' default_server' : ''}; http2 on;
  server_name ${name}; ssl_certificate ${issued.chain}; ssl_certificate_key ${issued.key};
  root ${root}/www; client_max_body_size 8m; ${extra}
}`,
    ),
  )
  const program = startNginx(root, blocks)
  try {
    for (const port of numbers) await accepts(port)
  } catch (error) {
    await program[Symbol.asyncDispose]()
    throw new Error(program.output.slice(-2000), { cause: error })
  }
  return { ports: numbers, program }
}

/**
 * A server of bare TCP on loopback that does as told once the first bytes of a client have come; whatever protocol the
 * client speaks. Disposing it closes what is still open.
 */
export class BareServer implements AsyncDisposable {
  readonly #server: Server
  readonly #open = new Set<Socket>()
  /** What to do with a connection and its first bytes; changed between connections. */
  answer: (socket: Socket, first: Buffer) => void
  /** Ends of connections, in their order: resolved when the n-th connection is closed. */
  readonly closed: Promise<unknown>[] = []

  constructor(answer: (socket: Socket, first: Buffer) => void) {
    this.answer = answer
    this.#server = createServer((socket) => {
      this.#open.add(socket)
      socket.on('error', () => undefined)
      this.closed.push(new Promise((resolve) => socket.once('close', resolve)))
      socket.once('close', () => this.#open.delete(socket))
      socket.once('data', (first) => this.answer(socket, first))
    })
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the server does not listen')
    return address.port
  }

  get openConnections(): number {
    return this.#open.size
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
