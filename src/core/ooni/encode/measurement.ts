import type { AbroadLook } from '../../model/measured/abroad-look.ts'
import type { HostingLook } from '../../model/measured/hosting-flow.ts'
import { defined } from '../../model/defined.ts'
import type { LineReport, EndpointRun, ResolverNote, ServiceRun } from '../../model/measured/service-run.ts'
import type { HandshakeOutcome, Roled } from '../../model/measured/operation.ts'
import { formatAsn, millis, type Millis } from '../../model/units.ts'
import { requestRow, transferRow, tunnelRow } from './exchange-rows.ts'
import { SCRUBBED } from '../publish/erase-address.ts'
import { connectRow, handshakeRow, type RowPlace, type FlowRow } from './flow-rows.ts'
import { lateRows, queryRows } from './lookup-rows.ts'
import { coarseOffset, coarseTrip, Frame, writtenStart } from './moment.ts'
import { scrubOwn } from './scrub-own.ts'

export const TEST_NAME = 'kuager'
export const TEST_VERSION = '0.1.0'

/** Who writes the document. */
export interface ProbeIdentity {
  readonly softwareVersion: string
  /** `linux`, `macos`, `windows`; and `x64`, `arm64` … */
  readonly platform: string
  readonly architecture: string
  /** Pseudonym of the key, 16 hexadecimal digits, and the public key in base64. */
  readonly probe: string
  readonly key: string
  /** Addresses of the owner that must not be in the document. */
  readonly ownAddresses: readonly string[]
  /** For the owner's own copy, which stays on the machine. */
  readonly unscrubbed?: boolean
}

/** What many have; a rare machine would be known by it in every network. */
const PLATFORMS: ReadonlySet<string> = new Set(['linux', 'macos', 'windows', 'android'])
const ARCHITECTURES: ReadonlySet<string> = new Set(['x64', 'arm64', 'arm'])

const ORIGINS = { scheduled: 'autorun', manual: 'manual', extra: 'extra' } as const

function annotationsOf(run: ServiceRun, identity: ProbeIdentity): FlowRow {
  const { access, from } = run.network
  return {
    platform: PLATFORMS.has(identity.platform) ? identity.platform : 'other',
    architecture: ARCHITECTURES.has(identity.architecture) ? identity.architecture : 'other',
    engine_name: 'kuager',
    ...defined({ network_type: access }),
    origin: ORIGINS[run.kind],
    x_probe: identity.probe,
    x_key: identity.key,
    x_run: run.runId,
    x_scope: run.scope,
    x_asn_from: from,
  }
}

const inSeconds = (time: Millis): number => Math.round(time) / 1000

const abroadOf = ({ home, abroad, resolvers, answersUnowned, pageCame }: AbroadLook): FlowRow => ({
  home_tried: home.tried,
  home_passed: home.passed,
  abroad_tried: abroad.tried,
  abroad_connected: abroad.connected,
  abroad_passed: abroad.passed,
  resolvers_tried: resolvers.tried,
  resolvers_passed: resolvers.passed,
  unowned_answered: answersUnowned,
  page_came: pageCame,
})

const flowsOf = ({ asn, flows, opensAfterwards, comesAbroad }: HostingLook): FlowRow => ({
  asn,
  // Flags and numbers: a text of a newcomer is withheld (src/core/ooni/publish/withhold.ts).
  flows: flows.map(({ bytes, ended, silence }) => ({
    bytes,
    whole: ended === 'whole',
    silent: ended === 'silent',
    silence,
  })),
  ...defined({ opens_afterwards: opensAfterwards, comes_abroad: comesAbroad }),
})

/** What is written of the line; `whole` for the owner's own copy. */
function lineOf(line: LineReport, frame: Frame, whole: boolean): FlowRow {
  const { clock, portalHost } = line
  return {
    state: line.state,
    gateway: line.gateway,
    resolver: line.resolver,
    portal: line.portal,
    // A hotspot's name tells where its guest sits.
    ...(portalHost === undefined ? {} : { portal_host: whole ? portalHost : SCRUBBED }),
    ipv4: line.ipv4,
    ipv6: line.ipv6,
    tunnel: line.tunnel,
    network_changed: line.changed,
    ...(clock?.offset === undefined
      ? {}
      : { clock_offset: inSeconds(whole ? clock.offset : coarseOffset(clock.offset)) }),
    ...(clock?.roundTrip === undefined
      ? {}
      : { clock_round_trip: inSeconds(whole ? clock.roundTrip : coarseTrip(clock.roundTrip)) }),
    canaries: line.canaries.map(({ moment, at, tried, passed }) => ({ moment, t: frame.seconds(at), tried, passed })),
    ...defined({ x_abroad: line.abroad?.map(abroadOf), x_flows: line.flows?.map(flowsOf) }),
  }
}

