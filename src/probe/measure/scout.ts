import type { ConnectOutcome, LookupOutcome, Roled } from '../../core/model/measured/operation.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { connectTcp } from '../../net/tcp/connect.ts'
import { netTools, type RunContext } from './context.ts'
import { ADDRESSES_OF_FAMILY } from '../plan/full-budget.ts'
import { plainPort } from './control-question.ts'
import { LIMITS } from '../plan/limits.ts'
import {
  candidatesOf,
  fewOf,
  literalCandidate,
  lookUpByListed,
  lookUpByPackets,
  lookUpBySystem,
  lookUpEncrypted,
  type Candidate,
} from './lookups.ts'
import { pause } from './pause.ts'
import type { EndpointPlan } from '../plan/plan.ts'

/** What is known of an endpoint before any name is sent to it. */
export interface Scouted {
  readonly plan: EndpointPlan
  readonly lookups: readonly LookupOutcome[]
  readonly connects: readonly Roled<ConnectOutcome>[]
  /** Addresses that connected. */
  readonly live: readonly Candidate[]
  /** Addresses that did not, tried twice. */
  readonly silent: readonly Candidate[]
  /** An encrypted resolver's address, where it and the system's resolver agree on none: a way around a forged answer. */
  readonly bypass?: Candidate
  /** Addresses that connected on the port of cleartext, where that is asked. */
  readonly plain: readonly Candidate[]
}

const ADDRESSES = { full: ADDRESSES_OF_FAMILY, core: 1 } as const
/** Members of a pool of interchangeable servers that are all tried. */
const MOST_OF_POOL = 8
/** Between a connection that was refused and the second look. */
const AGAIN = millis(300)

/** Looks an endpoint up and connects to its addresses; names of no kind are sent over the connections. */
export async function scoutEndpoint(context: RunContext, plan: EndpointPlan): Promise<Scouted> {
  const { host, use } = plan.endpoint
  const literal = literalCandidate(host)
  if (literal !== undefined) {
    const usable = context.families.has(literal.family) ? [literal] : []
    return { plan, lookups: [], ...(await connectAll(context, plan, usable)) }
  }
  const each = use === 'datacenter' ? MOST_OF_POOL : ADDRESSES[context.settings.scope]
  const packets = lookUpByPackets(context, host)
  const encrypted = plan.asksEncrypted ? lookUpEncrypted(context, host) : Promise.resolve(undefined)
  const listed = asksListed(context, plan) ? lookUpByListed(context, host) : Promise.resolve(undefined)
  // All are awaited below, also where the system's lookup ends the run by its error.
  const others = Promise.allSettled([packets, encrypted, listed])
  const bySystem = await lookUpBySystem(context, host)
  const system = bySystem.at(-1)
  context.done(host)
  const own = fewOf(context, candidatesOf(context, system, 'system'), each)
  const first = await connectAll(context, plan, own)
  await others
  const asked = (await encrypted) ?? (own.length === 0 ? await lookUpEncrypted(context, host) : undefined)
  const byListed = await listed
  const beside = [asked, byListed].filter((one) => one !== undefined)
  const lookups = [...bySystem, ...(await packets), ...beside]
  const bypass = bypassOf(context, system, asked)
  // No path of the person's own: dialled at once only where the person's own gives nothing to dial.
  const [second] = await Promise.all([
    connectAll(context, plan, own.length === 0 && bypass !== undefined ? [bypass] : []),
    context.resolvers.look(context, { system, encrypted: asked, listed: byListed }),
  ])
  return {
    plan,
    lookups,
    connects: [...first.connects, ...second.connects],
    live: [...first.live, ...second.live],
    silent: [...first.silent, ...second.silent],
    plain: [...first.plain, ...second.plain],
    ...(bypass !== undefined && own.length > 0 ? { bypass } : {}),
  }
}

/** Names of pages and of what is asked under TLS, in a full run. */
const asksListed = ({ settings }: RunContext, { checks }: EndpointPlan): boolean =>
  settings.scope === 'full' && (checks.has('tls') || checks.has('page'))

/** An address that only the encrypted resolver gives, where both have no address in common. */
function bypassOf(
  context: RunContext,
  system: LookupOutcome | undefined,
  encrypted: LookupOutcome | undefined,
): Candidate | undefined {
  const own = new Set((system?.answer?.answers ?? []).map(({ address }) => address))
  const beyond = candidatesOf(context, encrypted, 'doh')
  return beyond.some(({ address }) => own.has(address)) ? undefined : fewOf(context, beyond, 1)[0]
}

type Connections = Pick<Scouted, 'connects' | 'live' | 'silent' | 'plain'>

async function connectAll(
  context: RunContext,
  plan: EndpointPlan,
  candidates: readonly Candidate[],
): Promise<Connections> {
  const { endpoint, checks } = plan
  for (const { address } of candidates) context.dialled.add(address)
  const [own, plain] = await Promise.all([
    tryAll(context, candidates, endpoint.port),
    checks.has('plain') && plainPort(endpoint) !== endpoint.port
      ? tryAll(context, fewOf(context, candidates, 1), plainPort(endpoint))
      : undefined,
  ])
  if (candidates.length > 0) context.done(endpoint.host)
  return { ...own, connects: [...own.connects, ...(plain?.connects ?? [])], plain: (plain ?? own).live }
}

async function tryAll(
  context: RunContext,
  candidates: readonly Candidate[],
  port: number,
): Promise<Omit<Connections, 'plain'>> {
  const tried = await Promise.all(
    candidates.map(async (candidate) => ({
      candidate,
      outcomes: await connectTwice(context, candidate.address, port),
    })),
  )
  const connects = tried.flatMap(({ outcomes }) =>
    outcomes.map((outcome, round) => ({ role: 'target' as const, round, outcome })),
  )
  const stood = ({ outcomes }: (typeof tried)[number]): boolean => outcomes.some(({ failure }) => failure === undefined)
  return {
    connects,
    live: tried.filter(stood).map(({ candidate }) => candidate),
    silent: tried.filter((one) => !stood(one)).map(({ candidate }) => candidate),
  }
}

/** One connection, closed at once. */
export async function connectOnce(
  context: RunContext,
  to: { readonly address: string; readonly port: number; readonly limit: Millis },
  onStart: () => void = () => undefined,
): Promise<ConnectOutcome> {
  const { outcome, socket } = await context.scoutGate.run(() => {
    onStart()
    return connectTcp(to, netTools(context, to.limit))
  })
  socket?.destroy()
  return outcome
}

/**
 * One connection, and a second from another port beside it where the first fails or has no answer after 1.5 seconds: a
 * lost packet is not taken for a silent address, and an address that is silent is known as such after six seconds.
 */
export async function connectTwice(
  context: RunContext,
  address: string,
  port: number,
): Promise<readonly ConnectOutcome[]> {
  const to = { address, port, limit: LIMITS.connect }
  const started = Promise.withResolvers<undefined>()
  const first = connectOnce(context, to, () => started.resolve(undefined))
  const early = await Promise.race([first, started.promise.then(() => doubt(context))])
  if (early !== undefined && early.failure === undefined) return [early]
  if (early !== undefined) await pause(AGAIN, context.tools.signal)
  return Promise.all([first, connectOnce(context, to)])
}

async function doubt(context: RunContext): Promise<undefined> {
  // A run that ends ends both sides of the race; the one that loses it must not become an unhandled rejection.
  await pause(LIMITS.doubt, context.tools.signal).catch(() => undefined)
  return undefined
}
