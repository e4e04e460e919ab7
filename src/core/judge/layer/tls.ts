import type { FailureCode } from '../../model/measured/failure.ts'
import type { Mechanism } from '../../model/measured/mechanism.ts'
import type { TlsObservation } from '../../model/measured/observation.ts'
import { onOwnPath, type Case, type Hop } from '../case.ts'
import { judgeCertificateRefusal, judgeInterception } from './certificate.ts'
import { tlsControl } from './handshake-control.ts'
import { finding, ground, type Finding, type Halving } from '../finding.ts'
import { provesName } from './interception.ts'
import { isCertificateRefusal, isNetworkFailure, isReset, isTimeout } from '../line.ts'
import type { RuleId } from '../rules.ts'
import type { Fact } from '../../model/measured/verdict.ts'

interface HandshakeFailure {
  readonly rule: RuleId
  readonly fact: Fact
  /** Without a pair, and with one: the name is then proved to be the trigger. */
  readonly mechanism: Mechanism | undefined
  readonly paired: Mechanism | undefined
  readonly halvings: readonly Halving[]
}

/** What a handshake that failed after the connection was made looks like. Undefined for a refused certificate. */
export function handshakeFailure(code: FailureCode): HandshakeFailure | undefined {
  if (isTimeout(code)) return shape('tls.silence', 'tls.silent', 'tls.timeout', 'tls.timeout.sni')
  if (isReset(code)) return shape('tls.reset', 'tls.reset', 'tls.reset', 'tls.reset.sni')
  if (code === 'eof_error') return shape('tls.close', 'tls.closed', 'tls.close', 'tls.close.sni')
  if (code === 'ssl_alert' || code === 'ssl_failed_handshake')
    return shape('tls.alert', 'tls.alert', 'tls.alert', 'tls.alert.sni', ['alert'])
  if (code === 'ssl_non_tls_bytes') return shape('tls.not-tls', 'tls.not-tls', 'tls.injected', 'tls.injected')
  return isCertificateRefusal(code)
    ? undefined
    : shape('tls.failure', 'tls.failed', undefined, undefined, ['no-handshake-rows'])
}

function shape(
  rule: RuleId,
  fact: Fact,
  mechanism: Mechanism | undefined,
  paired: Mechanism | undefined,
  halvings: readonly Halving[] = [],
): HandshakeFailure {
  return { rule, fact, mechanism, paired, halvings }
}

/** Seconds between the start of a handshake and its failure, where both are recorded. */
export function waited(row: TlsObservation): number | undefined {
  if (row.startedAt === undefined || row.endedAt === undefined) return undefined
  return Math.round((row.endedAt - row.startedAt) * 10) / 10
}

export const handshakeValues = (row: TlsObservation): Record<string, string | number | undefined> => ({
  name: row.name,
  address: row.address,
  seconds: waited(row),
  failure: row.failure?.code,
})

/** Handshakes of the person's own path that sent the hop's name, to the port of its URL. */
function ownTlsRows(hop: Hop): readonly TlsObservation[] {
  return hop.tls.filter(
    (row) =>
      row.role === 'target' &&
      onOwnPath(row) &&
      (row.name === undefined || hop.host === undefined || row.name === hop.host) &&
      (row.port === undefined || hop.port === undefined || row.port === hop.port),
  )
}

/** Judges the handshakes of one hop; undefined where none was recorded. */
export function judgeTls(it: Case, hop: Hop): Finding | undefined {
  const rows = ownTlsRows(hop)
  const first = rows[0]
  if (first === undefined) return undefined
  for (const row of rows) {
    const intercepted = judgeInterception(it, hop, row)
    if (intercepted !== undefined) return intercepted
  }
  const completed = rows.find((row) => provesName(row, it.tables)) ?? rows.find((row) => row.failure === undefined)
  if (completed !== undefined) {
    const said = ground('tls.completed', 'context', handshakeValues(completed), completed)
    if (provesName(completed, it.tables))
      return finding('tls', 'reachable', 'tls.completes', { hop: hop.index, grounds: [said] })
    // The run did not verify certificates: anyone may have completed it.
    return finding('tls', 'inconclusive', 'tls.no-control', {
      hop: hop.index,
      grounds: [{ ...said, role: 'decisive' }],
      missing: ['control.tls'],
    })
  }
  const failed = rows.filter((row) => row.failure !== undefined && isNetworkFailure(row.failure.code))
  const refused = failed.find((row) => row.failure !== undefined && isCertificateRefusal(row.failure.code))
  if (refused !== undefined) return judgeCertificateRefusal(it, hop, refused)
  const row = failed[0]
  if (row?.failure === undefined)
    return finding('tls', 'inconclusive', 'line.own-failure', {
      hop: hop.index,
      mechanism: 'fault.client',
      grounds: [ground('line.own-failure', 'decisive', { failure: first.failure?.code }, first)],
    })
  return judgeHandshakeFailure(it, hop, failed, row.failure.code)
}

function judgeHandshakeFailure(it: Case, hop: Hop, failed: readonly TlsObservation[], code: FailureCode): Finding {
  const look = handshakeFailure(code)
  const row = failed[0]! // the caller found one
  if (look === undefined) return judgeCertificateRefusal(it, hop, row)
  const said = ground(look.fact, 'decisive', handshakeValues(row), row)
  const pair = innocentPassed(it, row)
  const detail = { hop: hop.index, mechanism: pair === undefined ? look.mechanism : look.paired }
  const control = tlsControl(it, hop, failed)
  const grounds = [said, ...(pair === undefined ? [] : [pair]), ...control.grounds]
  switch (control.kind) {
    case 'passed':
      return finding('tls', 'interfered', look.rule, {
        ...detail,
        grounds,
        missing: pair === undefined ? ['pair'] : [],
        halvings: [...look.halvings, ...control.halvings],
      })
    case 'failed':
      return finding('tls', control.isDown ? 'unreachable' : 'inconclusive', 'tls.control-fails-too', {
        ...detail,
        grounds,
      })
    case 'absent':
      if (pair !== undefined)
        return finding('tls', 'interfered', look.rule, { ...detail, grounds, halvings: look.halvings })
      return finding('tls', 'inconclusive', 'tls.no-control', {
        ...detail,
        grounds,
        missing: [it.control.present ? 'control.tls' : 'control', 'pair'],
      })
  }
}

/** The control half of a pair that passed, and how many seconds before the target, where both times are recorded. */
export function innocentGround(innocent: TlsObservation, target: TlsObservation): Finding['grounds'][number] {
  const apart =
    innocent.startedAt === undefined || target.startedAt === undefined
      ? undefined
      : Math.round((target.startedAt - innocent.startedAt) * 10) / 10
  const values = { name: innocent.name ?? '', address: innocent.address ?? '', seconds: apart }
  return ground('tls.innocent-passed', 'control', values, innocent)
}

/** Another name that completed on the same address in the same run: the control half of a pair. */
function innocentPassed(it: Case, target: TlsObservation): Finding['grounds'][number] | undefined {
  if (target.address === undefined) return undefined
  for (const hop of it.hops)
    for (const row of hop.tls) {
      if (row.failure !== undefined || row.address !== target.address) continue
      if (row.name === undefined || row.name === target.name) continue
      return innocentGround(row, target)
    }
  return undefined
}
