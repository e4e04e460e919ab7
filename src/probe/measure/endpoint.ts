import type { ExchangeOutcome, HandshakeOutcome, Roled, TransferOutcome } from '../../core/model/measured/operation.ts'
import type { ControlAnswer, EndpointRun } from '../../core/model/measured/service-run.ts'
import { type RunContext, netTools } from './context.ts'
import { controlQuestion, plainPort, urlOf } from './control-question.ts'
import { neighbourRows } from './address-neighbours.ts'
import { pairsAt, type HandshakeRows } from './handshake-pairs.ts'
import { fewOf, type Candidate, candidatesOf, lookUpBySystem } from './lookups.ts'
import { silentAbroad } from './neighbours.ts'
import type { PairRows } from './pair.ts'
import type { EndpointPlan } from '../plan/plan.ts'
import { connectTwice, type Scouted } from './scout.ts'
import { measureThroughput } from './throughput.ts'
import { addressFamily } from '../../core/model/address.ts'
import { registrableDomain } from '../../core/model/hostname.ts'
import type { NameRole } from '../../core/model/measured/observation.ts'
import { exchangeHttp } from '../../net/http/http.ts'
import { LIMITS } from '../plan/limits.ts'

const NONE: HandshakeRows = { handshakes: [], connects: [] }

/** What the pairs of an endpoint's addresses gave, with what became known on the way. */
interface Names extends HandshakeRows {
  /** Addresses at which the target's handshake completed, verified. */
  readonly proved: readonly string[]
  readonly failed: boolean
  /** Live addresses where no name was answered. */
  readonly mute: readonly string[]
}

const addressesOf = (rows: readonly Roled<HandshakeOutcome>[]): readonly string[] =>
  rows
    .filter(({ role, outcome }) => role === 'target' && outcome.failure === undefined)
    .map(({ outcome }) => outcome.address)

async function namePairs(context: RunContext, { plan }: Scouted, places: readonly Candidate[]): Promise<Names> {
  const all = await Promise.all(places.map(({ address }) => pairsAt(context, plan, { address, over: 'tcp' })))
  return {
    handshakes: all.flatMap(({ handshakes }) => handshakes),
    connects: all.flatMap(({ connects }) => connects),
    proved: addressesOf(all.flatMap(({ handshakes }) => handshakes)),
    failed: all.some(({ seen }) => seen !== 'alike'),
    mute: places.filter((_, index) => isMute(all[index])).map(({ address }) => address),
  }
}

const isMute = (rows: PairRows | undefined): boolean => rows?.seen === 'both-fail' || rows?.seen === 'unconnected'

/** Where none of the system's addresses proved the name, the encrypted resolver's: whether a way around exists. */
async function bypassPairs(context: RunContext, scouted: Scouted, names: Names): Promise<HandshakeRows> {
  const { plan, bypass } = scouted
  if (bypass === undefined || names.proved.length > 0) return NONE
  const tried = await connectTwice(context, bypass.address, plan.endpoint.port)
  const connects = tried.map((outcome, round) => ({ role: 'target' as const, round, outcome }))
  if (tried.every(({ failure }) => failure !== undefined)) return { handshakes: [], connects }
  const more = await namePairs(context, scouted, [bypass])
  return { handshakes: more.handshakes, connects: [...connects, ...more.connects] }
}

async function quicPairs(context: RunContext, { plan, live }: Scouted): Promise<HandshakeRows> {
  const places = context.chance.shuffled(fewOf(context, live, 1)).slice(0, plan.pairsAt.quic)
  if (!plan.checks.has('quic')) return NONE
  const all = await Promise.all(places.map(({ address }) => pairsAt(context, plan, { address, over: 'udp' })))
  context.done(plan.endpoint.host)
  return { handshakes: all.flatMap(({ handshakes }) => handshakes), connects: [] }
}

interface Carried {
  readonly exchanges: readonly Roled<ExchangeOutcome>[]
  readonly transfers: readonly Roled<TransferOutcome>[]
}

