import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { Observation } from '../../model/measured/observation.ts'
import type { Tables } from '../../model/tables/tables.ts'
import type { Ground, Verdict } from '../../model/measured/verdict.ts'
import { combine, inOrder } from '../combine.ts'
import { list } from '../layer/dns-control.ts'
import { dnsMechanism } from '../layer/dns-failure.ts'
import { finding, ground, type Finding, type Halving } from '../finding.ts'
import { httpMechanism } from '../layer/http.ts'
import { ignoredOnThisLine, isCertificateRefusal } from '../line.ts'
import { judgeArtefacts, otherOwner } from './messenger-artefact.ts'
import { sameBlock } from '../network.ts'
import { tcpMechanism } from '../layer/tcp.ts'
import { handshakeFailure, handshakeValues } from '../layer/tls.ts'
import { openUnits, type Unit } from '../unit.ts'
import { defectsOf, droppedByDefect } from './defects.ts'

/**
 * Parts whose members stand for one another: a few of them failing is said, and only half or more is judged. The
 * hosts of facebook_messenger are no pool: each has a work of its own.
 */
const POOLS: Readonly<Record<string, string>> = { telegram: 'datacenter', whatsapp: 'endpoint' }

/**
 * Judges a test of a messenger. It has no outside control: a sibling name of the same service that passes at the
 * same layer in the same run is the control. Source: docs/methods/judging.md, messengers.
 */
export function judgeMessenger(head: MeasurementHead, observations: readonly Observation[], tables: Tables): Verdict {
  const { rulesVersion } = tables
  // Signal's test also looks up a name that only tells whether the service is up: it carries nothing.
  const probe = observations.filter((row) => row.side === 'probe' && row.part !== 'uptime')
  const ignored = new Set(ignoredOnThisLine(probe))
  const defects = defectsOf(head, tables)
  const onLine = probe.filter((row) => !ignored.has(row))
  const dropped = onLine.filter((row) => droppedByDefect(row, defects) !== undefined)
  const opened = openUnits(onLine)
  const units = dropped.length === 0 ? opened : opened.filter((unit) => !unit.rows.some((row) => dropped.includes(row)))
  const failing = units.filter((unit) => unit.failed !== undefined)
  const cut = new Set(
    [...ignored].flatMap((row) => (row.kind === 'tls' ? [row.name] : row.kind === 'http' ? [row.host] : [])),
  )
  const passing = units.filter((unit) => unit.failed === undefined && unit.passed.size > 0 && !wasCut(unit, cut))
  const endpoints = { tested: failing.length + passing.length, failed: failing.length }
  const context = notes(ignored, dropped, defects)
  const parts = { endpoints, context, rulesVersion }

  const artefacts = judgeArtefacts(head, units, tables)
  const compared = failing.map((unit) => judgeUnit(unit, units, { pooled: POOLS[head.testName], tables }))
  const findings = [...artefacts, ...compared, ...passing.map(passedFinding)]
  const interfered = inOrder([...artefacts, ...compared]).find((one) => one.state === 'interfered')
  if (interfered !== undefined)
    return combine({ ...parts, kind: 'interfered', deciding: interfered, rule: interfered.rule, findings })
  const portal = artefacts.find((one) => one.settled === true)
  if (portal !== undefined)
    return combine({ ...parts, kind: 'inconclusive', deciding: portal, rule: portal.rule, findings })
  const first = inOrder(compared)[0]
  if (first !== undefined && !isMinority(failing, units, POOLS[head.testName]))
    return combine({
      ...parts,
      kind: 'inconclusive',
      deciding: first,
      rule: first.rule,
      findings,
      context: passing.length === 0 ? [ground('line.nothing-works', 'context'), ...context] : context,
      missing: ['outside-control'],
    })
  // A lookup alone is no exchange with the service.
  const exchanged = passing.some((unit) => unit.passed.has('tcp') || unit.passed.has('tls') || unit.passed.has('http'))
  if (exchanged && units.length > opened.length / 2) {
    const reached = inOrder(findings.filter((one) => one.state === 'reachable')).at(-1)
    const handshakes = passing.some((unit) => unit.passed.has('tls') || unit.passed.has('http'))
    return combine({
      ...parts,
      kind: 'reachable',
      ...(reached === undefined ? {} : { deciding: reached }),
      rule: reached?.rule ?? 'tcp.connects',
      findings,
      missing: handshakes ? [] : ['handshake-rows'],
    })
  }
  const missing = ['operations', 'outside-control'] as const
  if (dropped.length > 0) {
    const grounds = context.filter((one) => one.fact === 'defect.known' || one.fact === 'service.retired')
    const deciding = finding('app', 'inconclusive', 'defect.explains', {
      mechanism: 'fault.client',
      grounds: grounds.map((one) => ({ ...one, role: 'decisive' })),
      settled: true,
    })
    return combine({ ...parts, context: [], kind: 'inconclusive', deciding, rule: deciding.rule, findings, missing })
  }
  const rule = ignored.size > 0 ? 'line.own-failure' : 'test.no-operations'
  return combine({ ...parts, kind: 'inconclusive', rule, findings, missing })
}

