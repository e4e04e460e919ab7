import type {
  ClockOutcome,
  ConnectOutcome,
  ExchangeOutcome,
  HandshakeOutcome,
  LookupOutcome,
  Roled,
  TransferOutcome,
  TunnelOutcome,
} from './operation.ts'
import type { AbroadLook } from './abroad-look.ts'
import type { HostingLook } from './hosting-flow.ts'
import type { Endpoint, Tier } from '../tables/service.ts'
import type { Asn, CountryCode, Instant, Millis } from '../units.ts'

/** What is wrong with the owner's line, if anything; only `ok` and `no-ipv6` let a service be judged. */
export const LINE_STATES = [
  'ok',
  'no-ipv6',
  'down', // nothing of the line works: no gateway, no canary
  'captive-portal', // a sign-in page answers in place of the internet
  'resolver-broken', // names of no interest do not resolve, while addresses answer
  'tunnelled', // a VPN or proxy carries the traffic: the measurement would tell of another network
  'abroad-filtered', // sites at home answer and none abroad, while packets come back from there
  'network-changed', // the line changed during the run
  'clock-wrong', // off by more than certificates bear
  'unstable', // canaries failed before, during or after, or many of them
] as const
export type LineState = (typeof LINE_STATES)[number]

export const CANARY_MOMENTS = ['before', 'during', 'after'] as const

export interface CanaryTally {
  readonly moment: (typeof CANARY_MOMENTS)[number]
  readonly at: Millis
  readonly tried: number
  readonly passed: number
}

/** What was found of the owner's line in one run; no address of it is kept. */
export interface LineReport {
  readonly state: LineState
  readonly gateway: 'answers' | 'silent' | 'unknown'
  readonly resolver: 'answers' | 'broken' | 'unknown'
  readonly portal: 'none' | 'found' | 'unknown'
  /** Host that a sign-in page sends to, where one was found. */
  readonly portalHost?: string
  readonly ipv4: boolean
  readonly ipv6: boolean
  readonly tunnel: 'none' | 'found' | 'unknown'
  readonly changed: boolean
  readonly clock?: Pick<ClockOutcome, 'offset' | 'roundTrip' | 'failure'>
  readonly canaries: readonly CanaryTally[]
  /** What it reaches at home and abroad, where that was in doubt. */
  readonly abroad?: readonly AbroadLook[]
  /** Flows from servers of ours in several networks, in the measurement of the line alone. */
  readonly flows?: readonly HostingLook[]
}

/**
 * Through which resolvers questions of the line are answered, by network alone: asked where the line's resolver and a
 * public one give the same address for a name that an encrypted one says does not exist.
 */
export interface ResolverNote {
  /** Whether the line's resolver gives an address for a name that was just made up; absent where it is not known. */
  readonly inventedAnswered?: boolean
  /** Networks from which the line's resolver asks; 0 for one that is not known. */
  readonly systemAsns: readonly Asn[]
  /** Public resolvers asked by packets: the network from which the resolver that answered asks. */
  readonly listed: readonly {
    readonly resolverAddress: string
    readonly asn: Asn
    /** Its address, and those next to it, are none of the line's resolver. */
    readonly differs: boolean
  }[]
}

/** The answer of a control as it came (OONI's test-helper response, ours with `x_pairs`), or why there is none. */
export type ControlAnswer =
  | {
      readonly kind: 'answer'
      readonly address: string
      readonly json: unknown
      readonly at: Millis
      /** The question as it was put to this helper, where that is not as it was given. */
      readonly asked?: unknown
    }
  | { readonly kind: 'none'; readonly address: string; readonly failure: string; readonly at: Millis }

/** Everything that was done for one endpoint of a service in one run. */
export interface EndpointRun {
  readonly endpoint: Endpoint
  readonly lookups: readonly LookupOutcome[]
  /** Connections that carried nothing else: endpoints that speak no TLS, and addresses that did not connect. */
  readonly connects: readonly Roled<ConnectOutcome>[]
  readonly tls: readonly Roled<HandshakeOutcome>[]
  readonly quic: readonly Roled<HandshakeOutcome>[]
  readonly exchanges: readonly Roled<ExchangeOutcome>[]
  readonly transfers: readonly Roled<TransferOutcome>[]
  readonly tunnels: readonly TunnelOutcome[]
  readonly control?: ControlAnswer
  /** What the control was asked, as it was sent. */
  readonly controlRequest?: unknown
}

export const RUN_KINDS = ['scheduled', 'manual', 'extra'] as const

/** One service measured once from one line: what becomes one measurement. */
export interface ServiceRun {
  readonly service: string
  readonly tier: Tier
  /** Random, the same for all services of one run; 16 hexadecimal digits. */
  readonly runId: string
  readonly kind: (typeof RUN_KINDS)[number]
  readonly scope: 'core' | 'full'
  /** Wall clock at the start of the service's part, and the monotonic moment that belongs to it. */
  readonly startedAt: Instant
  readonly base: Millis
  readonly endedAt: Millis
  readonly network: NetworkSeen
  readonly line: LineReport
  readonly resolvers?: ResolverNote
  readonly endpoints: readonly EndpointRun[]
}

/** The network of the line as someone outside sees it; asn 0 and country ZZ if it is unknown. */
export interface NetworkSeen {
  readonly asn: Asn
  readonly country: CountryCode
  readonly name: string
  readonly from: 'collector' | 'control' | 'option' | 'unknown'
  readonly access?: 'mobile' | 'wifi' | 'wired'
}
