import type { CertificateFacts, TlsObservation } from '../../model/measured/observation.ts'
import { controlAnswered, type Case, type Hop } from '../case.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { interceptionOf } from './interception.ts'
import { tlsControl } from './handshake-control.ts'

const day = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** A known interception authority in the chain: direct evidence that needs no control. */
export function judgeInterception(
  it: Pick<Case, 'head' | 'tables'>,
  hop: Pick<Hop, 'index'>,
  row: TlsObservation,
): Finding | undefined {
  const match = interceptionOf(row.certificates, it.tables)
  if (match === undefined) return undefined
  const expired = it.head.startedAt > match.certificate.notAfter
  return finding('tls', 'interfered', 'tls.interception-issuer', {
    hop: hop.index,
    mechanism: 'tls.mitm.ca_signed',
    grounds: [
      ground(
        expired ? 'tls.interception-issuer-expired' : 'tls.interception-issuer',
        'decisive',
        { issuer: match.certificate.issuerName, name: row.name ?? '' },
        row,
      ),
    ],
  })
}

/** The leaf, where the first certificate kept is one. */
export const leafOf = (row: TlsObservation): CertificateFacts | undefined =>
  row.certificates[0]?.isAuthority === true && !row.certificates[0].selfSigned ? undefined : row.certificates[0]

/**
 * A certificate that the probe refused. It differs from the control only where the control accepted one, and
 * only where a second look at the chain does not explain the refusal by the probe, its clock or the origin.
 */
export function judgeCertificateRefusal(it: Case, hop: Hop, row: TlsObservation): Finding {
  const intercepted = judgeInterception(it, hop, row)
  if (intercepted !== undefined) return intercepted
  const code = row.failure?.code ?? 'ssl_invalid_certificate'
  const leaf = leafOf(row)
  const name = row.name ?? hop.host ?? ''
  const issuer = leaf?.issuerName ?? ''
  const hopDetail = { hop: hop.index }
  if (row.chain === 'trusted' && row.nameMatches !== false)
    return finding('tls', 'inconclusive', 'tls.stale-roots', {
      ...hopDetail,
      mechanism: 'fault.client',
      grounds: [ground('tls.chain-trusted-today', 'decisive', { name, issuer }, row)],
      settled: true,
    })
  const control = tlsControl(it, hop, [row])
  const refused = ground('tls.certificate-refused', 'decisive', { name, issuer, failure: code }, row)
  if (control.kind === 'failed' || (control.kind === 'absent' && it.control.http?.failure !== undefined)) {
    const state = controlAnswered(it.control) ? 'inconclusive' : 'unreachable'
    return finding('tls', state, 'tls.certificate-of-origin', {
      ...hopDetail,
      mechanism: 'fault.service',
      grounds: [refused, ...control.grounds],
      settled: true,
    })
  }
  if (leaf !== undefined && row.chain === 'expired' && row.nameMatches === true) {
    const early = it.head.startedAt < leaf.notBefore
    return finding('tls', 'inconclusive', early ? 'tls.clock' : 'tls.certificate-expired-here', {
      ...hopDetail,
      mechanism: early ? 'fault.client' : 'fault.service',
      grounds: [
        early
          ? ground('line.clock', 'decisive', { date: day(it.head.startedAt) }, row)
          : ground('tls.certificate-expired', 'decisive', { name, issuer, date: day(leaf.notAfter) }, row),
        ...control.grounds,
      ],
      settled: true,
    })
  }
  if (control.kind === 'absent')
    return finding('tls', 'inconclusive', 'tls.no-control', {
      ...hopDetail,
      mechanism: 'tls.mitm',
      grounds: [refused],
      missing: [it.control.present ? 'control.tls' : 'control'],
    })
  return finding('tls', 'interfered', 'tls.certificate-refused', {
    ...hopDetail,
    mechanism: code === 'ssl_unknown_authority' || leaf?.selfSigned === true ? 'tls.mitm.unknown_ca' : 'tls.mitm',
    grounds: [refused, ...control.grounds],
    halvings: control.halvings,
  })
}
