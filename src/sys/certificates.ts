import { hash, X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import type { CertificateFacts, ChainState } from '../model/observation.ts'
import { instant, parseSha256, type Instant } from '../model/units.ts'
import type { Certificates } from '../observe/certificates.ts'

/** Base64 characters of one certificate that are looked at; real ones have at most about 20,000. */
const LONGEST = 64 * 1024
/** Base64 characters of all certificates remembered. */
const BUDGET = 24 * 1024 * 1024
const MAX_NAMES = 500
/** Certificates of one chain, and signature checks for it: what a stranger can make us compute. */
const MAX_CHAIN = 10
const MAX_CHECKS = 24

interface Known {
  readonly x509: X509Certificate
  readonly facts: CertificateFacts
}
interface Window {
  readonly from: Instant
  readonly until: Instant
}

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

function factsOf(x509: X509Certificate, der: Uint8Array): CertificateFacts {
  const { subject, issuer } = x509
  const subjectName = attribute(subject, 'CN')
  const names = alternativeNames(x509.subjectAltName)
  return {
    sha256: parseSha256(hash('sha256', der, 'hex')),
    sha1: hash('sha1', der, 'hex'),
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

function decode(derBase64: string): Known | undefined {
  if (derBase64.length > LONGEST) return undefined
  try {
    const x509 = new X509Certificate(Buffer.from(derBase64, 'base64'))
    // The certificate's own bytes: what follows it in the input is no part of it.
    return { x509, facts: factsOf(x509, x509.raw) }
  } catch {
    return undefined
  }
}

type Roots = ReadonlyMap<string, readonly X509Certificate[]>

function rootsBySubject(pems: readonly string[]): Roots {
  const roots = new Map<string, X509Certificate[]>()
  for (const pem of pems) {
    const root = new X509Certificate(pem)
    roots.set(root.subject, [...(roots.get(root.subject) ?? []), root])
  }
  return roots
}

type Reached = { readonly anchored: readonly (readonly Window[])[]; readonly broken: boolean }

/**
 * Every path from the leaf to a pinned root, as the validity windows on it. Source: RFC 5280 §6.1, signatures,
 * names, authority flags and dates; a root is trusted as pinned, without its dates.
 * BUG: name constraints, path lengths and key usages are not checked: a chain that breaks only those counts as
 * trusted here. Consequence: a misissued subordinate would hide a forgery; none is known in the field's data.
 */
function reach(chain: readonly Known[], roots: Roots): Reached {
  const anchored: (readonly Window[])[] = []
  let checks = 0
  let broken = false
  const signedBy = (child: X509Certificate, parent: X509Certificate): boolean =>
    ++checks <= MAX_CHECKS && child.verify(parent.publicKey)
  const climb = (node: Known, path: readonly Window[], used: ReadonlySet<Known>): void => {
    const windows = [...path, { from: node.facts.notBefore, until: node.facts.notAfter }]
    if (roots.get(node.x509.subject)?.some((root) => root.fingerprint256 === node.x509.fingerprint256) === true) {
      anchored.push(path)
      return
    }
    const named = chain.filter(
      (one) => !used.has(one) && one.facts.isAuthority && one.x509.subject === node.x509.issuer,
    )
    const pins = roots.get(node.x509.issuer) ?? []
    const signingPins = pins.filter((root) => signedBy(node.x509, root))
    const signing = named.filter((parent) => signedBy(node.x509, parent.x509))
    for (const _ of signingPins) anchored.push(windows)
    for (const parent of signing) climb(parent, windows, new Set([...used, parent]))
    // Somebody carries the issuer's name, and nobody who does has signed this.
    if (named.length + pins.length > 0 && signing.length + signingPins.length === 0) broken = true
  }
  const leaf = chain[0]
  if (leaf !== undefined) climb(leaf, [], new Set([leaf]))
  return { anchored, broken }
}

function stateOf(reached: Reached, at: Instant): ChainState {
  const { anchored, broken } = reached
  if (anchored.some((path) => path.every((window) => window.from <= at && at <= window.until))) return 'trusted'
  if (anchored.length > 0) return 'expired'
  return broken ? 'broken' : 'unanchored'
}

/**
 * The certificate decoder of the server: node:crypto, the pinned roots (PEM; those of the bundled Node), a bounded memory of what was
 * seen. Bytes that are no certificate give undefined and `broken`; nothing a stranger sends makes it throw.
 */
export function openCertificates(pinned: readonly string[] = rootCertificates): Certificates {
  // About 150 roots: parsed when a chain first needs them.
  let roots: Roots | undefined
  const seen = new Map<string, Known | undefined>()
  let weight = 0
  const look = (derBase64: string): Known | undefined => {
    const known = seen.get(derBase64)
    if (known !== undefined || seen.has(derBase64)) return known
    const made = decode(derBase64)
    if (derBase64.length > LONGEST) return made
    for (const [oldest] of seen) {
      if (weight + derBase64.length <= BUDGET) break
      seen.delete(oldest)
      weight -= oldest.length
    }
    seen.set(derBase64, made)
    weight += derBase64.length
    return made
  }
  return {
    describe: (derBase64) => look(derBase64)?.facts,
    chainState: (chain, at) => {
      if (chain.length === 0) return 'none'
      const known = chain.slice(0, MAX_CHAIN).map(look)
      if (known[0] === undefined) return 'broken'
      try {
        return stateOf(
          reach(
            known.filter((one) => one !== undefined),
            (roots ??= rootsBySubject(pinned)),
          ),
          at,
        )
      } catch {
        // A key or signature of a kind that cannot be checked proves nothing.
        return 'unanchored'
      }
    },
  }
}
