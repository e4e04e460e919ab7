import { isBogon } from '../../core/model/address.ts'
import { defined } from '../../core/model/defined.ts'
import type { CANARY_MOMENTS, CanaryTally, LineReport } from '../../core/model/measured/service-run.ts'
import { connectTcp } from '../../net/tcp/connect.ts'
import type { ClosedConnection, NetTools } from '../../net/tools.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { pause } from '../measure/pause.ts'
import type { RunSettings, RunTools } from '../measure/contract.ts'
import { LIMITS } from '../plan/limits.ts'
import { LOOKUP_OF_SYSTEM, type Bytes } from '../measure/tally.ts'
import { answersAbroad, looksAbroad } from './abroad.ts'
import { askCanaries, tallyOf, type CanaryAddresses, type CanaryResult } from './canaries.ts'
import { agreedOffset, clocksOf } from './clock.ts'
import { isNeighbourKnown, isTunnelInterface, ownAddresses, readDefaultRoutes, sourceTowards } from './machine.ts'
import { stateOf, type LineFindings } from './state.ts'
import { answersWithoutNames } from './without-names.ts'
import { createHmac } from 'node:crypto'
import type { Controls } from '../../core/model/tables/controls.ts'
import { canonicalHostname } from '../../core/model/hostname.ts'
import type { ExchangeOutcome } from '../../core/model/measured/operation.ts'
import { exchangeHttp } from '../../net/http/http.ts'
import { resolveSystem } from '../../net/dns/resolve-system.ts'

/** Places far away by whose routes the way out is recognised; nothing is sent to them. Root servers, RFC 7720. */
export const FAR = { 4: '198.41.0.4', 6: '2001:503:ba3e::2:30' } as const

/** A packet of SNTP with its headers. */
const TIME_PACKET = 76

export interface LineWatchOptions {
  readonly settings: RunSettings
  readonly tools: RunTools
  readonly onBytes: (bytes: Bytes) => void
  readonly onClosed: (connection: ClosedConnection) => void
}

/** Looks at the owner's line before, during and after a run. docs/methods/measuring.md, line. */
export class LineWatch {
  readonly #options: LineWatchOptions
  readonly #key: Uint8Array
  readonly #addresses: CanaryAddresses = new Map()
  readonly #tallies: CanaryTally[] = []
  #fingerprint: string
  #findings: LineFindings

