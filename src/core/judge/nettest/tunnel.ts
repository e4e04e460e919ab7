import type { FailureCode } from '../../model/measured/failure.ts'
import type { Observation } from '../../model/measured/observation.ts'
import type { Tables } from '../../model/tables/tables.ts'
import type { Layer, Mechanism } from '../../model/measured/mechanism.ts'
import type { Verdict } from '../../model/measured/verdict.ts'
import { combine } from '../combine.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { ignoredOnThisLine, isCertificateRefusal, isNetworkFailure, isTimeout } from '../line.ts'
import { tcpMechanism } from '../layer/tcp.ts'
import { handshakeFailure } from '../layer/tls.ts'

/**
 * Judges openvpn, psiphon, torsf and vanilla_tor: a tunnel that came up was reachable, unless more of them did not; one
 * that did not may have many reasons.
 */
export function judgeTunnel(observations: readonly Observation[], tables: Tables): Verdict {
  const rows = observations.filter((row) => row.kind === 'tunnel')
  const failing = rows.filter((row) => row.failure !== undefined)
  const up = failing.length * 2 > rows.length ? undefined : rows.find((row) => row.failure === undefined)
  const first = failing[0] ?? rows[0]
  const endpoints = { tested: rows.length, failed: failing.length }
  const parts = { endpoints, rulesVersion: tables.rulesVersion }
  if (up !== undefined) {
    const deciding = finding('tunnel', 'reachable', 'tunnel.completes', {
      grounds: [ground('tunnel.completed', 'decisive', { protocol: up.protocol }, up)],
    })
    return combine({ ...parts, kind: 'reachable', deciding, rule: deciding.rule, findings: [deciding] })
  }
  if (first === undefined)
    return combine({
      ...parts,
      kind: 'inconclusive',
      rule: 'test.no-operations',
      findings: [],
      missing: ['operations'],
    })
  const failure = first.failure?.code ?? 'unknown_failure'
  const stalled = first.progress !== undefined && first.progress > 0
  const deciding = finding('tunnel', 'inconclusive', 'tunnel.fails-alone', {
    mechanism: isTimeout(failure) ? 'tunnel.timeout' : failure === 'connection_reset' ? 'tunnel.reset' : undefined,
    grounds: [
      stalled
        ? ground('tunnel.stalled', 'decisive', { protocol: first.protocol, progress: first.progress }, first)
        : ground('tunnel.failed', 'decisive', { protocol: first.protocol, failure }, first),
    ],
    missing: ['outside-control'],
  })
  return combine({ ...parts, kind: 'inconclusive', deciding, rule: deciding.rule, findings: [deciding] })
}

/**
 * One target of the tor test. `passes`: nothing failed. `refused`: something answered, with a certificate or alert of its
 * own or with a status of HTTP; it is not known whether that was the target, so it neither failed nor passed. `unknown`:
 * the program or the machine failed, so it tells nothing.
 */
interface Target {
  readonly part: string
  readonly state: 'passes' | 'refused' | 'fails' | 'unknown'
  readonly failed: Observation | undefined
}

/** How the targets of one kind fared. */
interface KindOfTarget {
  readonly part: string
  /** All targets, those of which nothing is known included. */
  readonly all: number
  /** Targets that failed, passed or refused. */
  readonly tested: number
  readonly passed: number
  readonly failed: readonly Observation[]
  readonly refused: readonly Observation[]
}

/** A kind with fewer targets is too small for its majority to say anything. */
const FEWEST = 3
/** A part of a kind that fails is interference from so many on, and from so large a share. */
const CLEARLY_MANY = 4
const CLEAR_SHARE = 0.75

/** Directory authorities are few and kept up; of bridges two may well be down at once. */
const isAuthority = (part: string): boolean => part === 'or_port_dirauth' || part === 'dir_port'
const isWhole = ({ part, all, failed }: KindOfTarget): boolean =>
  all >= (isAuthority(part) ? 2 : FEWEST) && failed.length === all
const isClear = (kind: KindOfTarget): boolean =>
  isWhole(kind) || (kind.failed.length >= CLEARLY_MANY && kind.failed.length >= kind.all * CLEAR_SHARE)
const isMajority = (kind: KindOfTarget): boolean =>
  mostFail(kind) && (kind.all >= FEWEST || (kind.all > 1 && kind.failed.length === kind.all))
/** Of the targets that passed or failed. */
const mostFail = ({ passed, failed }: Pick<KindOfTarget, 'passed' | 'failed'>): boolean => failed.length > passed

/**
 * Judges tor: bridges and directories of several kinds. One kind failing whole, or for the clearly greater part, while
 * others pass is a difference. Source: docs/methods/judging.md, messengers and tunnels.
 */
