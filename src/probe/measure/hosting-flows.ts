import { addressFamily, isBogon } from '../../core/model/address.ts'
import { defined } from '../../core/model/defined.ts'
import { FLOW, FLOW_ROUNDS, type HostingFlow, type HostingLook } from '../../core/model/measured/hosting-flow.ts'
import type { ExchangeOutcome } from '../../core/model/measured/operation.ts'
import { portOf } from '../../core/model/port.ts'
import { parseAsn, seconds, type Asn, type Millis } from '../../core/model/units.ts'
import { isRecord } from '../../core/ooni/decode/decoder.ts'
import { encodeHelperRequest } from '../../core/ooni/helper/request.ts'
import { resolveSystem } from '../../net/dns/resolve-system.ts'
import { exchangeHttp } from '../../net/http/http.ts'
import { LIMITS } from '../plan/limits.ts'
import type { Chance } from './chance.ts'
import { netTools, type RunContext } from './context.ts'
import type { RunSettings } from './contract.ts'
import { ControlAbroad, type ControlOptions } from './control-abroad.ts'
import { networkNumbers } from './resolver-watch.ts'
import { LOOKUP_OF_SYSTEM } from './tally.ts'

/** Servers of ours from which flows are asked in one run at most. */
const MOST_SERVERS = 4
/** Of so many full runs of the schedule one asks for flows. */
const ONE_OF = 4
/** Bytes of one flow with its handshake, the one that shows that a new connection opens, and headers of IP and TCP. */
const FLOW_ON_THE_WIRE = 80_000

/** Bytes of all flows of a run at most; docs/methods/measuring.md, flows by hosting network. */
export const FLOWS_BYTES = MOST_SERVERS * FLOW_ROUNDS * FLOW_ON_THE_WIRE

/**
 * Controls from which this run asks for flows: none in core runs and in three of four full runs of the schedule, nor
 * where there are fewer than two, which could not be compared.
 */
export function drawFlowServers({ scope, kind, controlUrls }: RunSettings, chance: Chance): readonly string[] {
  if (scope !== 'full' || controlUrls.length < 2) return []
  return kind === 'scheduled' && chance.below(ONE_OF) > 0 ? [] : chance.shuffled(controlUrls).slice(0, MOST_SERVERS)
}

interface FlowServer {
  readonly url: URL
  readonly address: string
  readonly asn: Asn
  readonly flows: HostingFlow[]
}

interface Bounds extends Pick<ControlOptions, 'onBytes'> {
  /** Of one flow. */
  readonly limit: Millis
}

/**
 * Asks our own servers for the same bytes, one after another and each on a connection of its own; a second time if one
 * of them fell silent and another sent all. Empty where their addresses are not of two networks. Source: docs/methods/judging.md, flows by
 * hosting network.
 */
export async function lookAtFlows(
  context: RunContext,
  urls: readonly string[],
  bounds: Bounds,
): Promise<readonly HostingLook[]> {
  const servers = await serversOf(context, urls, bounds)
  if (new Set(servers.map(({ asn }) => asn)).size < 2) return []
  for (let round = 0; round < FLOW_ROUNDS; round++) {
    for (const { url, address, flows } of servers)
      flows.push(await flowFrom(url, { address, limit: bounds.limit }, context))
    if (!servers.some(({ flows }) => flows.every(isSilent)) || !servers.some(isWhole)) break
  }
  const looks: HostingLook[] = []
  for (const server of servers) looks.push(await lookOf(server, servers, { context, bounds }))
  return looks
}

const isSilent = ({ ended }: HostingFlow): boolean => ended === 'silent'
const isWhole = ({ flows }: FlowServer): boolean => flows.every(({ ended }) => ended === 'whole')