/** An exchange that the machine itself interrupted shows nothing above the connection. */
const wasCut = (unit: Unit, cut: ReadonlySet<string | undefined>): boolean =>
  cut.has(unit.name) && !unit.passed.has('tls') && !unit.passed.has('http')

/** WhatsApp's endpoints are many and interchangeable: fewer than half of them failing leaves the service open. */
function isMinority(failing: readonly Unit[], units: readonly Unit[], pool: string | undefined): boolean {
  if (pool !== 'endpoint' || failing.some((unit) => unit.part !== pool)) return false
  return failing.length < units.filter((unit) => unit.part === 'endpoint').length / 2
}

function notes(
  ignored: ReadonlySet<Observation>,
  dropped: readonly Observation[],
  defects: ReturnType<typeof defectsOf>,
): readonly Ground[] {
  const said: Ground[] = []
  const row = [...ignored][0]
  if (row !== undefined)
    said.push(
      row.kind === 'tcp' && row.family === 6
        ? ground('line.no-ipv6', 'context', {}, row)
        : ground('line.own-failure', 'context', { failure: row.failure?.code }, row),
    )
  const lost = dropped[0]
  const defect = lost === undefined ? undefined : droppedByDefect(lost, defects)
  if (lost !== undefined && defect !== undefined)
    said.push(
      defect.kind === 'retired-host'
        ? ground('service.retired', 'context', { name: defect.hosts.join(', ') }, lost)
        : ground('defect.known', 'context', { defect: defect.id }, lost),
    )
  return said
}

const passedFinding = (unit: Unit): Finding => {
  const http = unit.http.find((row) => row.status !== undefined)
  if (http !== undefined)
    return finding('http', 'reachable', 'http.answers', {
      grounds: [ground('http.answered', 'context', { host: unit.name, status: http.status }, http)],
    })
  const tls = unit.tls.find((row) => row.failure === undefined)
  if (tls !== undefined)
    return finding('tls', 'reachable', 'tls.completes', {
      grounds: [ground('tls.completed', 'context', handshakeValues(tls), tls)],
    })
  const tcp = unit.tcp.find((row) => row.failure === undefined)
  if (tcp !== undefined)
    return finding('tcp', 'reachable', 'tcp.connects', {
      grounds: [ground('tcp.connected', 'context', { address: tcp.address, port: tcp.port }, tcp)],
    })
  // A lookup that answered and nothing more: it can be compared with nothing.
  const dns = unit.dns.find((row) => row.answers.length > 0)
  return finding('dns', 'inconclusive', 'dns.no-control', {
    grounds:
      dns === undefined
        ? []
        : [ground('dns.answered', 'context', { name: unit.name, addresses: list(dns.answers) }, dns)],
    missing: ['outside-control'],
  })
}

