import { addressFamily } from '../../core/model/address.ts'
import { defined } from '../../core/model/defined.ts'
import type { ConnectOutcome, HandshakeOutcome, Roled } from '../../core/model/measured/operation.ts'
import { millis } from '../../core/model/units.ts'
import { handshakeQuic } from '../../net/quic/quic.ts'
import { handshakeTls } from '../../net/tls/tls.ts'
import { netTools, type RunContext } from './context.ts'
import { LIMITS } from '../plan/limits.ts'
import { candidatesOf, fewOf, lookUpBySystem } from './lookups.ts'
import { measurePairs, type PairRows, type Shake } from './pair.ts'
import { pause } from './pause.ts'
import type { EndpointPlan } from '../plan/plan.ts'

export type Transport = 'tcp' | 'udp'

/** Handshakes and lone connections of some addresses. */
export interface HandshakeRows {
  readonly handshakes: readonly Roled<HandshakeOutcome>[]
  readonly connects: readonly Roled<ConnectOutcome>[]
}

/**
 * Makes the handshakes of one pair with one address, under TLS closed as soon as they are done. The first waits for its
 * turn among all others; those after it go ahead of the queue, so that what is compared lies close together in time.
 */
export function shakeAt(
  context: RunContext,
  to: { readonly address: string; readonly port: number },
  over: Transport,
): Shake {
  // A ClientHello of one segment in core runs spares a third of the bytes; full runs greet as the runtime does.
  const hello = context.settings.scope === 'core' ? 'small' : 'usual'
  let isNext = false
  return (name, limit, verify) => {
    const turn = { isNext }
    isNext = true
    return context.gate.run(async () => {
      const tools = netTools(context, limit)
      const named = defined({ serverName: name })
      if (over === 'udp') return { handshake: await handshakeQuic(to, { ...named, verify }, tools) }
      const { connect, outcome, socket, wire } = await handshakeTls(to, { ...named, verify, hello }, tools)
      socket?.destroy()
      wire?.destroy()
      return outcome === undefined ? { connect } : { connect, handshake: outcome }
    }, turn)
  }
}

/** Pairs of one address, one at a time for each address and transport; with the crossed handshake where names differ. */
export async function pairsAt(
  context: RunContext,
  plan: EndpointPlan,
  to: { readonly address: string; readonly over: Transport },
): Promise<PairRows> {
  const { host, port } = plan.endpoint
  const target = addressFamily(host) === undefined ? host : undefined
  const innocent = context.cover.namesFor(host, to.address)
  const other = to.over === 'tcp' ? context.cover.elsewhere(host) : context.cover.elsewhereOverQuic(host, to.address)
  const shake = shakeAt(context, { address: to.address, port }, to.over)
  let crossing: Promise<HandshakeRows> | undefined
  const rows = await context.locks.run(`${to.over} ${to.address} ${port}`, () =>
    measurePairs({
      target,
      innocent,
      shake,
      limit: to.over === 'tcp' ? LIMITS.handshake : LIMITS.quic,
      begin: to.over === 'udp' ? 'triple' : plan.begin,
      mayRepeat: context.budget.mayRepeat,
      rest: () => pause(LIMITS.residualStep, context.tools.signal),
      onDiscord: () => {
        if (target === undefined || context.allowance.crossings-- <= 0) return
        crossing = crossedPair(context, { target, innocent: other(), port, over: to.over })
        crossing.catch(() => undefined) // awaited below, after the rounds
      },
    }),
  )
  const crossed = await crossing
  return crossed === undefined
    ? rows
    : {
        ...rows,
        handshakes: [...rows.handshakes, ...crossed.handshakes],
        connects: [...rows.connects, ...crossed.connects],
      }
}

interface Crossing {
  readonly target: string
  readonly innocent: string
  readonly port: number
  readonly over: Transport
}

/**
 * The target's name to an address of the control name, between two handshakes under the control name: whether only the
 * name fails, at any address. Nothing if the control name has no address on this connection.
 */
async function crossedPair(context: RunContext, { target, innocent, port, over }: Crossing): Promise<HandshakeRows> {
  const none: HandshakeRows = { handshakes: [], connects: [] }
  const found = candidatesOf(context, (await lookUpBySystem(context, innocent)).at(-1), 'system')
  const [place] = fewOf(context, found, 1)
  if (place === undefined) return none
  const shake = shakeAt(context, { address: place.address, port }, over)
  const half = async (role: 'innocent' | 'crossed', name: string): Promise<HandshakeRows> => {
    const { connect, handshake } = await shake(name, LIMITS.handshake, false)
    if (handshake !== undefined) return { handshakes: [{ role, round: 0, outcome: handshake }], connects: [] }
    return connect === undefined ? none : { handshakes: [], connects: [{ role, round: 0, outcome: connect }] }
  }
  return context.locks.run(`${over} ${place.address} ${port}`, async () => {
    const before = await half('innocent', innocent)
    if (before.handshakes.every(({ outcome }) => !outcome.answered)) return before
    const rest = [await half('crossed', target), await half('innocent', innocent)]
    return {
      handshakes: [before, ...rest].flatMap(({ handshakes }) => handshakes),
      connects: [before, ...rest].flatMap(({ connects }) => connects),
    }
  })
}

/** One handshake under a control name with a neighbour of an unreachable address. */
export async function neighbourHandshake(
  context: RunContext,
  to: { readonly address: string; readonly port: number },
  host: string,
): Promise<HandshakeRows> {
  const innocent = context.cover.namesFor(host, to.address)()
  const { connect, handshake } = await shakeAt(context, to, 'tcp')(innocent, millis(LIMITS.handshake), false)
  return {
    handshakes: handshake === undefined ? [] : [{ role: 'neighbour', round: 0, outcome: handshake }],
    connects:
      handshake === undefined && connect !== undefined ? [{ role: 'neighbour', round: 0, outcome: connect }] : [],
  }
}
