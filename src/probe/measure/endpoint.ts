import type { HandshakeOutcome, Roled, TransferOutcome, ExchangeOutcome } from '../../core/model/measured/operation.ts'
import type { ControlAnswer, EndpointRun } from '../../core/model/measured/service-run.ts'
import type { RunContext } from './context.ts'
import { controlQuestion } from './control-question.ts'
import { measurePage, measurePlain } from './exchanges.ts'
import { neighbourRows } from './address-neighbours.ts'
import { pairsAt, type HandshakeRows } from './handshake-pairs.ts'
import { innocentsFor } from './innocent.ts'
import { fewOf, type Candidate } from './lookups.ts'
import { silentAbroad } from './neighbours.ts'
import type { PairRows } from './pair.ts'
import type { EndpointPlan } from '../plan/plan.ts'
import { connectTwice, type Scouted } from './scout.ts'
import { measureThroughput } from './throughput.ts'

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
  const innocent = innocentsFor(endpoint.host, context.settings.controls, context.chance)()
  const question = controlQuestion(plan, places, innocent)
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
