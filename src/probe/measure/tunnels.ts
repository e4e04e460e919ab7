import { TUNNEL_PROTOCOLS, type TunnelOutcome } from '../../core/model/measured/operation.ts'
import type { Responders } from '../../core/model/tables/responders.ts'
import type { EndpointRun } from '../../core/model/measured/service-run.ts'
import { measureOpenVpn } from '../../net/tunnel/openvpn.ts'
import { measureTorLink } from '../../net/tunnel/tor-link.ts'
import { measureShaped } from '../../net/tunnel/control.ts'
import { measureWireGuard } from '../../net/tunnel/wireguard.ts'
import { netTools, type RunContext } from './context.ts'
import { LIMITS } from '../plan/limits.ts'
import type { EndpointPlan } from '../plan/plan.ts'

type Protocol = TunnelOutcome['protocol']

/** Pairs of protocol and control payload if the first fails; two that agree are enough. */
const MOST_PAIRS = 3

/** Whether an endpoint stands for a protocol, which is measured at our own responder. */
export const isTunnelEndpoint = ({ checks }: EndpointPlan): boolean =>
  TUNNEL_PROTOCOLS.some((protocol) => checks.has(protocol))

interface Way {
  readonly protocol: Protocol
  readonly transport: 'udp' | 'tcp'
}

const WAYS: Readonly<Record<Protocol, readonly Way[]>> = {
  openvpn: [
    { protocol: 'openvpn', transport: 'udp' },
    { protocol: 'openvpn', transport: 'tcp' },
  ],
  wireguard: [{ protocol: 'wireguard', transport: 'udp' }],
  tor: [{ protocol: 'tor', transport: 'tcp' }],
}

function portOf({ protocol, transport }: Way, responders: Responders): number {
  if (protocol === 'openvpn') return responders.openvpn[transport]
  return protocol === 'wireguard' ? responders.wireguard.port : responders.tor.port
}

interface Half extends Way {
  readonly shape: TunnelOutcome['shape']
  /** A half of a pair that has begun: ahead of what waits for its turn. */
  readonly isNext: boolean
}

function exchange(
  context: RunContext,
  { protocol, transport, shape, isNext }: Half,
  responders: Responders,
): Promise<TunnelOutcome> {
  const to = { address: responders.address, port: portOf({ protocol, transport }, responders) }
  const tools = netTools(context, LIMITS.tunnel)
  return context.gate.run(
    () => {
      if (shape === 'shaped') return measureShaped(to, { protocol, transport, key: responders.shapedKey }, tools)
      if (protocol === 'openvpn') return measureOpenVpn(to, { transport }, tools)
      if (protocol === 'wireguard') return measureWireGuard(to, { publicKey: responders.wireguard.publicKey }, tools)
      return measureTorLink(to, tools)
    },
    { isNext },
  )
}

/** Protocol and control payload in turn, in a newly drawn order; again if either fails, until two pairs agree. */
async function tunnelPairs(context: RunContext, way: Way, responders: Responders): Promise<readonly TunnelOutcome[]> {
  const rows: TunnelOutcome[] = []
  const seen: string[] = []
  for (let round = 0; round < MOST_PAIRS; round++) {
    const pair: TunnelOutcome[] = []
    for (const shape of context.chance.shuffled(['protocol', 'shaped'] as const))
      pair.push(await exchange(context, { ...way, shape, isNext: rows.length + pair.length > 0 }, responders))
    rows.push(...pair)
    seen.push(
      pair
        .map(({ shape, failure }) => `${shape} ${failure === undefined}`)
        .toSorted()
        .join(),
    )
    if (pair.every(({ failure }) => failure === undefined)) break
    if (round > 0 && seen.at(-1) === seen.at(-2)) break
    if (round < MOST_PAIRS - 1 && !context.budget.mayRepeat()) break
  }
  return rows
}

/**
 * The first exchange of a tunnel's protocol with our own responder, next to the control payload
 * (docs/methods/tunnels.md). No name is looked up and no other server is asked.
 */
export async function measureTunnelEndpoint(context: RunContext, plan: EndpointPlan): Promise<EndpointRun> {
  const { responders } = context.settings
  const ways = TUNNEL_PROTOCOLS.filter((protocol) => plan.checks.has(protocol)).flatMap((protocol) => WAYS[protocol])
  const all =
    responders === undefined ? [] : await Promise.all(ways.map((way) => tunnelPairs(context, way, responders)))
  for (let step = 0; step < plan.checks.size + 2; step++) context.done(plan.endpoint.host)
  return {
    endpoint: plan.endpoint,
    lookups: [],
    connects: [],
    tls: [],
    quic: [],
    exchanges: [],
    transfers: [],
    tunnels: all.flat(),
  }
}
