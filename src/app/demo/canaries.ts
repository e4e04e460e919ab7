import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { answerReach } from '../../control/reach.ts'
import { formatAsn, parseAsn, type Asn, type Instant } from '../../core/model/units.ts'
import { loadCrowdCanaries } from '../../runtime/tables/measured-lists.ts'
import type { InventedCanaries } from '../observatory/people.ts'
import type { CensorAct } from './acting.ts'

const HOST = '127.0.0.1'
/** In an address, where the reader chose no network: there nothing is restricted. */
const NO_NETWORK = 'none'
const PATH = /^\/(AS(?:0|[1-9]\d{0,9})|none)(\/[^?]*)/

/** What acts on a service on a network at a time. */
export type ActsAt = (service: string, asn: Asn, at: Instant) => CensorAct | undefined

/**
 * Opens what "Is it only me?" contacts in a demonstration, until disposed: an invented service for each that a check
 * contacts, and a control host, every one a port of this machine. A service answers as the simulated one of its name
 * does now on the network that its address names: where it is restricted, it lets a request wait or interrupts it.
 */
export async function openDemoCanaries(acts: ActsAt, now: () => Instant): Promise<InventedCanaries & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const open = async (service?: string): Promise<string> => {
    const server = createServer((request, response) => {
      const [, network = NO_NETWORK, path] = PATH.exec(request.url ?? '') ?? []
      const asn = networkOf(network)
      const acting = service === undefined || asn === undefined ? undefined : acts(service, asn, now())
      if (acting === 'silent') return // until the browser gives up
      if (acting !== undefined) return void request.socket.resetAndDestroy()
      if (path !== undefined) request.url = path
      if (!answerReach(request, response, () => 0)) response.writeHead(404).end()
    })
    server.listen(0, HOST)
    await once(server, 'listening')
    stack.defer(() => closeServer(server))
    const address = server.address()
    return `http://${HOST}:${typeof address === 'object' && address !== null ? address.port : 0}`
  }
  const origins = new Map<string, string>()
  for (const { service } of loadCrowdCanaries()) origins.set(service, await open(service))
  const control = await open()
  const opened = stack.move()
  return {
    addressOf: (service, asn) => {
      const base = `${origins.get(service) ?? control}/${asn === undefined ? NO_NETWORK : formatAsn(asn)}`
      return { document: `${base}/reach`, image: `${base}/reach.png` }
    },
    controls: [{ document: `${control}/reach`, image: `${control}/reach.png` }],
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** Undefined for no network, and for ten digits that are none: any program of this machine may ask. */
const networkOf = (text: string): Asn | undefined =>
  text === NO_NETWORK || Number(text.slice(2)) > 0xffff_ffff ? undefined : parseAsn(text)

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
