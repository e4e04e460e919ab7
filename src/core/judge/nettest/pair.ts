import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { Observation, TlsObservation } from '../../model/measured/observation.ts'
import type { Tables } from '../../model/tables/tables.ts'
import type { Verdict } from '../../model/measured/verdict.ts'
import { explainedRefusal, judgeInterception, refusalBesideControl } from '../layer/certificate.ts'
import { combine } from '../combine.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { isCertificateRefusal, isNetworkFailure } from '../line.ts'
import { handshakeFailure, handshakeValues, innocentGround } from '../layer/tls.ts'

/** The server spoke TLS: the handshake completed, or only its certificate was for another name. */
const answered = (row: TlsObservation): boolean =>
  row.failure === undefined || row.failure.code === 'ssl_invalid_hostname'

/**
 * Judges sni_blocking: the target name and a control name sent to the same address. A server that answers
 * either name with a certificate of its own was reached; the difference is in the handshake alone.
 */
export function judgePair(head: MeasurementHead, observations: readonly Observation[], tables: Tables): Verdict {
  const rows = observations.filter((row) => row.kind === 'tls' && row.side === 'probe')
  const target = rows.find((row) => row.kind === 'tls' && row.role === 'target')
  const innocents = rows.filter((row) => row.kind === 'tls' && row.role === 'innocent')
  const tested = rows.length
  const failed = rows.filter((row) => row.failure !== undefined).length
  const parts = { endpoints: { tested, failed }, rulesVersion: tables.rulesVersion }
  if (target?.kind !== 'tls') {
    const missing = ['operations', 'pair'] as const
    return combine({
      ...parts,
      kind: 'inconclusive',
      rule: 'test.no-operations',
      findings: lowerLayers(observations),
      missing,
    })
  }
  const deciding = judgeTarget(
    head,
    target,
    innocents.filter((row) => row.kind === 'tls'),
    tables,
  )
  return combine({ ...parts, kind: deciding.state, deciding, rule: deciding.rule, findings: [deciding] })
}

function judgeTarget(
  head: MeasurementHead,
  target: TlsObservation,
  innocents: readonly TlsObservation[],
  tables: Tables,
): Finding {
  const intercepted = judgeInterception({ head, tables }, { index: 0 }, target)
  if (intercepted !== undefined) return intercepted
  if (answered(target))
    return finding('tls', 'reachable', 'tls.completes', {
      grounds: [ground('tls.completed', 'context', handshakeValues(target), target)],
    })
  const code = target.failure?.code ?? 'unknown_failure'
  const refusal = { hop: 0, row: target, name: target.name ?? '' }
  const explained = isCertificateRefusal(code) ? explainedRefusal(head, refusal) : undefined
  if (explained !== undefined) return explained
  if (!isNetworkFailure(code))
    return finding('tls', 'inconclusive', 'line.own-failure', {
      mechanism: 'fault.client',
      grounds: [ground('line.own-failure', 'decisive', { failure: code }, target)],
    })
  const look = handshakeFailure(code)
  const innocent = innocents.find((row) => row.address === target.address && answered(row)) ?? innocents.find(answered)
  const said = ground(
    look?.fact ?? 'tls.certificate-refused',
    'decisive',
    { ...handshakeValues(target), issuer: target.certificates[0]?.issuerName ?? '' },
    target,
  )
  if (innocent !== undefined) {
    // On another address of the test's host the trigger is not proved, and the control is only inferred.
    const sameAddress = innocent.address === target.address
    const passed = sameAddress
      ? innocentGround(innocent, target)
      : ground('provider.exchange-passed', 'control', { name: innocent.name ?? '' }, innocent)
    const halvings = sameAddress ? [] : (['inferred-control'] as const)
    // The name is sent to a server that does not hold it, and that may show a certificate of its own, also one that no one accepts.
    if (look === undefined && target.certificates.length > 0 && target.nameMatches === false)
      return finding('tls', 'inconclusive', 'tls.no-control', {
        grounds: [said, passed],
        missing: ['second-measurement'],
      })
    if (look === undefined) return refusalBesideControl(head, refusal, { grounds: [passed], halvings })
    return finding('tls', 'interfered', look.rule, {
      mechanism: sameAddress ? look.paired : look.mechanism,
      grounds: [said, passed],
      halvings: [...look.halvings, ...halvings],
    })
  }
  const failedToo = innocents.find((row) => row.failure !== undefined)
  return finding('tls', 'inconclusive', failedToo === undefined ? 'tls.no-control' : 'tls.control-fails-too', {
    mechanism: look?.mechanism,
    grounds:
      failedToo === undefined
        ? [said]
        : [said, ground('tls.innocent-failed', 'control', handshakeValues(failedToo), failedToo)],
    missing: ['pair'],
  })
}

/** Without a handshake only the layers below are known, and nothing follows from them. */
function lowerLayers(observations: readonly Observation[]): readonly Finding[] {
  const row = observations.find((one) => (one.kind === 'tcp' || one.kind === 'dns') && one.failure !== undefined)
  if (row === undefined || (row.kind !== 'tcp' && row.kind !== 'dns')) return []
  const failure = row.failure?.code
  return [
    row.kind === 'tcp'
      ? finding('tcp', 'inconclusive', 'tcp.no-control', {
          grounds: [ground('tcp.failed', 'decisive', { address: row.address, port: row.port, failure }, row)],
        })
      : finding('dns', 'inconclusive', 'dns.failure-no-control', {
          grounds: [ground('dns.failed', 'decisive', { name: row.name, failure }, row)],
        }),
  ]
}
