import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { Observation } from '../../model/measured/observation.ts'
import type { Service } from '../../model/tables/service.ts'
import type { Tables } from '../../model/tables/tables.ts'
import type { Ground, Verdict } from '../../model/measured/verdict.ts'
import { judgeAnswer, judgeDetour, judgePortal } from '../layer/answer.ts'
import { openCase, onOwnPath, type Case, type Hop } from '../case.ts'
import { judgeInterception } from '../layer/certificate.ts'
import { withoutChosenFilter } from '../layer/chosen-resolver.ts'
import { combine, inOrder, type Endpoints } from '../combine.ts'
import { withoutContradictions } from '../contradiction.ts'
import { withoutUnproved } from '../layer/dead-name.ts'
import { judgeDns } from '../layer/dns.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { judgeHttpFailure, ownHttpRow } from '../layer/http.ts'
import { isAnswered } from '../layer/page.ts'
import { judgeQuic } from '../layer/quic.ts'
import { judgeTcp, ownTcpRows } from '../layer/tcp.ts'
import { judgeTls } from '../layer/tls.ts'

/** Judges a web measurement of any version: hop by hop, layer by layer, along the person's own path. */
export function judgeWeb(
  head: MeasurementHead,
  observations: readonly Observation[],
  service: Service | undefined,
  tables: Tables,
): Verdict {
  const it = openCase(head, observations, service, tables)
  const { rulesVersion } = tables
  const endpoints = countEndpoints(it)
  if (it.hops.length === 0 && it.ignored.length === 0) {
    const missing = it.control.present ? (['operations'] as const) : (['operations', 'control'] as const)
    return combine({ kind: 'inconclusive', rule: 'test.no-operations', findings: [], endpoints, missing, rulesVersion })
  }
  const portal = judgePortal(it)
  const judged = it.hops.flatMap((hop, index) => judgeHop(it, hop, index === it.hops.length - 1))
  const findings = withoutContradictions(withoutChosenFilter(judged, it), it)
  const all = portal === undefined ? findings : [...findings, portal]
  const deciding = portal ?? decide(all) ?? ownFailure(it)
  if (deciding === undefined)
    return combine({
      kind: 'inconclusive',
      rule: 'test.no-operations',
      findings: all,
      endpoints,
      missing: ['operations'],
      rulesVersion,
    })
  const kind = deciding.state
  const context = [...(kind === 'reachable' ? [] : bypass(it)), ...ipv6Note(it)]
  return combine({ kind, deciding, rule: deciding.rule, findings: all, endpoints, context, rulesVersion })
}

/** Every layer of one hop by itself; a failed request is judged only where no layer below explains it. */
export function judgeHop(it: Case, hop: Hop, last: boolean): readonly Finding[] {
  const dns = judgeDns(it, hop)
  const tcp = judgeTcp(it, hop)
  const tls = hop.scheme === 'http' ? judgeAside(it, hop) : judgeTls(it, hop)
  const quic = judgeQuic(it, hop)
  const below = [dns, tcp, tls].filter((one) => one !== undefined)
  const row = ownHttpRow(hop)
  let http: Finding | undefined
  if (row !== undefined && !isAnswered(row)) {
    const failing = below.some((one) => one.state !== 'reachable' && isFailure(one))
    const passed = { tcp: tcp?.state === 'reachable', tls: tls?.state === 'reachable' }
    if (!failing) http = judgeHttpFailure(it, hop, row, passed)
  } else if (row !== undefined) http = last ? judgeAnswer(it, hop, row) : judgeDetour(it, hop, row)
  const found = [...below, ...(quic === undefined ? [] : [quic]), ...(http === undefined ? [] : [http])]
  return withoutUnproved(it, hop, found)
}

/** Handshakes beside a cleartext URL are not on the person's path; only a known interception authority counts there. */
function judgeAside(it: Case, hop: Hop): Finding | undefined {
  for (const row of hop.tls) {
    const intercepted = onOwnPath(row) ? judgeInterception(it, hop, row) : undefined
    if (intercepted !== undefined) return intercepted
  }
  return undefined
}

