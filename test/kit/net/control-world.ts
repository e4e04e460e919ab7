import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { readFileSync } from 'node:fs'
import { randomInt } from 'node:crypto'
import type { AddressInfo, Server, Socket } from 'node:net'
import { openResolver } from '../../../src/control/resolve-names.ts'
import { reachableAddresses } from '../../../src/control/reachable-address.ts'
import { serveControl, type RunningControl, type ServeControlOptions } from '../../../src/control/serve-control.ts'
import { Destinations } from '../../../src/control/destinations.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { openLog, type Log } from '../../../src/runtime/log.ts'
import { loadNetworks } from '../../../src/runtime/tables/networks.ts'
import type { Issued } from './lab-authority.ts'
import { addressRecord, openUdpResolver, type Behaviour, type UdpResolver } from './udp-resolver.ts'

/** Addresses of names in a world of one test; a list that changes answers differently the next time. */
export type Zone = Readonly<Record<string, readonly string[] | (() => readonly string[])>>

/** A resolver that knows a zone and says of every other name that there is none. */
export const openZone = (zone: Zone): Promise<UdpResolver> => openUdpResolver(answerFrom(zone))

export const answerFrom =
  (zone: Zone): Behaviour =>
  (question, reply) => {
    const asked = question.questions?.[0]
    const entry = asked === undefined ? undefined : zone[asked.name]
    if (asked === undefined || entry === undefined) return reply.send([], { rcode: 3 })
    const addresses = typeof entry === 'function' ? entry() : entry
    reply.send(
      addresses
        .filter((address) => address.includes(':') === (asked.type === 'AAAA'))
        .map((address) => addressRecord(asked.name, address)),
    )
  }

/** A block of loopback that no other test has: servers of one test stand in it on the ports of the web. */
export function loopbackBlock(): { readonly block: string; readonly address: (host: number) => string } {
  const prefix = `127.${randomInt(64, 250)}.${randomInt(1, 250)}`
  return { block: `${prefix}.0/24`, address: (host) => `${prefix}.${host}` }
}

export interface Origin extends AsyncDisposable {
  readonly address: string
  readonly port: number
  /** `METHOD host path` of each request, and headers of the last. */
  readonly requests: string[]
  readonly headers: () => readonly string[]
  /** Connections that were opened at all. */
  readonly connections: () => number
}

/** A web server on an address and port; under TLS with a certificate. */
export async function openOrigin(
  at: { readonly address: string; readonly port: number; readonly issued?: Issued },
  listener: RequestListener,
): Promise<Origin> {
  const requests: string[] = []
  const open = new Set<Socket>()
  let last: readonly string[] = []
  let connections = 0
  const record: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.headers.host} ${request.url}`)
    last = request.rawHeaders
    listener(request, response)
  }
  const server: Server =
    at.issued === undefined
      ? createHttp(record)
      : createHttps({ cert: readFileSync(at.issued.chain), key: readFileSync(at.issued.key) }, record)
  server.on('connection', (socket: Socket) => {
    connections++
    open.add(socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.address, resolve)
  })
  return {
    address: at.address,
    port: (server.address() as AddressInfo).port,
    requests,
    headers: () => last,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}

export interface OpenControl extends RunningControl {
  /** Sends a request and reads the answer. */
  ask(
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly json: unknown; readonly headers: Headers }>
  /** Lines of its log. */
  readonly log: readonly string[]
}

/** A control for tests that reaches the blocks given. */
export async function openControl(
  options: Partial<ServeControlOptions> & { readonly allow: readonly string[]; readonly resolver?: UdpResolver },
): Promise<OpenControl> {
  const lines: string[] = []
  const log: Log = openLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } })
  const { allow, resolver, ...rest } = options
  const control = await serveControl({
    clock: systemClock,
    host: '127.0.0.1',
    port: 0,
    proxied: false,
    resolve:
      resolver === undefined
        ? () =>
            Promise.resolve({ addresses: [], failure: { code: 'dns_nxdomain_error', stage: 'resolve', detail: '' } })
        : openResolver({ kind: 'udp', resolver }),
    reachable: reachableAddresses({ allow, own: [] }),
    networks: loadNetworks(),
    extraRoots: [],
    destinations: new Destinations({ burst: 1_000, perSecond: 100, most: 100, mostPorts: Infinity }, systemClock),
    log,
    ...rest,
  })
  return {
    ...control,
    log: lines,
    ask: async (body, headers = {}) => {
      const response = await fetch(control.url, {
        method: 'POST',
        body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
        headers,
      })
      return { status: response.status, json: (await response.json()) as unknown, headers: response.headers }
    },
  }
}
