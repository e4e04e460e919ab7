import { hash, type X509Certificate } from 'node:crypto'
import type { CertificateFacts } from '../core/model/measured/observation.ts'
import { instant, parseSha256, type Instant } from '../core/model/units.ts'
import { MAX_NAMES } from '../core/x509/der-extensions.ts'

/** `CN=a\nO=b` as node prints a name: the last value of each attribute. */
function attribute(name: string | undefined, key: string): string {
  const found = (name ?? '').split('\n').filter((line) => line.startsWith(`${key}=`))
  return (found.at(-1) ?? '').slice(key.length + 1, key.length + 1 + 300)
}

/** Names of the extension, `DNS:a, IP Address:b`; quoted entries are JSON texts. */
function alternativeNames(text: string | undefined): readonly string[] {
  const names: string[] = []
  for (const match of (text ?? '').matchAll(/(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g)) {
    const raw = match[1]!.trim() // the pattern has one group, always matched
    names.push(raw.startsWith('"') ? raw.slice(1, -1) : raw)
    if (names.length === MAX_NAMES) break
  }
  return names
}

const instantOf = (date: Date): Instant => {
  const at = date.getTime()
  if (Number.isNaN(at)) throw new RangeError('a certificate without dates')
  return instant(at)
}

/** Both digests by which certificates are known. */
export const digestsOf = (der: Uint8Array): Pick<CertificateFacts, 'sha256' | 'sha1'> => ({
  sha256: parseSha256(hash('sha256', der, 'hex')),
  sha1: hash('sha1', der, 'hex'),
})

/** What a certificate says of itself, as node:crypto tells it; `der` are its bytes. Throws RangeError without dates. */
export function x509Facts(x509: X509Certificate, der: Uint8Array): CertificateFacts {
  const { subject, issuer } = x509
  const subjectName = attribute(subject, 'CN')
  const names = alternativeNames(x509.subjectAltName)
  return {
    ...digestsOf(der),
    subjectName,
    issuerName: attribute(issuer, 'CN'),
    issuerOrganisation: attribute(issuer, 'O'),
    issuerCountry: attribute(issuer, 'C'),
    names: names.length > 0 || subjectName === '' ? names : [subjectName],
    serial: x509.serialNumber.toLowerCase(),
    notBefore: instantOf(x509.validFromDate),
    notAfter: instantOf(x509.validToDate),
    isAuthority: x509.ca,
    selfSigned: subject === issuer && x509.checkIssued(x509),
  }
}