/** What is asked once the names have been: pages, cleartext, throughput. */
async function carry(context: RunContext, { plan, plain }: Scouted, names: Names): Promise<Carried> {
  const { checks, endpoint } = plan
  const exchanges: Roled<ExchangeOutcome>[] = []
  const transfers: Roled<TransferOutcome>[] = []
  const [proved] = names.proved
  if (checks.has('page') && proved !== undefined) exchanges.push(...(await measurePage(context, plan, proved)))
  if (checks.has('page')) context.done(endpoint.host)
  const [anywhere] = fewOf(context, plain, 1)
  if (checks.has('plain') && anywhere !== undefined)
    exchanges.push(...(await measurePlain(context, plan, anywhere.address)))
  if (checks.has('plain')) context.done(endpoint.host)
  for (const direction of ['down', 'up'] as const) {
    if (!checks.has(direction)) continue
    if (proved !== undefined)
      transfers.push(...(await measureThroughput(context, plan, { address: proved, direction })))
    context.done(endpoint.host)
  }
  return { exchanges, transfers }
}

/** Whether anything of an endpoint failed, so that the control abroad is asked also in a core run. */
const isDoubtful = ({ silent, lookups }: Scouted, names: Names, { exchanges }: Carried): boolean =>
  silent.length > 0 ||
  names.failed ||
  lookups.some(({ failure, late }) => failure !== undefined || late.length > 0) ||
  exchanges.some(({ outcome }) => outcome.failure !== undefined)

const askedOf = (control: ControlAnswer): unknown => (control.kind === 'answer' ? control.asked : undefined)

interface Silence {
  readonly plan: EndpointPlan
  readonly addresses: readonly string[]
  readonly early: Promise<ControlAnswer | undefined> | undefined
}

/** Neighbours of silent addresses; of those that are silent abroad as well nothing is to be explained. */
async function aroundSilence(context: RunContext, { plan, addresses, early }: Silence): Promise<HandshakeRows> {
  if (addresses.length === 0) return NONE
  const dead = silentAbroad(await early, plan.endpoint.port)
  return neighbourRows(
    context,
    plan,
    addresses.filter((one) => !dead.has(one)),
  )
}

/** Everything that is done for one endpoint once its addresses are known. Throws only where the run ends. */
export async function measureEndpoint(context: RunContext, scouted: Scouted): Promise<EndpointRun> {
  const { plan, live, silent, lookups } = scouted
  const { endpoint, checks } = plan
  const places = [...live, ...silent].map(({ address }) => address)
  const question = controlQuestion(plan, places, (address) => context.cover.namesFor(endpoint.host, address)())
  const ask = (): Promise<ControlAnswer | undefined> =>
    context.allowance.questions-- > 0 ? context.control.ask(question) : Promise.resolve(undefined)
  const early = plan.asksControl ? ask() : undefined
  early?.catch(() => undefined) // awaited below
  const [names, quic] = await Promise.all([
    checks.has('tls')
      ? namePairs(context, scouted, context.chance.shuffled(live).slice(0, plan.pairsAt.tls))
      : Promise.resolve({ ...NONE, proved: [], failed: false, mute: [] }),
    quicPairs(context, scouted),
  ])
  if (checks.has('tls')) context.done(endpoint.host)
  const bypass = checks.has('tls') ? await bypassPairs(context, scouted, names) : NONE
  const [neighbours, carried] = await Promise.all([
    aroundSilence(context, { plan, early, addresses: [...silent.map(({ address }) => address), ...names.mute] }),
    carry(context, scouted, names),
  ])
  const asked = early ?? (isDoubtful(scouted, names, carried) ? ask() : undefined)
  const control = await asked
  return {
    endpoint,
    lookups,
    connects: [...scouted.connects, ...names.connects, ...bypass.connects, ...neighbours.connects],
    tls: [...names.handshakes, ...bypass.handshakes, ...neighbours.handshakes],
    quic: quic.handshakes,
    exchanges: carried.exchanges,
    transfers: carried.transfers,
    tunnels: [],
    ...(control === undefined ? {} : { control, controlRequest: askedOf(control) ?? question }),
  }
}

/** Bytes of a page that are kept: a verified page needs no reading, one in cleartext is compared with notices. */
const PAGE_CAP = 16 * 1024
const PLAIN_CAP = 48 * 1024

/**
 * One GET of an endpoint's page over TLS, by address; redirects are recorded, not followed. Where it fails under its
 * handshake: a page under a control name of the same address, and both again, because routers and servers cut
 * connections of any name.
 */
