import type { CertificateFacts, QuicObservation, TlsObservation } from '../../model/measured/observation.ts'
import type { Interception, Tables } from '../../model/tables/tables.ts'

export interface InterceptionMatch {
  readonly interception: Interception
  readonly certificate: CertificateFacts
}

/**
 * The first certificate of a chain that is, or was issued by, a known interception authority. Expiry does not
 * matter: intermediates have been used after it (docs/methods/judging.md, interception).
 */
export function interceptionOf(
  certificates: readonly CertificateFacts[],
  tables: Tables,
): InterceptionMatch | undefined {
  const { digests, names } = marksOf(tables.interceptions)
  for (const certificate of certificates) {
    const { sha256, sha1, issuerName } = certificate
    if (!names.has(issuerName) && !digests.has(sha256) && !digests.has(sha1)) continue
    for (const interception of tables.interceptions)
      if (isIssuedBy(certificate, interception)) return { interception, certificate }
  }
  return undefined
}

/** By what any of the authorities is known; made once a table. Of nearly every certificate nothing is among them. */
interface Marks {
  readonly digests: ReadonlySet<string>
  readonly names: ReadonlySet<string>
}
const MARKS = new WeakMap<readonly Interception[], Marks>()

function marksOf(interceptions: readonly Interception[]): Marks {
  const known = MARKS.get(interceptions)
  if (known !== undefined) return known
  const marks = {
    digests: new Set(interceptions.flatMap(({ sha256, sha1 }) => [...sha256, ...sha1])),
    names: new Set(interceptions.flatMap(({ issuer_names: names }) => names)),
  }
  MARKS.set(interceptions, marks)
  return marks
}

function isIssuedBy(certificate: CertificateFacts, known: Interception): boolean {
  if (known.sha256.includes(certificate.sha256) || known.sha1.includes(certificate.sha1)) return true
  if (!known.issuer_names.includes(certificate.issuerName)) return false
  if (known.issuer_organisation !== undefined && known.issuer_organisation !== certificate.issuerOrganisation)
    return false
  return known.issuer_country === undefined || known.issuer_country === certificate.issuerCountry
}

/** Whether a completed handshake proves the name: verified by the probe or by our second look, by no interceptor's word. */
export const provesName = (row: TlsObservation | QuicObservation, tables: Tables): boolean =>
  row.failure === undefined &&
  (row.verified || (row.chain === 'trusted' && row.nameMatches === true)) &&
  interceptionOf(row.certificates, tables) === undefined
