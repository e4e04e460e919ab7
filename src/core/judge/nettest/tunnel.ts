import type { Observation } from '../../model/measured/observation.ts'
import type { Tables } from '../../model/tables/tables.ts'
import type { Layer, Mechanism } from '../../model/measured/mechanism.ts'
import type { Verdict } from '../../model/measured/verdict.ts'
import { combine } from '../combine.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { ignoredOnThisLine, isTimeout } from '../line.ts'
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

interface Target {
  readonly part: string
  readonly rows: readonly Observation[]
  readonly failed: Observation | undefined
}

/** Judges tor: bridges and directories of several kinds. One kind failing whole while another passes is a difference. */
export function judgeTor(observations: readonly Observation[], tables: Tables): Verdict {
  const ignored = new Set(ignoredOnThisLine(observations))
  const targets = openTargets(observations.filter((row) => !ignored.has(row)))
  const kinds = Map.groupBy(targets, (target) => target.part)
  const failedTargets = targets.filter((target) => target.failed !== undefined)
  const endpoints = { tested: targets.length, failed: failedTargets.length }
  const parts = { endpoints, rulesVersion: tables.rulesVersion }
  if (targets.length === 0)
    return combine({
      ...parts,
      kind: 'inconclusive',
      rule: 'test.no-operations',
      findings: [],
      missing: ['operations'],
    })
  const passing = [...kinds].filter(([, all]) => all.some((target) => target.failed === undefined))
  const broken = [...kinds].filter(([, all]) => all.length > 1 && all.every((target) => target.failed !== undefined))
  const findings = [...kinds].map(([part, all]) => kindFinding(part, all, passing.length > 0))
  const one = broken[0]
  if (one !== undefined && passing.length > 0) {
    const deciding = findings[[...kinds.keys()].indexOf(one[0])]
    if (deciding !== undefined)
      return combine({ ...parts, kind: 'interfered', deciding, rule: deciding.rule, findings })
  }
  if (passing.length === 0) {
    const deciding = findings[0]
    return combine({
      ...parts,
      kind: 'inconclusive',
      ...(deciding && { deciding }),
      rule: 'tunnel.fails-alone',
      findings,
      missing: ['outside-control'],
      context: [ground('line.nothing-works', 'context')],
    })
  }
  const deciding = findings.find((found) => found.state === 'reachable')
  return combine({ ...parts, kind: 'reachable', ...(deciding && { deciding }), rule: 'tunnel.completes', findings })
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
    const failed = group.find((row) => row.failure !== undefined)
    return {
      part: group[0]?.part ?? '',
      rows: group,
      failed: deepest?.failure === undefined ? undefined : (failed ?? deepest),
    }
  })
}

function kindFinding(part: string, all: readonly Target[], othersPass: boolean): Finding {
  const broken = all.filter((target) => target.failed !== undefined)
  const count = ground('endpoints.failed', 'decisive', { tested: all.length, failed: broken.length, part })
  if (broken.length < all.length)
    return finding('tunnel', 'reachable', 'tunnel.completes', { grounds: [{ ...count, role: 'context' }] })
  const row = broken[0]?.failed
  const { layer, mechanism } = whatFailed(row)
  const state = othersPass && all.length > 1 ? 'interfered' : 'inconclusive'
  return finding(layer, state, state === 'interfered' ? 'tunnel.one-kind-fails' : 'tunnel.fails-alone', {
    mechanism,
    grounds: [count],
    missing: ['outside-control'],
  })
}

function whatFailed(row: Observation | undefined): { layer: Layer; mechanism: Mechanism | undefined } {
  const code = row?.failure?.code
  if (row === undefined || code === undefined) return { layer: 'tunnel', mechanism: undefined }
  if (row.kind === 'tcp') return { layer: 'tcp', mechanism: tcpMechanism(code, true) }
  if (row.kind === 'tls') return { layer: 'tls', mechanism: handshakeFailure(code)?.mechanism }
  return { layer: 'tunnel', mechanism: isTimeout(code) ? 'tunnel.timeout' : undefined }
}