export function judgeTor(observations: readonly Observation[], tables: Tables): Verdict {
  const kinds = kindsOf(openTargets(observations)).filter((kind) => kind.tested > 0)
  const tested = kinds.reduce((sum, kind) => sum + kind.tested, 0)
  const passed = kinds.reduce((sum, kind) => sum + kind.passed, 0)
  const failed = kinds.flatMap((kind) => kind.failed)
  const parts = { endpoints: { tested, failed: failed.length }, rulesVersion: tables.rulesVersion }
  if (tested === 0)
    return combine({
      ...parts,
      kind: 'inconclusive',
      rule: 'test.no-operations',
      findings: [],
      missing: ['operations'],
    })
  const anyPasses = passed > 0
  const findings = kinds.map((kind) => kindFinding(kind, anyPasses))
  const findingOf = (kind: KindOfTarget | undefined): Finding | undefined => kind && findings[kinds.indexOf(kind)]
  const deciding = findingOf(anyPasses ? (kinds.find(isWhole) ?? kinds.find(isClear)) : undefined)
  if (deciding !== undefined) return combine({ ...parts, kind: 'interfered', deciding, rule: deciding.rule, findings })
  const most = findingOf(kinds.find(isMajority) ?? (mostFail({ passed, failed }) ? kinds.find(hasFailed) : undefined))
  if (most !== undefined || !anyPasses) {
    const first = most ?? findings[0]
    return combine({
      ...parts,
      kind: 'inconclusive',
      ...(first && { deciding: first }),
      rule: 'tunnel.fails-alone',
      findings,
      missing: ['outside-control'],
      ...(failed.length < tested ? {} : { context: [ground('line.nothing-works', 'context')] }),
    })
  }
  const passing = findings.find((found) => found.state === 'reachable')
  return combine({
    ...parts,
    kind: 'reachable',
    ...(passing && { deciding: passing }),
    rule: 'tunnel.completes',
    findings,
  })
}

const hasFailed = ({ failed }: KindOfTarget): boolean => failed.length > 0

function kindsOf(targets: readonly Target[]): readonly KindOfTarget[] {
  return [...Map.groupBy(targets, ({ part }) => part)].map(([part, all]) => {
    const rowsOf = (wanted: Target['state']): readonly Observation[] =>
      all.flatMap(({ state, failed }) => (state === wanted && failed !== undefined ? [failed] : []))
    return {
      part,
      all: all.length,
      tested: all.filter(({ state }) => state !== 'unknown').length,
      passed: all.filter(({ state }) => state === 'passes').length,
      failed: rowsOf('fails'),
      refused: rowsOf('refused'),
    }
  })
}

/**
 * The rows of one target share the first parts of their pointers: `/test_keys/targets/<key>/…`. A target over IPv6 that
 * the line explains is none of this line.
 */
function openTargets(rows: readonly Observation[]): readonly Target[] {
  const ignored = new Set(ignoredOnThisLine(rows))
  const groups = Map.groupBy(
    rows.filter((row) => row.kind !== 'dns' || row.failure !== undefined),
    (row) => row.source.split('/', 4).join('/'),
  )
  return [...groups.values()].flatMap((group): readonly Target[] => {
    const deepest =
      group.findLast((row) => row.kind === 'tunnel' || row.kind === 'tls' || row.kind === 'http') ?? group.at(-1)
    const explained = group.find((row) => ignored.has(row))
    if (explained !== undefined && 'family' in explained && explained.family === 6) return []
    const state = explained === undefined ? stateOf(deepest?.failure?.code) : 'unknown'
    const failed = state === 'refused' ? deepest : (group.find((row) => row.failure !== undefined) ?? deepest)
    return [{ part: group[0]?.part ?? '', state, failed }]
  })
}

function stateOf(code: FailureCode | undefined): Target['state'] {
  if (code === undefined) return 'passes'
  if (code.startsWith('http_') || isCertificateRefusal(code)) return 'refused'
  if (code === 'ssl_alert' || code === 'ssl_failed_handshake' || code === 'ssl_error') return 'refused'
  return isNetworkFailure(code) ? 'fails' : 'unknown'
}

function kindFinding(kind: KindOfTarget, anyPasses: boolean): Finding {
  const { part, tested, passed, failed, refused } = kind
  const count = ground('endpoints.failed', 'decisive', { tested, failed: failed.length, part })
  if (passed > 0 && !mostFail(kind))
    return finding('tunnel', 'reachable', 'tunnel.completes', { grounds: [{ ...count, role: 'context' }] })
  const first = failed[0] ?? refused[0]
  const { layer, mechanism } = whatFailed(failed[0])
  const said =
    failed.length > 0
      ? count
      : ground('tunnel.failed', 'decisive', { protocol: part, failure: first?.failure?.code }, first)
  const detail = { mechanism, grounds: [said], missing: ['outside-control'] as const }
  if (!anyPasses || !isClear(kind)) return finding(layer, 'inconclusive', 'tunnel.fails-alone', detail)
  return finding(layer, 'interfered', 'tunnel.one-kind-fails', {
    ...detail,
    halvings: isWhole(kind) ? [] : ['part-of-kind'],
  })
}

function whatFailed(row: Observation | undefined): { layer: Layer; mechanism: Mechanism | undefined } {
  const code = row?.failure?.code
  if (row === undefined || code === undefined) return { layer: 'tunnel', mechanism: undefined }
  if (row.kind === 'tcp') return { layer: 'tcp', mechanism: tcpMechanism(code, true) }
  if (row.kind === 'tls') return { layer: 'tls', mechanism: handshakeFailure(code)?.mechanism }
  return { layer: 'tunnel', mechanism: isTimeout(code) ? 'tunnel.timeout' : undefined }
}
