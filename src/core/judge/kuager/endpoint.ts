import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { DnsObservation, Observation, TcpObservation } from '../../model/measured/observation.ts'
import type { Service } from '../../model/tables/service.ts'
import type { Tables } from '../../model/tables/tables.ts'
import { openCase, type Case, type Hop } from '../case.ts'
import { inOrder } from '../combine.ts'
import { withoutContradictions } from '../contradiction.ts'
import { withoutUnproved } from '../layer/dead-name.ts'
import { judgeDns } from '../layer/dns.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { judgeTls } from '../layer/tls.ts'
import { add, NONE, type HalvesTally } from './chance.ts'
import { judgeConnect } from './connect.ts'
import { judgeOwnAuthority } from './own-authority.ts'
import { isOfListed } from './listed-resolver.ts'
import { judgePage } from './page.ts'
import { siblingPassed, judgePairs, siblingEvidence, openPairs, type SiblingPairs, type Pairs } from './pairs.ts'
import { withSecondAnswer } from './second-answer.ts'
import { judgeThroughput } from './throughput.ts'
import { judgeTunnels } from './tunnel.ts'

/** The rows of one endpoint of a service, laid out. `part` is `<use> <host>:<port>`. */
export interface JudgedEndpoint {
  readonly part: string
  readonly use: string
  readonly host: string
  readonly port: number
  readonly rows: readonly Observation[]
  readonly tls: Pairs
  readonly quic: Pairs
}

/** How one endpoint fared; `untested` where nothing was tried that tells. */
export interface Fared {
  readonly endpoint: JudgedEndpoint
  readonly state: Finding['state'] | 'untested'
  readonly deciding?: Finding
  readonly findings: readonly Finding[]
}

/** Groups the rows of a measurement of our own probe by endpoint, in the order in which they stand. */
export function openEndpoints(rows: readonly Observation[]): readonly JudgedEndpoint[] {
  return [...Map.groupBy(rows, (row) => row.part)].flatMap(([part, own]) => {
    const match = /^([a-z]+) (.+):(\d+)$/.exec(part)
    if (match === null) return []
    const [, use = '', host = '', port = ''] = match
    return [
      { part, use, host, port: Number(port), rows: own, tls: openPairs(own, 'tls'), quic: openPairs(own, 'quic') },
    ]
  })
}

export interface EndpointContext {
  readonly head: MeasurementHead
  readonly service: Service | undefined
  readonly tables: Tables
  /** Every endpoint of the measurement: what residual blocking leaves to each is counted together. */
  readonly all: readonly JudgedEndpoint[]
}

/**
 * Rows of the person's exchange under the name under test: no halves of pairs, no second answers, no questions to public
 * resolvers.
 */
const isOwn = (row: Observation): boolean => {
  if (row.side === 'control') return true
  switch (row.kind) {
    case 'dns':
      return !row.duplicate && !isOfListed(row)
    case 'tcp': // carries no name: a control half that connects shows that the address is open
      return row.role !== 'crossed' && row.role !== 'neighbour'
    case 'tls':
      return row.role === 'target'
    case 'http':
      return (row.role ?? 'target') === 'target'
    case 'quic':
    case 'throughput':
    case 'tunnel':
      return false
  }
}

/** Judges one endpoint, layer by layer. */
export function judgeEndpoint(endpoint: JudgedEndpoint, context: EndpointContext): Fared {
  const own = endpoint.rows.filter(isOwn)
  const plain = own.filter((row) => row.kind === 'http' && row.side === 'probe' && row.scheme === 'http')
  const port = plain[0]?.kind === 'http' ? plain[0].port : undefined
  const other = own.some((row) => row.kind === 'tcp' && row.side === 'probe' && row.port !== port)
  const secure = own.some((row) => row.kind === 'tls' && row.side === 'probe') || plain.length === 0 || other
  const main = judgeExchange(endpoint, context, secure ? 'https' : 'http')
  // A cleartext exchange beside a secure one is no way to the service: it counts where it is interfered with.
  const cleartext = secure && plain.length > 0 ? judgeExchange(endpoint, context, 'http') : []
  const aside = [...cleartext, ...judgeAside(endpoint, context)]
  const deciding = decide(main, aside)
  return {
    endpoint,
    findings: [...main, ...aside],
    state: deciding?.state ?? 'untested',
    ...(deciding && { deciding }),
  }
}

/**
 * Lookups of other names by the line's resolver: of the canaries, whose first exchange needs one each, and of names of
 * the service that it answered at least once. A name that it never answered is under the same suspicion, and tells
 * nothing of the line.
 */
function lookupsBeside({ part }: JudgedEndpoint, { all, head }: EndpointContext): HalvesTally {
  const before = head.line?.canaries.find(({ moment }) => moment === 'before')
  const canaries = before === undefined ? NONE : { tried: before.tried, failed: before.tried - before.passed }
  return all
    .filter((one) => one.part !== part)
    .flatMap((one) => [...Map.groupBy(lookupsOf(one), ({ name }) => name).values()])
    .filter((rows) => rows.some(({ failure }) => failure === undefined))
    .map((rows) => ({ tried: rows.length, failed: rows.filter(({ failure }) => failure !== undefined).length }))
    .reduce(add, canaries)
}

