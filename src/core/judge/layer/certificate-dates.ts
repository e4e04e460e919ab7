import { orUndefined } from '../../model/errors.ts'
import { DAY_MS } from '../../model/duration.ts'
import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { CertificateFacts, QuicObservation, TlsObservation } from '../../model/measured/observation.ts'
import type { Tables } from '../../model/tables/tables.ts'
import { parseInstant, type Instant } from '../../model/units.ts'
import { isCertificateRefusal } from '../line.ts'
import { interceptionOf } from './interception.ts'

type Handshake = TlsObservation | QuicObservation
type Span = Pick<CertificateFacts, 'notBefore' | 'notAfter'>

/** Whether a certificate is not valid at an instant by its dates. */
export const isOutOfDate = ({ notBefore, notAfter }: Span, at: Instant): boolean => at < notBefore || at > notAfter

/** A run lasts days at most after its report was opened. */
const LONGEST_RUN = 7 * DAY_MS
/** A result is sent later at times, under a report that is then opened: after weeks, seldom more. */
const LATEST_SENT = 90 * DAY_MS

/** Other times that a measurement gives: start of its run, opening of its report, its arrival. */
interface Times {
  readonly run: Instant | undefined
  readonly report: Instant | undefined
  readonly received: Instant | undefined
}

const timesOf = ({ runStart, reportId, measurementUid }: MeasurementHead): Times => ({
  run: timeOf(runStart),
  report: timeInName(reportId),
  received: timeInName(measurementUid),
})

/** A time inside a name that a server gave: `20250301T150000Z_…` of a report, `20250301150000.123456_…` of a measurement. */
function timeInName(name: string | undefined): Instant | undefined {
  const parts = name === undefined ? null : /^(\d{4})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)(?:Z|\.)/.exec(name)
  return parts === null ? undefined : timeOf(`${parts.slice(1, 4).join('-')} ${parts.slice(4).join(':')}`)
}

const timeOf = (text: string | undefined): Instant | undefined =>
  text === undefined ? undefined : orUndefined(() => parseInstant(text))

/**
 * Whether the times of one measurement contradict each other: it begins after it arrived, a week after the run that it is
 * part of, or months before its report was opened. Wrong when: a result was sent many months later.
 */
export function isClockInDoubt(head: MeasurementHead): boolean {
  const { startedAt } = head
  const { run, report, received } = timesOf(head)
  return (
    (run !== undefined && Math.abs(startedAt - run) > LONGEST_RUN) ||
    (report !== undefined && (startedAt - report > LONGEST_RUN || report - startedAt > LATEST_SENT)) ||
    (received !== undefined && (startedAt - received > DAY_MS || received - startedAt > 2 * LATEST_SENT))
  )
}

/** Whether a certificate that has expired at the stated start is valid at another time that the measurement gives. */
export function isValidAtAnotherTime(head: MeasurementHead, span: Span): boolean {
  if (head.startedAt <= span.notAfter) return false
  const { run, report, received } = timesOf(head)
  return [run, report, received].some((at) => at !== undefined && !isOutOfDate(span, at))
}

/**
 * Organisations that issue certificates for public websites or did since 2013, as the issuer names of their intermediates
 * write them. Source: issuers of the Common CA Database (CCADB), as seen in certificates. A name proves nothing: it only
 * says that a certificate which came alone may be what it says it is.
 */
const ORGANISATIONS: ReadonlySet<string> = new Set(
  [
    'Actalis S.p.A./03358520967|Actalis S.p.A.|Amazon|AffirmTrust|Apple Inc.|Asseco Data Systems S.A.|Baltimore',
    'Buypass AS-983163327|certSIGN|Certigna|Certplus|CERTSIGN SA|COMODO CA Limited|Cloudflare, Inc.|CloudFlare, Inc.',
    'cPanel, Inc.|Cybertrust Japan Co., Ltd.|D-Trust GmbH|Deutsche Telekom Security GmbH|DHIMYOTIS|DigiCert Inc',
    'DigiCert, Inc.|DigiCert Ireland Limited|Dreamcommerce S.A.|Entrust, Inc.|Entrust Limited|eMudhra Technologies Limited',
    'Gandi|GEANT Vereniging|GeoTrust Inc.|GeoTrust, Inc.|GlobalSign nv-sa|GoDaddy.com, Inc.|GoDaddy Inc.|Google Inc',
    'Google Trust Services|Google Trust Services LLC|Hellenic Academic and Research Institutions CA|IdenTrust|Internet2',
    "IZENPE S.A.|Let's Encrypt|Microsoft Corporation|NAVER Cloud Trust Services Corp.|Network Solutions L.L.C.",
    'Nazwa.pl sp. z o.o.|QuoVadis Limited|SECOM Trust Systems CO.,LTD.|Sectigo Limited|SSL Corporation|SSL.com',
    'Starfield Technologies, Inc.|StartCom Ltd.|SwissSign AG|Symantec Corporation|T-Systems International GmbH|TAIWAN-CA',
    'TeliaSonera|Telia Finland Oyj|TERENA|thawte, Inc.|Thawte, Inc.|Trust Provider B.V.|TrustAsia Technologies, Inc.',
    'Trustwave Holdings, Inc.|TrustSign Certificadora Digital|Unizeto Technologies S.A.|VeriSign, Inc.|WoSign CA Limited',
    'ZeroSSL',
  ].flatMap((line) => line.split('|')),
)

/** Whether a certificate says that it was issued by an authority for public websites. */
export const isPublicIssuer = ({ issuerOrganisation, selfSigned }: CertificateFacts): boolean =>
  !selfSigned && ORGANISATIONS.has(issuerOrganisation)

/** The leaf, where the first certificate kept is one. */
export const leafOf = (row: Handshake): CertificateFacts | undefined =>
  row.certificates[0]?.isAuthority === true && !row.certificates[0].selfSigned ? undefined : row.certificates[0]

/**
 * A certificate of the right name from a public authority that is out of date and nothing else: another edge of the
 * service, or an origin that renewed a moment later. Its chain verifies but for its dates; or it came without the rest of
 * the chain, and its issuer is a public one by name. Wrong when: an interceptor uses an expired certificate and borrows
 * the name of a public issuer.
 */
export function isMerelyExpired(row: Handshake, { startedAt }: MeasurementHead): boolean {
  const leaf = leafOf(row)
  if (leaf === undefined || row.nameMatches !== true) return false
  return row.chain === 'expired' || (row.chain === 'unanchored' && startedAt > leaf.notAfter && isPublicIssuer(leaf))
}

/** A refused certificate that is the service's own: out of date, or refused by a store of roots that is too old. */
export const isGenuine = (row: Handshake, head: MeasurementHead, tables: Tables): boolean =>
  row.failure !== undefined &&
  isCertificateRefusal(row.failure.code) &&
  interceptionOf(row.certificates, tables) === undefined &&
  ((row.chain === 'trusted' && row.nameMatches === true) || isMerelyExpired(row, head))