/** Numbers of networks alone: an address of a resolver may be in the owner's home. */
const resolversOf = ({ inventedAnswered, systemAsns, listed }: ResolverNote): FlowRow => ({
  ...defined({ invented_answered: inventedAnswered }),
  system_asns: systemAsns,
  listed: listed.map(({ resolverAddress, asn, differs }) => ({ resolver_address: resolverAddress, asn, differs })),
})

function controlOf({ control, controlRequest }: EndpointRun): FlowRow {
  const asked = defined({ x_control_request: controlRequest })
  if (control === undefined) return { ...asked, control: null, control_failure: null }
  return control.kind === 'answer'
    ? { ...asked, control: control.json, control_failure: null }
    : { ...asked, control: null, control_failure: control.failure }
}

/** Rows of one endpoint; what was carried shares the number of its flow. */
function endpointOf(run: EndpointRun, frame: Frame, chain: RowPlace['chain']): FlowRow {
  const connects: FlowRow[] = []
  const place = (tags: readonly string[] = []): RowPlace => ({ frame, flow: frame.nextFlow(), tags, chain })
  const shake = (handshake: Roled<HandshakeOutcome>, at: RowPlace): FlowRow => {
    const { connect } = handshake.outcome
    if (connect !== undefined) connects.push(connectRow({ ...handshake, outcome: connect }, at))
    return handshakeRow(handshake, at)
  }
  for (const connect of run.connects) connects.push(connectRow(connect, place()))
  const tls = run.tls.map((handshake) => shake(handshake, place()))
  const quic = run.quic.map((handshake) => shake(handshake, place()))
  const requests = run.exchanges.map((exchange) => {
    const at = place(['exchange'])
    const { connect, handshake } = exchange.outcome
    if (handshake !== undefined)
      (handshake.transport === 'udp' ? quic : tls).push(
        shake(
          {
            ...exchange,
            outcome: { ...handshake, ...(handshake.connect === undefined && connect !== undefined ? { connect } : {}) },
          },
          at,
        ),
      )
    else if (connect !== undefined) connects.push(connectRow({ ...exchange, outcome: connect }, at))
    return { startedAt: exchange.outcome.startedAt, row: requestRow(exchange, at) }
  })
  return {
    host: run.endpoint.host,
    port: run.endpoint.port,
    use: run.endpoint.use,
    queries: queryRows(run.lookups, frame),
    x_dns_duplicate_responses: lateRows(run.lookups, frame),
    tcp_connect: connects,
    tls_handshakes: tls,
    quic_handshakes: quic,
    requests: requests.toSorted((a, b) => b.startedAt - a.startedAt).map(({ row }) => row),
    x_transfers: run.transfers.map((transfer) => transferRow(transfer, { frame, flow: frame.nextFlow() })),
    x_tunnels: run.tunnels.map((tunnel) => tunnelRow(tunnel, frame)),
    ...controlOf(run),
  }
}

/**
 * The measurement of one service as one line of JSON, without its signature (src/core/ooni/publish/signed-document.ts puts that in
 * as the last member). Format: docs/formats/probe-measurement.md. It contains no address of the owner unless
 * `unscrubbed` asks for the owner's own copy.
 */
export function encodeMeasurement(run: ServiceRun, identity: ProbeIdentity): string {
  const frame = new Frame(run.base)
  const start = writtenStart(run.startedAt, run.line.clock?.offset)
  const chain = run.scope === 'core' ? 'leaf' : 'whole'
  const testKeys: FlowRow = {
    service: run.service,
    tier: run.tier,
    line: lineOf(run.line, frame, identity.unscrubbed === true),
    ...(run.resolvers && { x_resolvers: resolversOf(run.resolvers) }),
    endpoints: run.endpoints.map((endpoint) => endpointOf(endpoint, frame, chain)),
  }
  const clean = identity.unscrubbed === true ? testKeys : scrubOwn(testKeys, identity.ownAddresses)
  return JSON.stringify({
    annotations: annotationsOf(run, identity),
    data_format_version: '0.2.0',
    input: run.service,
    measurement_start_time: start,
    probe_asn: formatAsn(run.network.asn),
    probe_cc: run.network.country,
    probe_ip: '127.0.0.1',
    probe_network_name: run.network.name.slice(0, 300),
    report_id: '',
    resolver_asn: 'AS0',
    resolver_ip: '127.0.0.2',
    resolver_network_name: '',
    software_name: 'kuager',
    software_version: identity.softwareVersion,
    test_keys: clean,
    test_name: TEST_NAME,
    test_runtime: inSeconds(millis(run.endedAt - run.base)),
    test_start_time: start,
    test_version: TEST_VERSION,
  })
}