/** One failing member of a service, against its siblings. */
function judgeUnit(
  unit: Unit,
  units: readonly Unit[],
  { pooled, tables }: { readonly pooled: string | undefined; readonly tables: Tables },
): Finding {
  const { failed } = unit
  if (failed === undefined) return passedFinding(unit)
  const pool = units.filter((one) => one.part === unit.part)
  const broken = pool.filter((one) => one.failed !== undefined)
  const look = lookOf(unit)
  const missing = ['outside-control'] as const
  const count = ground('endpoints.failed', 'context', {
    tested: pool.length,
    failed: broken.length,
    part: unit.part,
  })
  const grounds = unit.part === pooled ? [look.said, count] : [look.said]
  if (unit.part === pooled && broken.length < pool.length / 2)
    return finding(failed.layer, 'inconclusive', 'part.few-fail', { mechanism: look.mechanism, grounds, missing })
  if (isCertificateRefusal(failed.failure.code)) return judgeRefusal(unit, units, tables)
  const sibling = failed.failure.code === 'android_dns_cache_no_data' ? undefined : siblingOf(unit, units)
  if (sibling !== undefined) {
    const pair = sibling.addresses.some((address) => unit.addresses.includes(address)) && failed.layer === 'tls'
    return finding(failed.layer, 'interfered', look.rule, {
      mechanism: pair ? look.paired : look.mechanism,
      grounds: [...grounds, siblingGround(sibling, failed.layer)],
      missing,
      halvings: look.halvings,
    })
  }
  const alone = unit.part === 'web' && units.some((one) => one.part === 'datacenter')
  const other = failed.layer === 'tls' && !alone ? plaintextPassed(unit, units) : undefined
  if (other !== undefined)
    return finding(failed.layer, 'interfered', look.rule, {
      mechanism: look.mechanism,
      grounds: [...grounds, ground('provider.exchange-passed', 'control', { name: other.name })],
      missing,
      halvings: [...look.halvings, 'no-outside-control'],
    })
  return finding(failed.layer, 'inconclusive', 'part.fails-alone', { mechanism: look.mechanism, grounds, missing })
}

/**
 * A certificate that was refused: a difference only where it and the answer both belong to another owner. The certificate
 * then shows whose server the resolver named.
 */
function judgeRefusal(unit: Unit, units: readonly Unit[], tables: Tables): Finding {
  const { said, mechanism } = lookOf(unit)
  const missing = ['outside-control'] as const
  const foreign = otherOwner(unit, units, tables)
  if (foreign === undefined)
    return finding(unit.failed?.layer ?? 'tls', 'inconclusive', 'part.fails-alone', {
      mechanism,
      grounds: [said],
      missing,
    })
  const { row, sibling } = foreign
  const issuer = row.certificates[0]?.issuerName ?? ''
  const answer = unit.dns.find(({ answers }) => answers.some(({ address }) => address === row.address)) ?? unit.dns[0]
  return finding('dns', 'interfered', 'dns.unmatched-refused', {
    mechanism: 'dns.forged',
    grounds: [
      ground('tls.certificate-other-name', 'decisive', { name: unit.name, issuer }, row),
      ground('dns.answered', 'decisive', { name: unit.name, addresses: list(answer?.answers ?? []) }, answer),
      siblingGround(sibling, sibling.passed.has('tls') ? 'tls' : 'tcp'),
    ],
    missing,
    halvings: ['no-outside-control'],
  })
}

/**
 * A sibling that passed the layer at which this one failed. Telegram's web page has none: its data centres speak
 * another protocol elsewhere, so the page alone stays inconclusive.
 */
