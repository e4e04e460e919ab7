import type { RunContext } from './context.ts'
import { neighbourQuestion } from './control-question.ts'
import { neighbourHandshake, type HandshakeRows } from './handshake-pairs.ts'
import { confirmedAbroad, neighboursOf } from './neighbours.ts'
import type { EndpointPlan } from '../plan/plan.ts'
import { LIMITS } from '../plan/limits.ts'
import { connectOnce } from './scout.ts'

/** Neighbours of one address that are tried. */
const MOST_TRIED = 2

/**
 * If no name is answered at an address: its neighbours in the same /24 that the control abroad
 * reaches are connected to, and greeted under a control name. They tell an address that is cut off from a prefix or a
 * path that is. Without a control that confirms them no third party's address is touched.
 */
export async function neighbourRows(
  context: RunContext,
  plan: EndpointPlan,
  addresses: readonly string[],
): Promise<HandshakeRows> {
  const [address] = addresses.filter((one) => neighboursOf(one).length > 0)
  if (address === undefined || !context.control.isThere || context.allowance.neighbourhoods-- <= 0)
    return { handshakes: [], connects: [] }
  const { port, host } = plan.endpoint
  const near = neighboursOf(address).filter((one) => !context.dialled.has(one))
  const answer = await context.control.ask(neighbourQuestion(near.map((one) => ({ address: one, port }))))
  const confirmed = confirmedAbroad(answer, port)
  const chosen = near.filter((one) => confirmed.has(one)).slice(0, MOST_TRIED)
  const all = await Promise.all(chosen.map((one) => neighbourAt(context, plan, { address: one, port, host })))
  return {
    handshakes: all.flatMap(({ handshakes }) => handshakes),
    connects: all.flatMap(({ connects }) => connects),
  }
}

async function neighbourAt(
  context: RunContext,
  { checks }: EndpointPlan,
  { address, port, host }: { readonly address: string; readonly port: number; readonly host: string },
): Promise<HandshakeRows> {
  const outcome = await connectOnce(context, { address, port, limit: LIMITS.neighbour })
  const connects = [{ role: 'neighbour' as const, round: 0, outcome }]
  if (!checks.has('tls') || outcome.failure !== undefined) return { handshakes: [], connects }
  const greeted = await neighbourHandshake(context, { address, port }, host)
  return { handshakes: greeted.handshakes, connects: [...connects, ...greeted.connects] }
}
