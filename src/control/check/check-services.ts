import { addressFamily } from '../../core/model/address.ts'
import { defined } from '../../core/model/defined.ts'
import {
  listDay,
  type HostCorrection,
  type HostProblem,
  type ServiceCheck,
} from '../../core/model/tables/service-check.ts'
import type { Endpoint, Service } from '../../core/model/tables/service.ts'
import { eachOf } from '../../runtime/each-of.ts'
import { checkHost, type HostState, type HostTools } from './check-host.ts'

/** Hosts looked at side by side. */
const AT_ONCE = 8
/** Share of hosts that fail from which on the machine's own connection is the more likely cause: nothing is proposed. */
const TOO_MANY = 0.5
const FEW = 4

export interface CheckOptions extends HostTools {
  /** In the words of the operator, such as a country; never an address. */
  readonly from: string
  /** Today, as `2026-11-30`. */
  readonly day: string
  readonly onHost?: (endpoint: Endpoint, state: HostState) => void
}

/** A check, or that more than half of the hosts failed: then the connection of the machine is not fit to check from. */
export type CheckResult =
  | { readonly kind: 'checked'; readonly check: ServiceCheck }
  | { readonly kind: 'unfit'; readonly hosts: number; readonly failed: number }

interface Looked {
  readonly service: string
  readonly endpoint: Endpoint
  readonly state: HostState
}

/**
 * Looks from here at every host of a list that says what success is. Hosts of a family without any success here are
 * unchecked, not dead. Throws the reason of the signal where the time is over.
 */
export async function checkServices(services: readonly Service[], options: CheckOptions): Promise<CheckResult> {
  const listed = services.flatMap(({ id, endpoints }) =>
    endpoints.filter(({ success }) => success !== undefined).map((endpoint) => ({ service: id, endpoint })),
  )
  const first = await eachOf(listed, AT_ONCE, async ({ service, endpoint }): Promise<Looked> => {
    const state = await checkHost(endpoint, options)
    options.onHost?.(endpoint, state)
    return { service, endpoint, state }
  })
  const looked = withoutIpv6(first)
  const tried = looked.filter(({ state: { state } }) => state !== 'unchecked')
  const failed = tried.filter(({ state: { state } }) => state !== 'alive' && state !== 'moved')
  if (tried.length >= FEW && failed.length > TOO_MANY * tried.length)
    return { kind: 'unfit', hosts: tried.length, failed: failed.length }
  return {
    kind: 'checked',
    check: {
      checked_at: options.day,
      from: options.from,
      list_day: listDay(services),
      hosts: looked.length,
      alive: looked.filter(({ state: { state } }) => state === 'alive').length,
      unchecked: looked.length - tried.length,
      rows: tried.flatMap((one) => correctionOf(one, options) ?? []),
    },
  }
}

/** Addresses of IPv6 are dialled from here in vain, one and all: the machine has no IPv6. */
function withoutIpv6(looked: readonly Looked[]): readonly Looked[] {
  const isSix = ({ endpoint }: Looked): boolean => addressFamily(endpoint.host) === 6
  if (looked.some((one) => isSix(one) && one.state.state === 'alive')) return looked
  return looked.map((one) => (isSix(one) ? { ...one, state: { state: 'unchecked' } } : one))
}

const NOTES: Readonly<Record<HostProblem | 'alive', string>> = {
  'no-name': 'the name has no public address',
  closed: 'no address takes a connection on the port',
  silent: 'a connection is established, and no handshake under the name',
  certificate: 'the certificate is not valid for the name',
  moved: 'the page leads to another registered domain',
  alive: 'alive; whether it belongs to the service is for a person to read up',
}

/** What a person should look at: what failed or moved, and what is alive although the list doubts it. */
function correctionOf({ service, endpoint, state }: Looked, { from, day }: CheckOptions): HostCorrection | undefined {
  const { host, port, use, confidence } = endpoint
  if (state.state === 'unchecked' || (state.state === 'alive' && confidence !== 'low')) return undefined
  return {
    ...{ service, host, port, use, confidence },
    action: state.state === 'no-name' || state.state === 'closed' ? 'remove' : 'change',
    found: state.state,
    ...defined({ to: 'to' in state ? state.to : undefined }),
    note: NOTES[state.state],
    source: `checked from ${from}, without any address of the operator`,
    checked_at: day,
  }
}