  constructor(options: LineWatchOptions) {
    this.#options = options
    this.#key = options.tools.random(32)
    this.#fingerprint = lineFingerprint(this.#key)
    this.#findings = {
      gateway: 'unknown',
      resolver: 'unknown',
      portal: 'unknown',
      ipv4: false,
      ipv6: false,
      tunnel: 'unknown',
      changed: false,
      canaries: [],
      answersWithoutNames: false,
    }
  }

  get report(): LineReport {
    const { answersWithoutNames: _, ...findings } = this.#findings
    return { ...findings, state: stateOf(this.#findings) }
  }

  /** The look before anything else; where every canary fails a second one a second later, for a line just waking up. */
  async before(): Promise<LineReport> {
    const { settings, onBytes } = this.#options
    onBytes(packetsOf(settings))
    const [tunnel, ipv6] = await Promise.all([tunnelOf(settings), sourceTowards(FAR[6])])
    const [portal, results, clock] = await Promise.all([
      this.#portal(),
      this.#askTwice(ipv6 !== undefined),
      agreedOffset(clocksOf(settings.controls, this.#net(LIMITS.clock))),
    ])
    const dead = results.every(({ passed }) => !passed)
    const resolved = results.some((one) => one.resolved)
    const abroad = await this.#abroad(results, portal.portal === 'none')
    this.#count('before', results)
    this.#findings = {
      ...this.#findings,
      ...portal,
      ...defined({ clock, abroad }),
      tunnel,
      gateway: dead ? await this.#gateway() : 'answers',
      resolver: resolved ? 'answers' : 'broken',
      ipv4: results.some((one) => one.ipv4),
      ipv6: results.some((one) => one.ipv6),
      answersWithoutNames: resolved && !dead ? true : await answersWithoutNames(settings, this.#net(LIMITS.canary)),
    }
    return this.report
  }

  /** A later look: canaries again, and whether the line is still the same. Gives whether all is as before. */
  async again(moment: 'during' | 'after'): Promise<boolean> {
    const results = await this.#ask(this.#options.settings.scope === 'core' ? 'tcp' : 'tls', false)
    this.#count(moment, results)
    const changed = lineFingerprint(this.#key) !== this.#fingerprint
    this.#findings = { ...this.#findings, changed: this.#findings.changed || changed }
    const { state } = this.report
    return state === 'ok' || state === 'no-ipv6'
  }

  /** What is reached at home and abroad, if sites at home answer and those abroad may not. */
  async #abroad(results: readonly CanaryResult[], pageCame: boolean): Promise<LineReport['abroad']> {
    const { settings, tools, onBytes } = this.#options
    const at = (place: 'domestic' | 'abroad'): readonly CanaryResult[] =>
      results.filter(({ canary }) => canary.place === place)
    if (!at('domestic').some(({ passed }) => passed)) return undefined
    const net = this.#net(LIMITS.canary)
    const known = { controls: settings.controls, addresses: this.#addresses }
    // Over IPv6 they were only connected to, which sends no name, and so they were over IPv4 in a core run.
    const passes = at('abroad').some(({ ipv4 }) => ipv4)
    const draw = tools.random(1)[0] ?? 0
    if (passes && (settings.scope !== 'core' || (await answersAbroad({ ...known, draw }, net)))) return undefined
    const looks = await looksAbroad({ ...known, pageCame, dialsPrivate: settings.dialsPrivate === true }, net)
    const packets = looks.reduce((sum, { resolvers }) => sum + resolvers.tried + 1, 0)
    onBytes({ sent: packets * LOOKUP_OF_SYSTEM.sent, received: packets * LOOKUP_OF_SYSTEM.received })
    return looks
  }

  #net(limit: Millis): NetTools {
    const { settings, tools, onClosed } = this.#options
    return { clock: tools.clock, signal: tools.signal, limit, extraRoots: settings.extraRoots, onClosed }
  }

  async #ask(by: 'tls' | 'tcp', tryIpv6: boolean): Promise<readonly CanaryResult[]> {
    const { settings } = this.#options
    const look = { by: settings.scope === 'core' ? ('tcp' as const) : by, addresses: this.#addresses, tryIpv6 }
    return askCanaries(settings.controls.canaries, look, this.#net(LIMITS.canary))
  }

  async #askTwice(tryIpv6: boolean): Promise<readonly CanaryResult[]> {
    const results = await this.#ask('tls', tryIpv6)
    if (results.some(({ passed }) => passed)) return results
    await pause(millis(1_000), this.#options.tools.signal)
    return this.#ask('tls', tryIpv6)
  }

  #count(moment: (typeof CANARY_MOMENTS)[number], results: readonly CanaryResult[]): void {
    this.#tallies.push(tallyOf(moment, results, this.#options.tools.clock.monotonic()))
    this.#findings = { ...this.#findings, canaries: [...this.#tallies] }
  }

  #portal(): Promise<PortalFound> {
    return lookForPortal(this.#options.settings.controls.portals, this.#net(LIMITS.canary))
  }

  /** Whether the gateway is there: any answer of its TCP, a refusal included, or a complete entry among neighbours. */
  async #gateway(): Promise<LineReport['gateway']> {
    const routes = readDefaultRoutes()
    if (routes === undefined) return 'unknown'
    const [route] = routes
    if (route === undefined) return 'silent'
    if (route.gateway === undefined) return 'unknown'
    const { outcome, socket } = await connectTcp({ address: route.gateway, port: 53 }, this.#net(millis(1_500)))
    socket?.destroy()
    const code = outcome.failure?.code
    if (code === undefined || code === 'connection_refused' || code === 'connection_reset') return 'answers'
    return isNeighbourKnown(route.gateway) === true ? 'answers' : 'silent'
  }
}

/** What is asked by packets in the first look: names of canaries, pages and a clock, and the clock itself. */
function packetsOf({ controls: { canaries, portals, clocks } }: RunSettings): Bytes {
  const names = canaries.length + portals.length + Math.min(1, clocks.length)
  const clock = clocks.length === 0 ? 0 : TIME_PACKET
  return { sent: names * LOOKUP_OF_SYSTEM.sent + clock, received: names * LOOKUP_OF_SYSTEM.received + clock }
}

/** Whether the way out leads through a tunnel of the owner, or the environment sends programs through a proxy. */
async function tunnelOf(settings: RunSettings): Promise<LineReport['tunnel']> {
  if (settings.proxied === true) return 'found'
  const source = await sourceTowards(FAR[4])
  if (source === undefined) return 'unknown'
  const all = ownAddresses()
  const devices = all.filter(({ address }) => address === source).map(({ name }) => name)
  const routed = readDefaultRoutes()?.[0]?.device
  const through = [...devices, ...(routed === undefined ? [] : [routed])]
  if (through.some((device) => isTunnelInterface(device, all))) return 'found'
  return through.length === 0 ? 'unknown' : 'none'
}

/** Private addresses that stand for the owner's own network: interfaces, gateway, resolver. */
export const ownNetwork = (resolvers: readonly string[]): readonly string[] => [
  ...ownAddresses().map(({ address }) => address),
  ...(readDefaultRoutes() ?? []).flatMap(({ gateway }) => (gateway !== undefined && isBogon(gateway) ? [gateway] : [])),
  ...resolvers,
]

/** Interfaces whose coming and going says nothing of the line: containers and virtual machines. */
const IRRELEVANT = /^(?:veth|docker|br-|virbr|vmnet|vboxnet|lo\d*$)/
/** Of IPv6 only the network counts: the rest changes with privacy addresses. */
const NETWORK_GROUPS = 4

/**
 * A fingerprint of interfaces and routes, to tell whether the line changed during a run. Keyed with random bytes of the
 * run and kept in memory only: it names nothing and compares with nothing beyond the run.
 */
function lineFingerprint(key: Uint8Array): string {
  const addresses = ownAddresses()
    .filter(({ name }) => !IRRELEVANT.test(name))
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(
      ({ name, address, family }) =>
        `${name} ${family === 4 ? address : address.split(':').slice(0, NETWORK_GROUPS).join(':')}`,
    )
  const routes = (readDefaultRoutes() ?? []).map(({ device, gateway }) => `${device} via ${gateway ?? ''}`)
  const text = [...new Set(addresses), '', ...routes].sort().join('\n')
  return createHmac('sha256', key).update(text).digest('hex')
}

type Portal = Controls['portals'][number]

interface PortalFound {
  readonly portal: 'none' | 'found' | 'unknown'
  /** Host that the sign-in page sends to. */
  readonly portalHost?: string
}

const BODY_CAP = 4 * 1024

async function askPortal({ url }: Portal, tools: NetTools): Promise<ExchangeOutcome | undefined> {
  const to = new URL(url)
  const { answer } = await resolveSystem(to.hostname, tools)
  const place = answer?.answers.find(({ family }) => family === 4) ?? answer?.answers[0]
  if (place === undefined) return undefined
  const port = to.port === '' ? 80 : Number(to.port)
  return exchangeHttp(url, { address: place.address, port, method: 'GET', bodyCap: BODY_CAP, over: 'plain' }, tools)
}

/** Whether an answer is the known one. */
function isKnown(outcome: ExchangeOutcome, { status, body }: Portal): boolean {
  if (outcome.status !== status) return false
  return body === undefined || Buffer.from(outcome.body).toString('utf8').trim() === body.trim()
}

/**
 * Asks pages whose whole answer is known, in cleartext. One known answer: no sign-in page. Otherwise a redirect or
 * another page from all that answered is one; without any answer this is unknown. A single page that changed, as
 * servers do, is no portal as long as another is as known.
 */
async function lookForPortal(portals: readonly Portal[], tools: NetTools): Promise<PortalFound> {
  const asked = await Promise.all(portals.map(async (portal) => ({ portal, outcome: await askPortal(portal, tools) })))
  const answered = asked.flatMap(({ portal, outcome }) => (outcome?.status === undefined ? [] : [{ portal, outcome }]))
  if (answered.length === 0) return { portal: 'unknown' }
  if (answered.some(({ portal, outcome }) => isKnown(outcome, portal))) return { portal: 'none' }
  // A server's own trouble (5xx) is no sign-in page.
  const strange = answered.filter(({ outcome }) => (outcome.status ?? 500) < 500)
  if (strange.length === 0) return { portal: 'unknown' }
  const host = strange.map(({ outcome, portal }) => redirectHost(outcome, portal.url)).find((one) => one !== undefined)
  return host === undefined ? { portal: 'found' } : { portal: 'found', portalHost: host }
}

/** Where an answer sends to, as a plain host name; what an unknown page writes is never passed on unread. */
function redirectHost(outcome: ExchangeOutcome, base: string): string | undefined {
  const location = outcome.headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
  const to = location === undefined ? null : URL.parse(location, base)
  const host = to === null ? undefined : canonicalHostname(to.hostname)
  return host === undefined || host.length > 253 ? undefined : host
}