async function measurePage(
  context: RunContext,
  plan: EndpointPlan,
  address: string,
): Promise<readonly Roled<ExchangeOutcome>[]> {
  const { port, host } = plan.endpoint
  const innocent = context.cover.namesFor(host, address)
  const half = async (role: 'target' | 'innocent', round: number): Promise<Roled<ExchangeOutcome>> => {
    const name = role === 'target' ? host : innocent()
    const named = role === 'target' ? plan : { ...plan, endpoint: { ...plan.endpoint, host: name } }
    const to = { address, port, method: 'GET', bodyCap: PAGE_CAP, over: 'tls' } as const
    const options = { ...to, serverName: name, verify: role === 'target' }
    const outcome = await context.gate.run(() =>
      exchangeHttp(urlOf(named, 'tls'), options, netTools(context, LIMITS.exchange)),
    )
    return { role, round, outcome }
  }
  const rows = [await half('target', 0)]
  if (rows[0]?.outcome.failure === undefined) return rows
  rows.push(await half('innocent', 0), await half('target', 1), await half('innocent', 1))
  return rows
}

interface PlainHalf {
  readonly role: NameRole
  readonly round: number
  readonly address: string
  /** Host that the request names. */
  readonly host: string
}

async function plainHalf(context: RunContext, plan: EndpointPlan, half: PlainHalf): Promise<Roled<ExchangeOutcome>> {
  const { role, round, address, host } = half
  const named = { ...plan, endpoint: { ...plan.endpoint, host } }
  const method = plan.endpoint.use === 'datacenter' ? 'POST' : 'GET'
  const options = { address, port: plainPort(plan.endpoint), method, bodyCap: PLAIN_CAP, over: 'plain' } as const
  const turn = { isNext: role !== 'target' || round > 0 }
  const outcome = await context.gate.run(
    () => exchangeHttp(urlOf(named, 'plain'), options, netTools(context, LIMITS.exchange)),
    turn,
  )
  return { role, round, outcome }
}

/** Whether an answer in cleartext is anything but what servers of names under TLS say there: go on to TLS, at ours. */
function isOrdinaryPlain(outcome: ExchangeOutcome, host: string): boolean {
  if (outcome.failure !== undefined || outcome.status === undefined) return false
  const location = outcome.headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
  if (outcome.status < 300 || outcome.status > 399 || location === undefined) return false
  const to = URL.parse(location, `http://${host}/`)
  return to !== null && registrableDomain(to.hostname) === registrableDomain(host)
}

/**
 * One exchange in cleartext under the target's name. Where the answer is not the ordinary redirect to TLS: the control
 * name to the same address, both again, and the target's name to the own server of another control name, of no provider,
 * where only a machine on the path can know it.
 */
async function measurePlain(
  context: RunContext,
  plan: EndpointPlan,
  address: string,
): Promise<readonly Roled<ExchangeOutcome>[]> {
  const { host } = plan.endpoint
  const first = await plainHalf(context, plan, { role: 'target', round: 0, address, host })
  const isAddress = addressFamily(host) !== undefined
  if (isAddress ? first.outcome.status !== undefined : isOrdinaryPlain(first.outcome, host)) return [first]
  const rows = [first]
  const innocent = context.cover.namesFor(host, address)()
  if (isAddress) return [first, await plainHalf(context, plan, { role: 'target', round: 1, address, host })]
  rows.push(await plainHalf(context, plan, { role: 'innocent', round: 0, address, host: innocent }))
  rows.push(await plainHalf(context, plan, { role: 'target', round: 1, address, host }))
  rows.push(await plainHalf(context, plan, { role: 'innocent', round: 1, address, host: innocent }))
  const other = context.cover.elsewhere(host)()
  const own = candidatesOf(context, (await lookUpBySystem(context, other)).at(-1), 'system')
  const [place] = fewOf(context, own, 1)
  if (place === undefined) return rows
  rows.push(await plainHalf(context, plan, { role: 'innocent', round: 0, address: place.address, host: other }))
  rows.push(await plainHalf(context, plan, { role: 'crossed', round: 0, address: place.address, host }))
  return rows
}
