import type { LineNote, MeasurementHead } from '../../model/measured/measurement.ts'
import type { Observation } from '../../model/measured/observation.ts'
import type { Service } from '../../model/tables/service.ts'
import type { Tables } from '../../model/tables/tables.ts'
import type { Ground, Verdict } from '../../model/measured/verdict.ts'
import { combine, inOrder } from '../combine.ts'
import { ground, type Finding } from '../finding.ts'
import { byFamily, withoutDoubted } from './doubted.ts'
import { judgeEndpoint, openEndpoints, type Fared } from './endpoint.ts'
import { judgeHostingFlows } from './hosting-flows.ts'
import { judgeLine } from './line.ts'

/** Rows that a line without IPv6 explains: every exchange over it. What a resolver answered stays. */
function usable(rows: readonly Observation[], ipv6: boolean): readonly Observation[] {
  if (ipv6) return rows
  return rows.filter((row) => {
    if (row.side === 'control' || row.kind === 'dns') return true
    return !('address' in row) || row.address?.includes(':') !== true
  })
}

/**
 * Judges a measurement of our own probe: the owner's line first, then each endpoint of the service against its own
 * control, then the service. Source: docs/methods/judging.md, our own probe.
 */
export function judgeKuager(
  head: MeasurementHead,
  observations: readonly Observation[],
  service: Service | undefined,
  tables: Tables,
): Verdict {
  const { rulesVersion } = tables
  const rows = usable(observations, head.line?.ipv6 === true)
  const line = head.line === undefined ? undefined : judgeLine(head.line)
  const all = openEndpoints(rows)
  if (head.line === undefined || line !== undefined) {
    const tested = line === undefined ? 0 : all.length
    return combine({
      kind: 'inconclusive',
      ...(line && { deciding: line }),
      rule: line?.rule ?? 'test.no-operations',
      findings: line === undefined ? [] : [line],
      endpoints: { tested, failed: 0 },
      missing: line === undefined ? ['operations'] : [],
      rulesVersion,
    })
  }
  if (head.input === 'line' && all.length === 0) return judgeFlows(head.line, rulesVersion)
  const fared = all.map((endpoint) => judgeEndpoint(endpoint, { head, service, tables, all }))
  return judgeService(withoutDoubted(fared, tables), rulesVersion)
}

const NOTHING = { tested: 0, failed: 0 }

/** The measurement of a line that is well: of no service, and of networks only where flows from one of them stop. */
function judgeFlows(line: LineNote, rulesVersion: string): Verdict {
  const stops = judgeHostingFlows(line)
  const common = { endpoints: NOTHING, rulesVersion }
  return stops === undefined
    ? combine({ kind: 'not-judged', rule: 'test.not-judged', findings: [], ...common })
    : combine({ kind: 'inconclusive', deciding: stops, rule: stops.rule, findings: [stops], ...common })
}

function judgeService(all: readonly Fared[], rulesVersion: string): Verdict {
  const { counted: fared, apart } = byFamily(all.filter((one) => one.state !== 'untested'))
  const endpoints = { tested: fared.length, failed: fared.filter((one) => one.state !== 'reachable').length }
  const one = decide(fared)
  if (one?.deciding === undefined)
    return combine({
      kind: 'inconclusive',
      rule: 'test.no-operations',
      findings: fared.flatMap(({ findings }) => findings),
      endpoints,
      missing: ['operations'],
      rulesVersion,
    })
  const kind = kindOf(one, fared)
  const others = [...fared.filter((other) => other !== one), ...apart].flatMap(({ findings }) => findings)
  return combine({
    kind,
    deciding: one.deciding,
    rule: one.deciding.rule,
    // Layers of the endpoint that decides first; of the others what decided there, without what they were compared with.
    findings: [...one.findings, ...others.map((other) => bare(other, kind === 'reachable'))],
    endpoints,
    context: counted(fared, endpoints),
    rulesVersion,
  })
}

/** A finding of another endpoint: its controls say nothing of the endpoint that decides. */
const bare = (other: Finding, silent: boolean): Finding => ({
  ...other,
  grounds: silent || other.state === 'reachable' ? [] : other.grounds.filter(({ role }) => role === 'decisive'),
})

/** k of n, where some endpoints passed and others did not. */
function counted(
  fared: readonly Fared[],
  endpoints: { readonly tested: number; readonly failed: number },
): readonly Ground[] {
  if (endpoints.failed === 0 || endpoints.tested < 2) return []
  const pool = fared.every(({ endpoint }) => endpoint.use === 'datacenter')
  return [ground('endpoints.failed', 'context', { ...endpoints, part: pool ? 'datacenter' : 'endpoint' })]
}

/** Endpoints that a person must reach to use the service: its pages; where it has none, all. */
function mainOf(fared: readonly Fared[]): readonly Fared[] {
  const pages = fared.filter(({ endpoint }) => endpoint.use === 'page')
  return pages.length > 0 ? pages : fared
}

/**
 * The endpoint that decides. Any that is interfered with; of several the one that fails earliest, then the one with the
 * strongest evidence. Else a main endpoint whose exchange completed, if fewer of them failed without a reason that lies
 * at the service; else what failed.
 */
function decide(fared: readonly Fared[]): Fared | undefined {
  const interfered = fared.filter(({ state }) => state === 'interfered')
  if (interfered.length > 0) {
    const earliest = inOrder(interfered.flatMap(({ deciding }) => deciding ?? []))[0]?.layer
    return interfered
      .filter(({ deciding }) => deciding?.layer === earliest)
      .toSorted((a, b) => (b.deciding?.log10Lr ?? 0) - (a.deciding?.log10Lr ?? 0))[0]
  }
  const main = mainOf(fared)
  const stopped = pageInVain(main) ?? stalledLoad(fared)
  if (stopped !== undefined) return stopped
  const reached = main.filter(({ state }) => state === 'reachable')
  const doubtful = main.filter(({ state }) => state === 'inconclusive')
  if (reached.length > doubtful.length) return best(reached)
  return doubtful[0] ?? main.find(({ state }) => state === 'unreachable') ?? fared[0]
}

/**
 * A main endpoint whose page did not come, where no other page did: a handshake alone does not show that what is
 * asked for comes too.
 */
function pageInVain(main: readonly Fared[]): Fared | undefined {
  const asked = main.filter(({ deciding }) => deciding?.layer === 'http')
  return asked.some(({ state }) => state === 'reachable')
    ? undefined
    : asked.find(({ state }) => state === 'inconclusive')
}

/** An endpoint whose downloads stop under every name, where those of no other endpoint went on. */
function stalledLoad(fared: readonly Fared[]): Fared | undefined {
  const loaded = fared.filter(({ findings }) =>
    findings.some(({ grounds }) => grounds.some(({ fact }) => fact === 'throughput.down')),
  )
  const isStalled = ({ deciding }: Fared): boolean => deciding?.rule === 'throughput.stalls-alike'
  return loaded.every(isStalled) ? loaded[0] : undefined
}

/** The completed exchange that shows most. */
const best = (reached: readonly Fared[]): Fared | undefined =>
  reached.find(({ deciding }) => deciding?.layer === 'http') ??
  reached.find(({ deciding }) => deciding?.layer === 'tls') ??
  reached[0]

/** `unreachable` applies to a service if no main endpoint was reached and every one fails for the control too. */
function kindOf(one: Fared, fared: readonly Fared[]): Finding['state'] {
  if (one.state === 'untested') return 'inconclusive'
  if (one.state !== 'unreachable') return one.state
  return mainOf(fared).every(({ state }) => state === 'unreachable') ? 'unreachable' : 'inconclusive'
}
