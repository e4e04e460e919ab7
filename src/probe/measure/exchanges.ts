import { addressFamily } from '../../core/model/address.ts'
import { registrableDomain } from '../../core/model/hostname.ts'
import type { NameRole } from '../../core/model/measured/observation.ts'
import type { ExchangeOutcome, Roled } from '../../core/model/measured/operation.ts'
import { exchangeHttp } from '../../net/http/http.ts'
import { netTools, type RunContext } from './context.ts'
import { plainPort, urlOf } from './control-question.ts'
import { innocentsFor } from './innocent.ts'
import { LIMITS } from '../plan/limits.ts'
import { candidatesOf, fewOf, lookUpBySystem } from './lookups.ts'
import type { EndpointPlan } from '../plan/plan.ts'

/** Bytes of a page that are kept: a verified page needs no reading, one in cleartext is compared with notices. */
const PAGE_CAP = 16 * 1024
const PLAIN_CAP = 48 * 1024

/**
 * One GET of an endpoint's page over TLS, by address; redirects are recorded, not followed. Where it fails under its
 * handshake: a page under a control name of the same address, and both again, because routers and servers cut
 * connections of any name.
 */
export async function measurePage(
  context: RunContext,
  plan: EndpointPlan,
  address: string,
): Promise<readonly Roled<ExchangeOutcome>[]> {
  const { port, host } = plan.endpoint
  const innocent = innocentsFor(host, context.settings.controls, context.chance)
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
export function isOrdinaryPlain(outcome: ExchangeOutcome, host: string): boolean {
  if (outcome.failure !== undefined || outcome.status === undefined) return false
  const location = outcome.headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
  if (outcome.status < 300 || outcome.status > 399 || location === undefined) return false
  const to = URL.parse(location, `http://${host}/`)
  return to !== null && registrableDomain(to.hostname) === registrableDomain(host)
}

/**
 * One exchange in cleartext under the target's name. Where the answer is not the ordinary redirect to TLS: the control
 * name to the same address, both again, and the target's name to the control name's own server, where only a machine on
 * the path can know it.
 */
export async function measurePlain(
  context: RunContext,
  plan: EndpointPlan,
  address: string,
): Promise<readonly Roled<ExchangeOutcome>[]> {
  const { host } = plan.endpoint
  const first = await plainHalf(context, plan, { role: 'target', round: 0, address, host })
  const isAddress = addressFamily(host) !== undefined
  if (isAddress ? first.outcome.status !== undefined : isOrdinaryPlain(first.outcome, host)) return [first]
  const rows = [first]
  const innocent = innocentsFor(host, context.settings.controls, context.chance)()
  if (isAddress) return [first, await plainHalf(context, plan, { role: 'target', round: 1, address, host })]
  rows.push(await plainHalf(context, plan, { role: 'innocent', round: 0, address, host: innocent }))
  rows.push(await plainHalf(context, plan, { role: 'target', round: 1, address, host }))
  rows.push(await plainHalf(context, plan, { role: 'innocent', round: 1, address, host: innocent }))
  const own = candidatesOf(context, (await lookUpBySystem(context, innocent)).at(-1), 'system')
  const [place] = fewOf(context, own, 1)
  if (place === undefined) return rows
  rows.push(await plainHalf(context, plan, { role: 'innocent', round: 0, address: place.address, host: innocent }))
  rows.push(await plainHalf(context, plan, { role: 'crossed', round: 0, address: place.address, host }))
  return rows
}
