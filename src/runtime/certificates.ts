import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import type { CertificateFacts } from '../core/model/measured/observation.ts'
import type { Certificates } from '../core/x509/certificates.ts'
import { chainStateOf, MAX_CHAIN, type Anchors, type Link } from '../core/x509/chain-state.ts'
import { readCertificate } from '../core/x509/der-certificate.ts'
import { digestsOf, x509Facts } from './x509-facts.ts'

/** Base64 characters of one certificate that are looked at; real ones have at most about 20,000. */
const LONGEST = 64 * 1024
/** Base64 characters of all certificates remembered. */
const BUDGET = 8 * 1024 * 1024
/** Certificates met last that are held until others take their place, and marks of those met before; powers of two. */
const RECENT = 32
const MARKS = 2 ** 14

interface Known extends Link {
  readonly facts: CertificateFacts
  readonly x509: () => X509Certificate
}
/** A text that was looked at, and what it is, where it is a certificate. */
interface Seen {
  readonly derBase64: string
  readonly known: Known | undefined
}

/** A certificate of which only the facts are asked, as for nearly all, is never decoded by node:crypto. */
function decode(derBase64: string): Known | undefined {
  if (derBase64.length > LONGEST) return undefined
  const bytes = Buffer.from(derBase64, 'base64')
  const read = readCertificate(bytes, bytes.toString('latin1'))
  if (read !== undefined && !read.selfIssued)
    return linkOf(
      { ...read.facts, ...digestsOf(bytes) },
      remembered(() => open(derBase64)),
    )
  try {
    const x509 = open(derBase64)
    // The certificate's own bytes: what follows it in the input is no part of it.
    return linkOf(x509Facts(x509, x509.raw), () => x509)
  } catch {
    return undefined
  }
}

/** A number for the end of a text; others may have the same one, which costs a place or a second reading. */
function markOf(end: string): number {
  let mark = 0x811c9dc5
  for (let at = 0; at < end.length; at++) mark = Math.imul(mark ^ end.charCodeAt(at), 0x01000193)
  return mark >>> 0
}

const linkOf = (facts: CertificateFacts, x509: () => X509Certificate): Known => ({
  facts,
  x509,
  subject: () => x509().subject,
  issuer: () => x509().issuer,
})

const open = (derBase64: string): X509Certificate => new X509Certificate(Buffer.from(derBase64, 'base64'))

function remembered<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
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

/** Told of every root that has the name of a certificate or of its issuer: without it the answer could be another. */
export type OnRoot = (pem: string) => void

/** What chains are checked against: signatures are checked by node:crypto. */
function anchorsOf(roots: Roots, onRoot: OnRoot | undefined): Anchors<Known, X509Certificate> {
  return {
    roots(subject) {
      const found = roots.get(subject) ?? []
      for (const root of found) onRoot?.(root.toString())
      return found
    },
    isRoot: (one, root) => root.fingerprint256 === one.x509().fingerprint256,
    signedByRoot: (child, root) => child.x509().verify(root.publicKey),
    signedBy: (child, parent) => child.x509().verify(parent.x509().publicKey),
  }
}

/**
 * The certificate decoder of the server: node:crypto, the pinned roots (PEM; those of the bundled Node), a bounded memory
 * of what was seen. Bytes that are no certificate give undefined and `broken`; nothing that an unknown sender sends
 * makes it throw.
 */
export function openCertificates(pinned: readonly string[] = rootCertificates, onRoot?: OnRoot): Certificates {
  // About 150 roots: parsed when a chain first needs them.
  let roots: Roots | undefined
  const seen = new Map<string, Seen>()
  let weight = 0
  // Most certificates of a file of many sites are met in one measurement only. They are not remembered: what is held for
  // long costs the collector of garbage more than reading it again once.
  const recent: (Seen | undefined)[] = Array.from({ length: RECENT })
  const marks = new Uint32Array(MARKS)
  const forget = (end: string, one: Seen): void => {
    seen.delete(end)
    weight -= one.derBase64.length
  }
  const look = (derBase64: string): Known | undefined => {
    // Found by its end, the signature, in which hardly two are alike: hashing all of it would cost as much as reading it.
    const end = derBase64.slice(-48)
    const before = seen.get(end)
    if (before?.derBase64 === derBase64) return before.known
    const mark = markOf(end)
    const last = recent[mark % RECENT]
    if (last?.derBase64 === derBase64) return last.known
    const known = decode(derBase64)
    if (derBase64.length > LONGEST) return known
    if (marks[mark % MARKS] !== mark) {
      marks[mark % MARKS] = mark
      recent[mark % RECENT] = { derBase64, known }
      return known
    }
    if (before !== undefined) forget(end, before)
    for (const [oldest, one] of seen) {
      if (weight + derBase64.length <= BUDGET) break
      forget(oldest, one)
    }
    seen.set(end, { derBase64, known })
    weight += derBase64.length
    return known
  }
  return {
    describe: (derBase64) => look(derBase64)?.facts,
    chainState: (chain, at) => {
      if (chain.length === 0) return 'none'
      const known = chain.slice(0, MAX_CHAIN).map(look)
      if (known[0] === undefined) return 'broken'
      try {
        roots ??= rootsBySubject(pinned)
        const links = known.filter((one) => one !== undefined)
        return chainStateOf(links, anchorsOf(roots, onRoot), at)
      } catch {
        // A key or signature of a kind that cannot be checked proves nothing.
        return 'unanchored'
      }
    },
  }
}