function siblingOf(unit: Unit, units: readonly Unit[]): Unit | undefined {
  const layer = unit.failed?.layer
  const passes = units.filter((one) => one !== unit && layer !== undefined && one.passed.has(layer))
  if (unit.part === 'web' && units.some((one) => one.part === 'datacenter'))
    return passes.find((one) => one.part === 'web')
  if (unit.part === 'datacenter' && layer !== 'tcp') return passes.find((one) => one.part === 'datacenter')
  return passes.find((one) => one.part === unit.part) ?? passes[0]
}

/** Plaintext to the same name or address passed while its handshakes did not: the provider itself is up. */
function plaintextPassed(unit: Unit, units: readonly Unit[]): Unit | undefined {
  const near = (one: Unit): boolean =>
    one.name === unit.name ||
    one.addresses.some((address) => unit.addresses.some((other) => address === other || sameBlock(address, other)))
  return units.find((one) => near(one) && one.http.some((row) => row.scheme === 'http' && row.status !== undefined))
}

function siblingGround(sibling: Unit, layer: string): Ground {
  if (layer === 'tcp') {
    const row = sibling.tcp.find((one) => one.failure === undefined)
    const address = row?.address ?? sibling.addresses[0] ?? sibling.name
    return ground('tcp.connected', 'control', { address, port: row?.port ?? 443 }, row)
  }
  if (layer === 'dns') {
    const row = sibling.dns.find((one) => one.answers.length > 0)
    const addresses = list(row?.answers ?? [])
    return ground('dns.answered', 'control', { name: sibling.name, addresses }, row)
  }
  return ground('tls.sibling-passed', 'control', { name: sibling.name }, sibling.tls[0] ?? sibling.http[0])
}

interface Look {
  readonly rule: Finding['rule']
  readonly mechanism: Finding['mechanism']
  readonly paired: Finding['mechanism']
  readonly said: Ground
  readonly halvings: readonly Halving[]
}

function lookOf(unit: Unit): Look {
  const { failed } = unit
  if (failed === undefined) throw new TypeError(`unit ${unit.name} did not fail`)
  const { layer, failure, row } = failed
  const { code } = failure
  switch (layer) {
    case 'dns': {
      const mechanism = dnsMechanism(code)
      const halvings: readonly Halving[] = code === 'android_dns_cache_no_data' ? ['bare-android-error'] : []
      const said = ground('dns.failed', 'decisive', { name: unit.name, failure: code }, row)
      return { rule: 'dns.failure-sibling-resolves', mechanism, paired: mechanism, said, halvings }
    }
    case 'tcp': {
      const mechanism = tcpMechanism(code, true)
      const port = row.kind === 'tcp' ? row.port : 443
      const address = row.kind === 'tcp' ? row.address : unit.name
      const said = ground('tcp.failed', 'decisive', { address, port, failure: code }, row)
      return { rule: 'tcp.sibling-connects', mechanism, paired: mechanism, said, halvings: [] }
    }
    case 'tls': {
      const look = handshakeFailure(code)
      if (row.kind !== 'tls' || look === undefined) {
        const fact = isCertificateRefusal(code) ? 'tls.certificate-refused' : 'tls.failed'
        const said = ground(fact, 'decisive', { name: unit.name, address: '', issuer: '', failure: code }, row)
        const mechanism = isCertificateRefusal(code) ? 'tls.mitm' : look?.mechanism
        return { rule: 'tls.failure', mechanism, paired: mechanism, said, halvings: [] }
      }
      const said = ground(look.fact, 'decisive', { ...handshakeValues(row), name: row.name ?? unit.name }, row)
      return { rule: look.rule, mechanism: look.mechanism, paired: look.paired, said, halvings: look.halvings }
    }
    case 'http':
    case 'quic':
    case 'throughput':
    case 'tunnel':
    case 'app': {
      const mechanism = httpMechanism(code)
      const said = ground('http.failed', 'decisive', { host: unit.name, failure: code }, row)
      return { rule: 'http.failure', mechanism, paired: mechanism, said, halvings: [] }
    }
  }
}
