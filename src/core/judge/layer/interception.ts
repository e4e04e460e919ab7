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
  for (const certificate of certificates)
    for (const interception of tables.interceptions)
      if (isIssuedBy(certificate, interception)) return { interception, certificate }
  return undefined
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
