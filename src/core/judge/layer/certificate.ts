import type { TlsObservation } from '../../model/measured/observation.ts'
import { controlAnswered, type Case, type Hop } from '../case.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { interceptionOf } from './interception.ts'
import { isUnresolved, tlsControl } from './handshake-control.ts'
import { filterOf } from './own-filter.ts'
import {
  isClockInDoubt,
  isMerelyExpired,
  isOutOfDate,
  isPublicIssuer,
  isValidAtAnotherTime,
  leafOf,
} from './certificate-dates.ts'

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
  const filter = filterOf(row.certificates)
  if (filter === 'device')
    return finding('tls', 'inconclusive', 'http.own-filter', {
      ...hopDetail,
      mechanism: 'fault.client',
      grounds: [ground('http.own-filter', 'decisive', { fingerprint: issuer }, row)],
      settled: true,
    })
  const clock = code === 'ssl_invalid_hostname' ? undefined : judgeClock(it, hop, row)
  if (clock !== undefined) return clock
  const control = tlsControl(it, hop, [row])
  const refused = ground('tls.certificate-refused', 'decisive', { name, issuer, failure: code }, row)
  const page = it.control.http
  if (control.kind === 'failed' || (control.kind === 'absent' && page?.failure !== undefined)) {
    const isDown =
      control.kind === 'failed'
        ? control.isDown
        : page !== undefined && !controlAnswered(it.control) && !isUnresolved(page)
    return finding('tls', isDown ? 'unreachable' : 'inconclusive', 'tls.certificate-of-origin', {
      ...hopDetail,
      mechanism: 'fault.service',
      grounds: [refused, ...control.grounds],
      settled: true,
    })
  }
  if (leaf !== undefined && isMerelyExpired(row, it.head))
    return finding('tls', 'inconclusive', 'tls.certificate-expired-here', {
      ...hopDetail,
      mechanism: 'fault.service',
      grounds: [
        ground('tls.certificate-expired', 'decisive', { name, issuer, date: day(leaf.notAfter) }, row),
        ...control.grounds,
      ],
      settled: true,
    })
  if (control.kind === 'absent')
    return finding('tls', 'inconclusive', 'tls.no-control', {
      ...hopDetail,
      mechanism: 'tls.mitm',
      grounds: [refused],
      missing: [it.control.present ? 'control.tls' : 'control'],
    })
  // A certificate that cannot be read is not another certificate: it may be the service's own, and merely expired.
  if (row.unreadable === true)
    return finding('tls', 'inconclusive', 'tls.no-control', {
      ...hopDetail,
      grounds: [refused, ...control.grounds],
      missing: ['second-measurement'],
    })
  return finding('tls', 'interfered', 'tls.certificate-refused', {
    ...hopDetail,
    mechanism: code === 'ssl_unknown_authority' || leaf?.selfSigned === true ? 'tls.mitm.unknown_ca' : 'tls.mitm',
    grounds: [refused, ...control.grounds],
    // Without the server's own certificate a second look is impossible.
    halvings: [
      ...control.halvings,
      ...(leaf === undefined ? (['no-certificate'] as const) : []),
      ...(filter === 'line' ? (['household-answer'] as const) : []),
    ],
  })
}

/**
 * The clock of the probe, named before anything else: a certificate of the right name that is not valid yet, or that is
 * valid at another time the measurement gives; or, where nothing of the certificate is known, times that contradict.
 */
function judgeClock(it: Case, hop: Hop, row: TlsObservation): Finding | undefined {
  const { head } = it
  const leaf = leafOf(row)
  const isGenuine =
    leaf !== undefined &&
    row.nameMatches === true &&
    (row.chain === 'expired' || (row.chain === 'unanchored' && isPublicIssuer(leaf)))
  const isDated = isGenuine && (head.startedAt < leaf.notBefore || isValidAtAnotherTime(head, leaf))
  const isDoubtful = isClockInDoubt(head) && (leaf === undefined || (isGenuine && isOutOfDate(leaf, head.startedAt)))
  if (!isDated && !isDoubtful) return undefined
  return finding('tls', 'inconclusive', 'tls.clock', {
    hop: hop.index,
    mechanism: 'fault.client',
    grounds: [ground('line.clock', 'decisive', { date: day(head.startedAt) }, row)],
    settled: true,
  })
}
