import type { Layer, Mechanism } from './mechanism.ts'

/** Outcome of one measurement; `not-judged` for tests whose method we do not judge. A verdict is never a default. */
export const KINDS = ['reachable', 'interfered', 'unreachable', 'inconclusive', 'not-judged'] as const
export type Kind = (typeof KINDS)[number]

/** State of one layer on the person's path. `untested` no operation; `inconclusive` nothing to compare with. */
export const LAYER_STATES = ['reachable', 'interfered', 'unreachable', 'inconclusive', 'untested'] as const
export type LayerState = (typeof LAYER_STATES)[number]

/** What a ground says; the sentence of each is in text/. Values are given in `values` under the names listed. */
export const FACTS = [
  'dns.answered', // name addresses
  'dns.failed', // name failure
  'dns.bogon', // name address
  'dns.fingerprint', // name address fingerprint
  'dns.unmatched', // name address
  'dns.matches', // name
  'dns.control-answered', // name addresses
  'dns.control-nxdomain', // name
  'dns.control-failed', // name failure
  'dns.cleared-by-certificate', // name address
  'dns.other-resolver-answered', // name resolver
  'dns.every-resolver-alike', // name failure
  'dns.second-answer', // name
  'dns.public-answer-differs', // name resolver
  'dns.second-resolver-alike', // name resolver
  'tcp.failed', // address port failure
  'tcp.connected', // address port
  'tcp.control-connected', // address port
  'tcp.control-failed', // address port failure
  'tcp.other-address-works', // address
  'tcp.neighbour-connected', // address port
  'tcp.neighbour-failed', // address port failure
  'tcp.one-place', // address
  'pair.rounds', // tested failed
  'pair.residual', // name address
  'pair.crossed-failed', // name address
  'pair.crossed-passed', // name address
  'pair.neighbour-passed', // name address
  'tls.silent', // name address seconds
  'tls.reset', // name address
  'tls.closed', // name address
  'tls.alert', // name address
  'tls.not-tls', // name address
  'tls.failed', // name address failure
  'tls.certificate-refused', // name issuer failure
  'tls.interception-issuer', // issuer
  'tls.interception-issuer-expired', // issuer
  'tls.certificate-expired', // name issuer date
  'tls.certificate-other-name', // name issuer
  'tls.chain-trusted-today', // name issuer
  'tls.completed', // name address
  'tls.control-completed', // name
  'tls.control-failed', // name failure
  'tls.control-assumed', // name       the control's page over https implies a handshake
  'tls.innocent-passed', // name address seconds   seconds before (negative: after) the target
  'tls.innocent-failed', // name address failure
  'tls.sibling-passed', // name
  'tls.same-chain-abroad', // name
  'tls.other-chain-abroad', // name
  'tls.slow', // name seconds
  'quic.failed', // name address failure
  'quic.completed', // name address
  'quic.control-completed', // name
  'quic.control-failed', // name failure
  'quic.innocent-passed', // name address
  'quic.innocent-failed', // name address failure
  'http.answered', // host status
  'http.failed', // host failure
  'http.control-answered', // status
  'http.control-failed', // failure
  'http.page-differs', // host
  'http.page-alike', // host
  'http.fingerprint', // fingerprint
  'http.redirected-elsewhere', // host location
  'http.server-refuses', // status
  'http.challenge', // host
  'http.innocent-passed', // host
  'http.crossed-alike', // host
  'http.page-elsewhere', // host
  'http.control-first', // status
  'http.own-filter', // fingerprint
  'hop.later', // hop host
  'hop.other-domain', // host
  'provider.exchange-passed', // name
  'endpoints.failed', // tested failed part
  'bypass.opens', // address
  'line.no-ipv6',
  'line.captive-portal', // host
  'line.clock', // date
  'line.clock-off', // seconds
  'line.resolver-fails',
  'line.tunnelled',
  'line.network-changed',
  'line.unstable', // tested failed
  'line.abroad-filtered', // home tested abroad   of all looks: passed at home, tried at home, tried abroad
  'line.network-stops', // network other kilobytes
  'line.own-failure', // failure
  'line.nothing-works',
  'line.resolver-broken', // failure
  'rows.contradict', // name address
  'rows.adrift',
  'defect.known', // defect
  'service.retired', // name
  'host.unverified', // host
  'tunnel.completed', // protocol
  'tunnel.failed', // protocol failure
  'tunnel.stalled', // protocol progress
  'tunnel.shaped-passed', // protocol
  'tunnel.shaped-failed', // protocol failure
  'throughput.down', // name rate
  'throughput.up', // name rate
  'throughput.innocent', // name rate
  'throughput.plateau', // rate
  'ratio.halved', // why
] as const
export type Fact = (typeof FACTS)[number]

/** Why a ratio was halved: keys of `ratio.halved`, each with its own words in text/. */
export const HALVINGS = [
  'later-hop',
  'other-domain',
  'every-resolver',
  'bare-android-error',
  'no-fingerprint',
  'alert',
  'no-outside-control',
  'no-handshake-rows',
  'weak-fingerprint',
  'inferred-control',
  'no-neighbour',
  'part-of-kind',
  'household-answer',
  'no-certificate',
  'dead-name',
] as const

/** What a judge would have liked to see; the sentence of each is in text/. */
export const MISSING = [
  'control',
  'control.dns',
  'control.tcp',
  'control.tls',
  'control.quic',
  'control.http',
  'pair', // a control name to the same address
  'neighbour', // another address of the same prefix or provider
  'outside-control', // messengers: the same endpoint from an uncensored vantage point
  'encrypted-resolver',
  'dns-rows',
  'handshake-rows',
  'operations',
  'second-measurement',
] as const
export type Missing = (typeof MISSING)[number]

export const GROUND_ROLES = ['decisive', 'control', 'context', 'against'] as const
export type GroundRole = (typeof GROUND_ROLES)[number]

/** One thing the verdict rests on (or that speaks against it), with the row it was read from. */
export interface Ground {
  readonly fact: Fact
  readonly role: GroundRole
  readonly layer?: Layer
  /** JSON pointer into the measurement; absent where the fact is about several rows. */
  readonly source?: string
  readonly values: Readonly<Record<string, string | number>>
}

/** What one layer shows on its own, independent of the other layers. */
export interface LayerFinding {
  readonly layer: Layer
  readonly state: LayerState
  readonly mechanism?: Mechanism
  readonly rule: string
  readonly log10Lr: number
  /** Hop of the redirect chain at which it was found. */
  readonly hop: number
}

export interface Verdict {
  readonly kind: Kind
  readonly mechanism?: Mechanism
  readonly layer?: Layer
  /** Id of the rule in docs/methods/judging.md. */
  readonly rule: string
  /** Version of the rules with the digest of every pinned table. */
  readonly rulesVersion: string
  /** log10 of P(evidence | interfered) / P(evidence | not); 0 says nothing either way. */
  readonly log10Lr: number
  readonly layers: readonly LayerFinding[]
  readonly endpoints: { readonly tested: number; readonly failed: number }
  readonly grounds: readonly Ground[]
  readonly missing: readonly Missing[]
}
