import { TUNNEL_PROTOCOLS } from '../../core/model/measured/operation.ts'
import type { Check, Endpoint, Service, Tier } from '../../core/model/tables/service.ts'
import type { Chance } from '../measure/chance.ts'
import type { RunSettings } from '../measure/contract.ts'
import { drawEndpoints, drawShares, type ListedMeasurement, type Share } from './full-budget.ts'

/** What one run does with one endpoint. */
export interface EndpointPlan {
  readonly endpoint: Endpoint
  readonly checks: ReadonlySet<Check>
  /** How many control halves a healthy round has: two, one, none. See src/probe/measure/pair.ts. */
  readonly begin: 'triple' | 'pair' | 'target'
  /** Addresses at which pairs of names are made, over TLS and over QUIC; to the others it only connects. */
  readonly pairsAt: { readonly tls: number; readonly quic: number }
  /** Whether an encrypted resolver is asked, also where the system's answered. */
  readonly asksEncrypted: boolean
  /** Whether the control abroad is asked, also where nothing failed. */
  readonly asksControl: boolean
}

export interface ServicePlan {
  readonly id: string
  readonly tier: Tier
  readonly endpoints: readonly EndpointPlan[]
  /** Steps told to `onEvent` when nothing has to be repeated. */
  readonly operations: number
}

/** The checks of a core run: names and connections alone. */
const CORE: ReadonlySet<Check> = new Set(['tcp', 'tls', 'plain'])
const TUNNELS: ReadonlySet<Check> = new Set(TUNNEL_PROTOCOLS)

/**
 * Bytes of a core run on the wire, by what they are for, with headers of IP and TCP; docs/methods/measuring.md tells
 * where the figures are from. What is left of the whole goes to control halves.
 */
export const CORE_BUDGET = {
  whole: 150_000,
  /** Documents of all services, compressed, and the handshake with the collector. */
  upload: 40_000,
  /** Canaries, a handshake with one abroad, clock, sign-in page, the question to the collector. */
  line: 19_500,
  target: 6_000,
  innocent: 5_500,
  /** A connection alone. */
  tcp: 500,
} as const

/** Whether an endpoint is one name or address that may be asked, and not a pattern that tells whose names are. */
const isMeasured = ({ host, checks }: Endpoint): boolean =>
  !host.includes('*') && checks !== undefined && checks.length > 0

function checksOf({ checks = [] }: Endpoint, settings: RunSettings): ReadonlySet<Check> {
  const wanted = checks.filter((check) => {
    if (TUNNELS.has(check)) return settings.scope === 'full' && settings.responders !== undefined
    return settings.scope === 'full' || CORE.has(check)
  })
  return new Set(wanted)
}

const STEPS: Readonly<Record<Check, number>> = {
  tcp: 0,
  tls: 1,
  quic: 1,
  page: 1,
  plain: 1,
  down: 1,
  up: 1,
  openvpn: 1,
  wireguard: 1,
  tor: 1,
}

const stepsOf = ({ checks }: EndpointPlan): number => 2 + [...checks].reduce((sum, check) => sum + STEPS[check], 0)

type Chosen = ListedMeasurement & { readonly tier: Tier }

/**
 * What a run measures: services of the tiers consented to, endpoints that name one host, the checks of the scope; all
 * in a newly drawn order. `families`: how many of IPv4 and IPv6 the line carries; `kept`: bytes of a full run that are for
 * no service.
 *
 * A core run is of tier A alone. In it only some endpoints, drawn for each run, begin with a control half: as many as
 * the budget of bytes allows; the others get theirs if the target fails. A full run pairs every endpoint at one
 * address; transfers, QUIC and further addresses are drawn within what is left. Of a list that is longer than the
 * budget, as many endpoints as fit are drawn for each run.
 */
export function planRun(settings: RunSettings, chance: Chance, families: 1 | 2 = 2, kept = 0): readonly ServicePlan[] {
  const { services, tiers, scope } = settings
  const listed = chance
    .shuffled(services.filter(({ tier }) => tiers.has(tier) && (scope === 'full' || tier === 'A')))
    .map((service) => ({ service, endpoints: endpointsOf(service, settings, chance) }))
  const all = listed.flatMap(({ endpoints }) => endpoints)
  const planned = scope === 'full' ? planFull(all, { families, kept }, chance) : planCore(all, chance)
  return listed.flatMap(({ service, endpoints }) => {
    const plans = endpoints.flatMap((endpoint) => planned.get(endpoint) ?? [])
    const operations = plans.reduce((sum, plan) => sum + stepsOf(plan), 0)
    return plans.length === 0 ? [] : [{ id: service.id, tier: service.tier, endpoints: plans, operations }]
  })
}

function planFull(
  all: readonly Chosen[],
  { families, kept }: { readonly families: 1 | 2; readonly kept: number },
  chance: Chance,
): ReadonlyMap<ListedMeasurement, EndpointPlan> {
  const shares = drawShares([...drawEndpoints(all, chance)], families, chance, kept)
  const planOf = ({ endpoint, checks, pairsAt }: Share): EndpointPlan => ({
    ...{ endpoint, checks, pairsAt },
    ...{ begin: 'triple', asksEncrypted: true, asksControl: true },
  })
  return new Map([...shares].map(([one, share]) => [one, planOf(share)]))
}

function planCore(all: readonly Chosen[], chance: Chance): ReadonlyMap<ListedMeasurement, EndpointPlan> {
  const borne = drawBorne(all, chance)
  const paired = drawPaired([...borne], chance)
  const planOf = (one: Chosen): EndpointPlan => ({
    ...{ endpoint: one.endpoint, checks: one.checks, pairsAt: CORE_PAIRS },
    ...{ begin: paired.has(one) ? 'pair' : 'target', asksEncrypted: false, asksControl: false },
  })
  return new Map([...borne].map((one) => [one, planOf(one)]))
}

function endpointsOf(service: Service, settings: RunSettings, chance: Chance): readonly Chosen[] {
  const listed = service.endpoints.filter(
    (endpoint) => isMeasured(endpoint) && (settings.scope === 'full' || endpoint.core === true),
  )
  return chance
    .shuffled(listed)
    .map((endpoint) => ({ endpoint, checks: checksOf(endpoint, settings), tier: service.tier }))
    .filter(({ checks }) => checks.size > 0)
}

/** An address of each family, as a core run dials no more. */
const CORE_PAIRS = { tls: 2, quic: 0 } as const

/** Bytes of a core run that are there for endpoints. */
const FOR_ENDPOINTS = CORE_BUDGET.whole - CORE_BUDGET.upload - CORE_BUDGET.line
const bytesOf = ({ checks }: ListedMeasurement): number =>
  CORE_BUDGET.tcp + (checks.has('tls') ? CORE_BUDGET.target : 0)

/** Endpoints that fit into a core run with one control half at least. */
function drawBorne(all: readonly Chosen[], chance: Chance): ReadonlySet<Chosen> {
  let left = FOR_ENDPOINTS - CORE_BUDGET.innocent
  return new Set(chance.shuffled(all).filter((one) => (left -= bytesOf(one)) >= 0))
}

function drawPaired(all: readonly Chosen[], chance: Chance): ReadonlySet<Chosen> {
  const left = all.reduce((sum, one) => sum - bytesOf(one), FOR_ENDPOINTS)
  const withNames = all.filter(({ checks }) => checks.has('tls'))
  return new Set(chance.shuffled(withNames).slice(0, Math.max(0, Math.floor(left / CORE_BUDGET.innocent))))
}
