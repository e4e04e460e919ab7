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

/** Judges openvpn and vanilla_tor: a tunnel that came up was reachable; one that did not may have many reasons. */
export function judgeTunnel(observations: readonly Observation[], tables: Tables): Verdict {
  const rows = observations.filter((row) => row.kind === 'tunnel')
  const up = rows.find((row) => row.failure === undefined)
  const first = rows[0]
  const endpoints = { tested: rows.length, failed: rows.filter((row) => row.failure !== undefined).length }
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
 * One target of the tor test. `unknown`: the program failed with a word that no network causes, so it tells nothing. A
 * server that answers with the wrong key or certificate, or with a status of its own, has answered.
 */
interface Target {
  readonly part: string
  readonly state: 'answers' | 'fails' | 'unknown'
  readonly failed: Observation | undefined
}

/** How the targets of one kind fared. */
interface KindOfTarget {
  readonly part: string
  readonly tested: number
  readonly failed: readonly Observation[]
}

/** A kind with fewer targets is too small for its majority to say anything. */
const FEWEST = 3
/** A part of a kind that fails is interference from so many on, and from so large a share. */
const CLEARLY_MANY = 4
const CLEAR_SHARE = 0.75

const isWhole = ({ tested, failed }: KindOfTarget): boolean => tested > 1 && failed.length === tested
const isClear = (kind: KindOfTarget): boolean =>
  isWhole(kind) || (kind.failed.length >= CLEARLY_MANY && kind.failed.length >= kind.tested * CLEAR_SHARE)
const isMajority = ({ tested, failed }: KindOfTarget): boolean => tested >= FEWEST && failed.length * 2 > tested

/**
 * Judges tor: bridges and directories of several kinds. One kind failing whole, or for the clearly greater part, while
 * others pass is a difference. Source: docs/methods/judging.md, messengers and tunnels.
 */
export function judgeTor(observations: readonly Observation[], tables: Tables): Verdict {
  const ignored = new Set(ignoredOnThisLine(observations))
  const targets = openTargets(observations.filter((row) => !ignored.has(row)))
  const kinds = kindsOf(targets.filter(({ state }) => state !== 'unknown'))
  const tested = kinds.reduce((sum, kind) => sum + kind.tested, 0)
  const failed = kinds.reduce((sum, kind) => sum + kind.failed.length, 0)
  const parts = { endpoints: { tested, failed }, rulesVersion: tables.rulesVersion }
  if (tested === 0)
    return combine({
      ...parts,
      kind: 'inconclusive',
      rule: 'test.no-operations',
      findings: [],
      missing: ['operations'],
    })
  const anyAnswers = failed < tested
  const findings = kinds.map((kind) => kindFinding(kind, anyAnswers))
  const findingOf = (kind: KindOfTarget | undefined): Finding | undefined => kind && findings[kinds.indexOf(kind)]
  const deciding = findingOf(anyAnswers ? (kinds.find(isWhole) ?? kinds.find(isClear)) : undefined)
  if (deciding !== undefined) return combine({ ...parts, kind: 'interfered', deciding, rule: deciding.rule, findings })
  const most = findingOf(kinds.find(isMajority) ?? (failed * 2 > tested ? kinds.find(hasFailed) : undefined))
  if (most !== undefined || !anyAnswers) {
    const first = most ?? findings[0]
    return combine({
      ...parts,
      kind: 'inconclusive',
      ...(first && { deciding: first }),
      rule: 'tunnel.fails-alone',
      findings,
      missing: ['outside-control'],
      ...(anyAnswers ? {} : { context: [ground('line.nothing-works', 'context')] }),
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
  return [...Map.groupBy(targets, ({ part }) => part)].map(([part, all]) => ({
    part,
    tested: all.length,
    failed: all.flatMap(({ state, failed }) => (state === 'fails' && failed !== undefined ? [failed] : [])),
  }))
}

/** The rows of one target share the first parts of their pointers: `/test_keys/targets/<key>/…`. */
function openTargets(rows: readonly Observation[]): readonly Target[] {
  const groups = Map.groupBy(
    rows.filter((row) => row.kind !== 'dns' || row.failure !== undefined),
    (row) => row.source.split('/', 4).join('/'),
  )
  return [...groups.values()].map((group) => {
    const deepest =
      group.findLast((row) => row.kind === 'tunnel' || row.kind === 'tls' || row.kind === 'http') ?? group.at(-1)
    const state = stateOf(deepest?.failure?.code)
    const failed = group.find((row) => row.failure !== undefined)
    return { part: group[0]?.part ?? '', state, failed: state === 'fails' ? (failed ?? deepest) : undefined }
  })
}

function stateOf(code: FailureCode | undefined): Target['state'] {
  if (code === undefined || code.startsWith('http_') || isCertificateRefusal(code)) return 'answers'
  if (code === 'ssl_alert' || code === 'ssl_failed_handshake' || code === 'ssl_error') return 'answers'
  return isNetworkFailure(code) ? 'fails' : 'unknown'
}

function kindFinding(kind: KindOfTarget, anyAnswers: boolean): Finding {
  const { part, tested, failed } = kind
  const count = ground('endpoints.failed', 'decisive', { tested, failed: failed.length, part })
  if (failed.length * 2 <= tested)
    return finding('tunnel', 'reachable', 'tunnel.completes', { grounds: [{ ...count, role: 'context' }] })
  const { layer, mechanism } = whatFailed(failed[0])
  const detail = { mechanism, grounds: [count], missing: ['outside-control'] as const }
  if (!anyAnswers || !isClear(kind)) return finding(layer, 'inconclusive', 'tunnel.fails-alone', detail)
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