/** Findings that only say what could not be compared, not that something failed. */
const SOFT: ReadonlySet<Finding['rule']> = new Set([
  'dns.no-control',
  'dns.unmatched-untested',
  'dns.answer-for-dead-name',
  'quic.no-control',
])
const isFailure = (one: Finding): boolean => !SOFT.has(one.rule)

/**
 * The finding that decides: the earliest interference; else a completed exchange; else the earliest failure,
 * a settled cause (the line, the origin) and a failure of the control alike before a mere lack of control.
 */
function decide(findings: readonly Finding[]): Finding | undefined {
  const ordered = inOrder(findings)
  const interfered = ordered.find((one) => one.state === 'interfered')
  if (interfered !== undefined) return interfered
  const failures = ordered.filter((one) => one.state === 'unreachable' || one.state === 'inconclusive')
  const hard = failures.filter(isFailure)
  const settled = hard.find((one) => one.settled === true)
  if (settled !== undefined) return settled
  const answered = ordered.findLast((one) => one.layer === 'http' && one.state === 'reachable')
  const doubt = failures.find((one) => one.rule === 'dns.unmatched-untested' || one.rule === 'dns.answer-for-dead-name')
  if (answered !== undefined) return doubt !== undefined && answered.missing.includes('control.http') ? doubt : answered
  const unreachable = hard.find((one) => one.state === 'unreachable')
  if (unreachable !== undefined) return unreachable
  // Where the name is dead for the control, what becomes of the address says nothing of the service.
  const isDead = doubt?.rule === 'dns.answer-for-dead-name'
  const first = isDead ? doubt : (hard.find((one) => one.rule !== 'http.cleartext-alone') ?? doubt ?? hard[0])
  if (first !== undefined) return first
  const handshake = ordered.findLast((one) => one.layer === 'tls' && one.state === 'reachable')
  return handshake ?? failures[0]
}

/** A page that opened on an address the person's resolver did not give: a way round, never "reachable". */
function bypass(it: Case): readonly Ground[] {
  for (const hop of it.hops)
    for (const row of hop.http)
      if (!onOwnPath(row) && row.failure === undefined && row.status !== undefined)
        return [ground('bypass.opens', 'context', { address: row.address ?? '' }, row)]
  return []
}

function ipv6Note(it: Case): readonly Ground[] {
  const row = it.ignored.find((one) => (one.kind === 'tcp' || one.kind === 'tls') && one.family === 6)
  return row === undefined ? [] : [ground('line.no-ipv6', 'context', {}, row)]
}

/** Where nothing else decided, the probe's own failure is the reason. */
function ownFailure(it: Case): Finding | undefined {
  const row = it.ignored[0]
  if (row === undefined) return undefined
  return finding('app', 'inconclusive', 'line.own-failure', {
    mechanism: 'fault.client',
    grounds: [ownTrouble(row)],
    settled: true,
  })
}

const ownTrouble = (row: Observation): Ground =>
  row.kind !== 'dns' && 'family' in row && row.family === 6
    ? ground('line.no-ipv6', 'decisive', {}, row)
    : ground('line.own-failure', 'decisive', { failure: row.failure?.code }, row)

/** Endpoints of the person's path: one failed where it did not connect, or connected and did not shake hands. */
function countEndpoints(it: Case): Endpoints {
  let tested = 0
  let failed = 0
  for (const hop of it.hops) {
    const tcp = ownTcpRows(hop)
    const page = ownHttpRow(hop)
    for (const row of tcp) {
      const shaken = hop.tls.filter((one) => one.address === row.address && one.port === row.port)
      const broken = shaken.length > 0 && shaken.every((one) => one.failure !== undefined)
      tested++
      if (row.failure !== undefined || broken) failed++
    }
    if (tcp.length === 0 && page !== undefined) {
      tested++
      if (!isAnswered(page)) failed++
    }
  }
  return { tested, failed }
}
