import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { TlsObservation } from '../../model/measured/observation.ts'
import type { Ground } from '../../model/measured/verdict.ts'
import { controlAnswered, type Case, type Hop } from '../case.ts'
import { finding, ground, type Finding, type Halving } from '../finding.ts'
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

/** Where a handshake was seen, and the row that has its refused certificate. */
interface Refusal {
  readonly hop: number
  readonly row: TlsObservation
  readonly name: string
}

const refusedGround = ({ row, name }: Refusal): Ground =>
  ground(
    'tls.certificate-refused',
    'decisive',
    { name, issuer: leafOf(row)?.issuerName ?? '', failure: row.failure?.code },
    row,
  )

/** A refusal that the probe itself explains, also beside a control that passes: old roots, a program of the device, the clock. */
export function explainedRefusal(head: MeasurementHead, { hop, row, name }: Refusal): Finding | undefined {
  const issuer = leafOf(row)?.issuerName ?? ''
  const client = { hop, mechanism: 'fault.client', settled: true } as const
  if (row.chain === 'trusted' && row.nameMatches !== false)
    return finding('tls', 'inconclusive', 'tls.stale-roots', {
      ...client,
      grounds: [ground('tls.chain-trusted-today', 'decisive', { name, issuer }, row)],
    })
  if (filterOf(row.certificates) === 'device')
    return finding('tls', 'inconclusive', 'http.own-filter', {
      ...client,
      grounds: [ground('http.own-filter', 'decisive', { fingerprint: issuer }, row)],
    })
  return row.failure?.code === 'ssl_invalid_hostname' ? undefined : judgeClock(head, hop, row)
}

/** A certificate of the right name, and of a public authority, that is merely out of date. */
function expiredRefusal(
  head: MeasurementHead,
  { hop, row, name }: Refusal,
  control: readonly Ground[],
): Finding | undefined {
  const leaf = leafOf(row)
  if (leaf === undefined || !isMerelyExpired(row, head)) return undefined
  const said = { name, issuer: leaf.issuerName, date: day(leaf.notAfter) }
  return finding('tls', 'inconclusive', 'tls.certificate-expired-here', {
    hop,
    mechanism: 'fault.service',
    grounds: [ground('tls.certificate-expired', 'decisive', said, row), ...control],
    settled: true,
  })
}

/** A refused certificate where a control got one that verifies: `control` says so, `halvings` how far it may be trusted. */
export function refusalBesideControl(
  head: MeasurementHead,
  refusal: Refusal,
  { grounds, halvings }: { readonly grounds: readonly Ground[]; readonly halvings: readonly Halving[] },
): Finding {
  const { hop, row } = refusal
  const expired = expiredRefusal(head, refusal, grounds)
  if (expired !== undefined) return expired
  const said = [refusedGround(refusal), ...grounds]
  // A certificate that cannot be read is not another certificate: it may be the service's own, and merely expired.
  if (row.unreadable === true)
    return finding('tls', 'inconclusive', 'tls.no-control', { hop, grounds: said, missing: ['second-measurement'] })
  const leaf = leafOf(row)
  const isUnknown = row.failure?.code === 'ssl_unknown_authority' || leaf?.selfSigned === true
  return finding('tls', 'interfered', 'tls.certificate-refused', {
    hop,
    mechanism: isUnknown ? 'tls.mitm.unknown_ca' : 'tls.mitm',
    grounds: said,
    // Without the server's own certificate a second look is impossible.
    halvings: [
      ...halvings,
      ...(leaf === undefined ? (['no-certificate'] as const) : []),
      ...(filterOf(row.certificates) === 'line' ? (['household-answer'] as const) : []),
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
  const refusal = { hop: hop.index, row, name: row.name ?? hop.host ?? '' }
  const explained = explainedRefusal(it.head, refusal)
  if (explained !== undefined) return explained
  const control = tlsControl(it, hop, [row])
  const refused = refusedGround(refusal)
  const page = it.control.http
  if (control.kind === 'failed' || (control.kind === 'absent' && page?.failure !== undefined)) {
    const isDown =
      control.kind === 'failed'
        ? control.isDown
        : page !== undefined && !controlAnswered(it.control) && !isUnresolved(page)
    return finding('tls', isDown ? 'unreachable' : 'inconclusive', 'tls.certificate-of-origin', {
      hop: hop.index,
      mechanism: 'fault.service',
      grounds: [refused, ...control.grounds],
      settled: true,
    })
  }
  if (control.kind === 'passed') return refusalBesideControl(it.head, refusal, control)
  return (
    expiredRefusal(it.head, refusal, control.grounds) ??
    finding('tls', 'inconclusive', 'tls.no-control', {
      hop: hop.index,
      mechanism: 'tls.mitm',
      grounds: [refused],
      missing: [it.control.present ? 'control.tls' : 'control'],
    })
  )
}

/**
 * The clock of the probe, named before anything else: a certificate of the right name that is not valid yet, or that is
 * valid at another time the measurement gives; or, where nothing of the certificate is known, times that contradict.
 */
function judgeClock(head: MeasurementHead, hop: number, row: TlsObservation): Finding | undefined {
  const leaf = leafOf(row)
  const isGenuine =
    leaf !== undefined &&
    row.nameMatches === true &&
    (row.chain === 'expired' || (row.chain === 'unanchored' && isPublicIssuer(leaf)))
  const isDated = isGenuine && (head.startedAt < leaf.notBefore || isValidAtAnotherTime(head, leaf))
  const isDoubtful = isClockInDoubt(head) && (leaf === undefined || (isGenuine && isOutOfDate(leaf, head.startedAt)))
  if (!isDated && !isDoubtful) return undefined
  return finding('tls', 'inconclusive', 'tls.clock', {
    hop,
    mechanism: 'fault.client',
    grounds: [ground('line.clock', 'decisive', { date: day(head.startedAt) }, row)],
    settled: true,
  })
}
