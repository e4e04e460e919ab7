import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { Observation } from '../../model/measured/observation.ts'
import type { Service } from '../../model/tables/service.ts'
import type { Tables } from '../../model/tables/tables.ts'
import type { Verdict } from '../../model/measured/verdict.ts'
import { onOwnPath, openCase } from '../case.ts'
import { combine } from '../combine.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { isNetworkFailure } from '../line.ts'
import { judgeHop } from './web.ts'

/** Findings of an exchange that came to its end without proving who answered. */
const UNPROVED: ReadonlySet<Finding['rule']> = new Set(['http.cleartext-alone', 'http.own-filter', 'tls.no-control'])

/**
 * Judges tests that carry no control (urlgetter, tlsping): `reachable` where the exchange completed, else
 * `inconclusive`; only direct evidence (a bogon for a listed service, an interception authority) makes them
 * `interfered`.
 */
export function judgeAlone(
  head: MeasurementHead,
  observations: readonly Observation[],
  service: Service | undefined,
  tables: Tables,
): Verdict {
  const own = asChosen(observations.filter((row) => row.part !== 'resolver'))
  const it = openCase(head, own, service, tables)
  const findings = it.hops.flatMap((hop, index) => judgeHop(it, hop, index === it.hops.length - 1))
  const rows = it.hops.flatMap((hop) => [...hop.tls, ...hop.quic, ...hop.http, ...hop.tcp, ...hop.dns])
  const deepest = (['http', 'tls', 'quic', 'tcp', 'dns'] as const)
    .map((kind) => rows.filter((row) => row.kind === kind))
    .find((some) => some.length > 0)
  const endpoints = {
    tested: deepest?.length ?? 0,
    failed: deepest?.filter((row) => row.failure !== undefined).length ?? 0,
  }
  const parts = { findings, endpoints, rulesVersion: tables.rulesVersion, missing: ['control'] as const }
  const artefact = findings.find((one) => one.state === 'interfered')
  if (artefact !== undefined) return combine({ ...parts, kind: 'interfered', deciding: artefact, rule: artefact.rule })
  if (deepest === undefined)
    return combine({ ...parts, kind: 'inconclusive', rule: 'test.no-operations', missing: ['operations', 'control'] })
  const completed = deepest.find((row) => row.failure === undefined)
  const broken = deepest.find((row) => row.failure !== undefined && isNetworkFailure(row.failure.code))
  const unproved = findings.findLast((one) => UNPROVED.has(one.rule))
  if (unproved !== undefined)
    return combine({ ...parts, kind: 'inconclusive', deciding: unproved, rule: unproved.rule })
  if (completed !== undefined && endpoints.failed * 2 < endpoints.tested) {
    const deciding = findings.findLast((one) => one.state === 'reachable') ?? aside(completed)
    return combine({
      ...parts,
      kind: deciding.state === 'reachable' ? 'reachable' : 'inconclusive',
      deciding,
      rule: deciding.rule,
    })
  }
  const hard = findings.find((one) => one.state !== 'reachable' && one.grounds.some((said) => said.role === 'decisive'))
  const deciding = hard ?? (broken === undefined ? undefined : unexplained(broken))
  return combine({
    ...parts,
    kind: 'inconclusive',
    ...(deciding && { deciding }),
    rule: deciding?.rule ?? 'line.own-failure',
  })
}

/** If the run was given a resolver to ask, and the system's was not asked at all, that is the path under test. */
function asChosen(rows: readonly Observation[]): readonly Observation[] {
  if (rows.some((row) => (row.kind === 'dns' && row.resolver === 'system') || ('origin' in row && onOwnPath(row))))
    return rows
  return rows.map((row) => ('origin' in row ? { ...row, origin: 'literal' as const } : row))
}

/** It completed, but off the person's path: by an address of another resolver, which proves a way round and no more. */
function aside(row: Observation): Finding {
  const address = 'address' in row && row.address !== undefined ? row.address : ''
  return finding('app', 'inconclusive', 'test.no-operations', {
    grounds: [ground('bypass.opens', 'decisive', { address }, row)],
    missing: ['operations'],
    settled: true,
  })
}

function unexplained(row: Observation): Finding {
  const layer = row.kind
  return finding(layer, 'inconclusive', 'part.fails-alone', {
    grounds: [ground('http.failed', 'decisive', { host: '', failure: row.failure?.code }, row)],
  })
}