/** Lookups of IPv4 addresses that the line's resolver was asked for, by the system and by packets of the probe. */
const lookupsOf = ({ rows }: JudgedEndpoint): readonly DnsObservation[] =>
  rows.flatMap((row) =>
    row.kind === 'dns' &&
    row.side === 'probe' &&
    !row.duplicate &&
    row.resolver !== 'doh' &&
    row.queryType !== 'AAAA' &&
    !isOfListed(row)
      ? [row]
      : [],
  )

const besides = ({ part }: JudgedEndpoint, all: readonly JudgedEndpoint[], kind: 'tls' | 'quic'): SiblingPairs => {
  const lent = all.filter((one) => one.part !== part).map((one) => siblingEvidence(one[kind]))
  return {
    broken: lent.reduce((sum, { broken }) => sum + broken, 0),
    innocent: lent.flatMap(({ innocent }) => innocent),
    addresses: lent.reduce((sum, { addresses }) => sum + addresses, 0),
  }
}

const urlOf = (scheme: string, host: string, port: number): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/`

/** The exchange of one scheme. A cleartext exchange beside a secure one goes to another port of the same host. */
function judgeExchange(
  endpoint: JudgedEndpoint,
  context: EndpointContext,
  scheme: 'http' | 'https',
): readonly Finding[] {
  const { rows } = endpoint
  const page = rows.find((row) => row.kind === 'http' && row.side === 'probe' && row.scheme === scheme)
  const port = page?.kind === 'http' && page.port !== undefined ? page.port : endpoint.port
  const head = { ...context.head, input: urlOf(scheme, endpoint.host, port) }
  const own = rows.filter(
    (row) => isOwn(row) && (row.kind !== 'http' || row.side === 'control' || row.scheme === scheme),
  )
  const it: Case = {
    ...openCase(head, own, context.service, context.tables),
    otherLookups: lookupsBeside(endpoint, context),
    listedAnswers: rows.flatMap((row) => (row.kind === 'dns' && !row.duplicate && isOfListed(row) ? [row] : [])),
  }
  const hop = it.hops[0]
  if (hop === undefined) return [...ownTrouble(it)]
  const dns = withSecondAnswer(
    it,
    judgeDns(it, hop),
    rows.flatMap((row) => (row.kind === 'dns' && row.side === 'probe' ? [row] : [])),
  )
  const tcp = judgeConnect(it, hop, endpoint, openElsewhere(endpoint, context.all))
  const tls = scheme === 'http' ? undefined : judgeHandshakes(it, hop, endpoint, besides(endpoint, context.all, 'tls'))
  const below = [dns, tcp, tls].filter((one) => one !== undefined)
  const failing = below.some((one) => one.state !== 'reachable' && !SOFT.has(one.rule))
  const passed = { tcp: tcp?.state === 'reachable', tls: tls?.state === 'reachable' }
  const http = failing ? undefined : judgePage(it, hop, rows, passed)
  const found = withoutUnproved(it, hop, withoutContradictions(http === undefined ? below : [...below, http], it))
  return found.some(({ layer }) => layer !== 'dns') ? found : [...found, ...ownTrouble(it)]
}

/** Connections of other endpoints of the service that stood. */
const openElsewhere = ({ part }: JudgedEndpoint, all: readonly JudgedEndpoint[]): readonly TcpObservation[] =>
  all.flatMap((one) =>
    one.part === part
      ? []
      : one.rows.flatMap((row) =>
          row.kind === 'tcp' && row.side === 'probe' && row.failure === undefined ? [row] : [],
        ),
  )

/** Where the machine itself failed and nothing else was tried. */
function ownTrouble(it: Case): readonly Finding[] {
  const row = it.ignored[0]
  if (row === undefined) return []
  const grounds = [ground('line.own-failure', 'decisive', { failure: row.failure?.code }, row)]
  return [finding('app', 'inconclusive', 'line.own-failure', { mechanism: 'fault.client', grounds })]
}

/**
 * Handshakes under the name under test. A difference needs the pair; certificates are judged with the control; a
 * handshake that completes is `reachable`, at any address.
 */
function judgeHandshakes(it: Case, hop: Hop, endpoint: JudgedEndpoint, beside: SiblingPairs): Finding | undefined {
  const pair = judgePairs(it, endpoint.tls, beside)
  if (pair?.state === 'interfered') return pair
  const shaken = endpoint.rows.flatMap((row) => (row.kind === 'tls' && row.side === 'probe' ? [row] : []))
  const own = judgeOwnAuthority(shaken, endpoint.tls.outside)
  const found = own ?? judgeTls(it, hop)
  if (found === undefined) return pair ?? untried(endpoint)
  const wrongClock = Math.abs(it.head.line?.clockOffset ?? 0) >= 3_600
  if (wrongClock && found.rule.startsWith('tls.certificate'))
    return finding('tls', 'inconclusive', 'tls.clock', {
      mechanism: 'fault.client',
      grounds: [
        ground('line.clock-off', 'decisive', { seconds: Math.abs(Math.round(it.head.line?.clockOffset ?? 0)) }),
      ],
      settled: true,
    })
  if (found.state === 'reachable') return { ...found, grounds: [...found.grounds, ...siblingPassed(endpoint.tls)] }
  return FAILED_HANDSHAKE.has(found.rule) ? (pair ?? withoutPair(found)) : found
}

/**
 * The control name was sent, and the connection for the name under test was never established: nothing was tried with
 * it.
 */
function untried({ rows }: JudgedEndpoint): Finding | undefined {
  const own = rows.filter((row) => row.side === 'probe')
  const heard = new Set(own.flatMap((row) => (row.kind === 'tls' && row.role === 'innocent' ? [row.address] : [])))
  const tried = own.filter((row) => row.kind === 'tcp' && row.role === 'target' && heard.has(row.address))
  const row = tried.find(({ failure }) => failure !== undefined) ?? tried[0]
  if (row?.kind !== 'tcp') return undefined
  const values = { address: row.address, port: row.port, failure: row.failure?.code }
  const grounds = [ground(row.failure === undefined ? 'tcp.connected' : 'tcp.failed', 'decisive', values, row)]
  return finding('tls', 'inconclusive', 'tls.pair-unconfirmed', { grounds, missing: ['handshake-rows'] })
}

/** Rules of judgeTls() that compare with the control alone: of our own probe a difference needs the pair. */
const FAILED_HANDSHAKE: ReadonlySet<Finding['rule']> = new Set([
  'tls.silence',
  'tls.reset',
  'tls.close',
  'tls.alert',
  'tls.not-tls',
  'tls.failure',
  'tls.control-fails-too',
  'tls.no-control',
])

function withoutPair(found: Finding): Finding {
  if (found.state !== 'interfered') return found
  return finding('tls', 'inconclusive', 'tls.no-control', {
    mechanism: found.mechanism,
    grounds: found.grounds.filter(({ fact }) => fact !== 'ratio.halved'),
    missing: ['pair'],
  })
}

/** What stands beside the exchange: QUIC, throughput, tunnels. */
function judgeAside(endpoint: JudgedEndpoint, context: EndpointContext): readonly Finding[] {
  const { rows } = endpoint
  const head = { ...context.head, input: urlOf('https', endpoint.host, endpoint.port) }
  const it = openCase(
    head,
    rows.filter((row) => row.side === 'control'),
    context.service,
    context.tables,
  )
  const passed = endpoint.quic.readings.flatMap((one) => one.passed).find((half) => half.row.failure === undefined)
  const quic =
    judgePairs(it, endpoint.quic, besides(endpoint, context.all, 'quic')) ??
    (passed === undefined
      ? undefined
      : finding('quic', 'reachable', 'quic.completes', {
          grounds: [
            ground(
              'quic.completed',
              'context',
              { name: passed.row.name ?? '', address: passed.row.address ?? '' },
              passed.row,
            ),
          ],
        }))
  return [...(quic === undefined ? [] : [quic]), ...judgeThroughput(rows, endpoint.tls), ...judgeTunnels(rows)]
}

/** Findings that only say what could not be compared, or that stand beside the exchange: they decide nothing alone. */
const SOFT: ReadonlySet<Finding['rule']> = new Set([
  'dns.no-control',
  'dns.unmatched-untested',
  'dns.answer-for-dead-name',
])

/** The finding that decides on one endpoint: interference first, the line, then what failed, then what completed. */
function decide(main: readonly Finding[], aside: readonly Finding[]): Finding | undefined {
  const interfered = inOrder([...main, ...aside]).find((one) => one.state === 'interfered')
  if (interfered !== undefined) return interfered
  const ordered = inOrder(main)
  const settled = ordered.find((one) => one.settled === true)
  if (settled !== undefined) return settled
  const failed = ordered.filter((one) => one.state !== 'reachable' && !SOFT.has(one.rule))
  if (failed[0] !== undefined) return failed.find((one) => one.state === 'unreachable') ?? failed[0]
  const completed = ordered.findLast((one) => one.state === 'reachable' && one.layer !== 'dns')
  const tunnels = aside.filter(({ layer }) => layer === 'tunnel')
  const tunnel = tunnels.find(({ state }) => state !== 'reachable') ?? tunnels[0]
  // What stops after its first kilobytes is not reached by the handshake alone.
  const stopped = aside.find(({ rule }) => rule === 'throughput.stalls-alike')
  // A lookup alone is no exchange.
  const doubt = ordered.find(({ state }) => state !== 'reachable')
  return tunnel ?? stopped ?? completed ?? aside.find(({ layer }) => layer === 'quic') ?? doubt
}