/** Servers with an address that may be dialled and whose network a control knows. */
async function serversOf(
  context: RunContext,
  urls: readonly string[],
  { onBytes }: Bounds,
): Promise<readonly FlowServer[]> {
  const found = await Promise.all(
    urls.map(async (one) => {
      const url = new URL(one)
      const host = url.hostname.replace(/^\[|\]$/g, '')
      if (addressFamily(host) !== undefined) return { url, address: host }
      onBytes(LOOKUP_OF_SYSTEM.sent, LOOKUP_OF_SYSTEM.received)
      const { answer } = await resolveSystem(host, netTools(context, LIMITS.lookup))
      const address = answer?.answers.find(({ family }) => context.families.has(family))?.address
      return { url, ...defined({ address }) }
    }),
  )
  const dialled = found.flatMap(({ url, address }) =>
    address !== undefined && (context.settings.dialsPrivate === true || !isBogon(address)) ? [{ url, address }] : [],
  )
  const numbers = await networkNumbers(
    context,
    dialled.map(({ address }) => address),
  )
  return dialled
    .map(({ url, address }) => ({ url, address, asn: numbers(address), flows: [] }))
    .filter(({ asn }) => asn !== parseAsn(0))
}

function ask(
  at: URL,
  path: string,
  to: { readonly address: string; readonly limit: Millis },
  context: RunContext,
): Promise<ExchangeOutcome> {
  return exchangeHttp(
    new URL(path, at),
    {
      address: to.address,
      port: portOf(at),
      method: 'GET',
      // The server must not end the connection: then only the path does.
      headers: [['Connection', 'keep-alive']],
      over: at.protocol === 'https:' ? 'tls' : 'plain',
      bodyCap: 2 * FLOW.bytes,
    },
    netTools(context, to.limit),
  )
}

async function flowFrom(url: URL, to: Parameters<typeof ask>[2], context: RunContext): Promise<HostingFlow> {
  const outcome = await ask(url, FLOW.path, to, context)
  const [at, bytes] = outcome.arrivals.at(-1) ?? [outcome.endedAt, 0]
  return { bytes, ended: endOf(outcome), silence: seconds(Math.round(outcome.endedAt - at) / 1000) }
}

/** A flow that stops within its first record of TLS shows no status yet. */
function endOf({ status, failure, body, arrivals }: ExchangeOutcome): HostingFlow['ended'] {
  if (arrivals.length === 0 || (status !== undefined && status !== 200)) return 'none'
  if (failure === undefined) return body.length === FLOW.bytes ? 'whole' : 'cut'
  return failure.code === 'generic_timeout_error' ? 'silent' : 'cut'
}

/** What a server's flows show, and if all fell silent whether it still answers, here and to another server of ours. */
async function lookOf(
  { url, address, asn, flows }: FlowServer,
  all: readonly FlowServer[],
  { context, bounds }: { readonly context: RunContext; readonly bounds: Bounds },
): Promise<HostingLook> {
  if (flows.length < FLOW_ROUNDS || !flows.every(isSilent)) return { asn, flows }
  const opened = await ask(url, '/', { address, limit: LIMITS.exchange }, context)
  const opensAfterwards = opened.status === 200 && opened.failure === undefined
  const others = all.filter((one) => one.asn !== asn && isWhole(one))
  const comesAbroad = await comesTo(others, new URL(FLOW.path, url), { context, bounds })
  return { asn, flows, opensAfterwards, ...defined({ comesAbroad }) }
}

/** Whether another server of ours gets the whole flow as a page; undefined where none can be asked. */
async function comesTo(
  others: readonly FlowServer[],
  flow: URL,
  { context: { settings, tools }, bounds }: { readonly context: RunContext; readonly bounds: Bounds },
): Promise<boolean | undefined> {
  if (others.length === 0) return undefined
  const { clock, signal } = tools
  const urls = others.map(({ url }) => url.href)
  using control = new ControlAbroad({ urls, clock, signal, extraRoots: settings.extraRoots, onBytes: bounds.onBytes })
  const answer = await control.ask(
    encodeHelperRequest({ headers: {}, endpoints: [], quic: false, client: false, url: flow.href }),
  )
  const json = answer?.kind === 'answer' ? answer.json : undefined
  const page = isRecord(json) ? json['http_request'] : undefined
  if (!isRecord(page)) return undefined
  return page['failure'] === null && page['status_code'] === 200 && page['body_length'] === FLOW.bytes
}
