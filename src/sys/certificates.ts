import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import type { CertificateFacts, ChainState } from '../model/observation.ts'
import type { Instant } from '../model/units.ts'
import type { Certificates } from '../observe/certificates.ts'
import { readCertificate } from './der-certificate.ts'
import { factsOf } from './x509-facts.ts'

/** Base64 characters of one certificate that are looked at; real ones have at most about 20,000. */
const LONGEST = 64 * 1024
/** Base64 characters of all certificates remembered. */
const BUDGET = 8 * 1024 * 1024
/** Certificates of one chain, and signature checks for it: what a stranger can make us compute. */
const MAX_CHAIN = 10
const MAX_CHECKS = 24

interface Known {
  readonly facts: CertificateFacts
  readonly x509: () => X509Certificate
}
/** A text that was looked at, and what it is, where it is a certificate. */
interface Seen {
  readonly derBase64: string
  readonly known: Known | undefined
}
interface Window {
  readonly from: Instant
  readonly until: Instant
}

/** A certificate of which only the facts are asked, as for nearly all, is never decoded by node:crypto. */
function decode(derBase64: string): Known | undefined {
  if (derBase64.length > LONGEST) return undefined
  const read = readCertificate(Buffer.from(derBase64, 'base64'))
  if (read !== undefined) return { facts: read, x509: remembered(() => open(derBase64)) }
  try {
    const x509 = open(derBase64)
    // The certificate's own bytes: what follows it in the input is no part of it.
    return { facts: factsOf(x509, x509.raw), x509: () => x509 }
  } catch {
    return undefined
  }
}

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

type Reached = { readonly anchored: readonly (readonly Window[])[]; readonly broken: boolean }

/**
 * Every path from the leaf to a pinned root, as the validity windows on it. Source: RFC 5280 §6.1, signatures,
 * names, authority flags and dates; a root is trusted as pinned, without its dates.
 * BUG: name constraints, path lengths and key usages are not checked: a chain that breaks only those counts as
 * trusted here. Consequence: a misissued subordinate would hide a forgery; none is known in the field's data.
 */
function reach(chain: readonly Known[], roots: Roots, onRoot: OnRoot | undefined): Reached {
  const anchored: (readonly Window[])[] = []
  let checks = 0
  let broken = false
  const signedBy = (child: X509Certificate, parent: X509Certificate): boolean =>
    ++checks <= MAX_CHECKS && child.verify(parent.publicKey)
  const lookUp = (name: string): readonly X509Certificate[] => {
    const found = roots.get(name) ?? []
    for (const root of found) onRoot?.(root.toString())
    return found
  }
  const climb = (node: Known, path: readonly Window[], used: ReadonlySet<Known>): void => {
    const windows = [...path, { from: node.facts.notBefore, until: node.facts.notAfter }]
    const x509 = node.x509()
    const same = lookUp(x509.subject)
    if (same.some((root) => root.fingerprint256 === x509.fingerprint256)) {
      anchored.push(path)
      return
    }
    const named = chain.filter((one) => !used.has(one) && one.facts.isAuthority && one.x509().subject === x509.issuer)
    const pins = lookUp(x509.issuer)
    const signingPins = pins.filter((root) => signedBy(x509, root))
    const signing = named.filter((parent) => signedBy(x509, parent.x509()))
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
export function openCertificates(pinned: readonly string[] = rootCertificates, onRoot?: OnRoot): Certificates {
  // About 150 roots: parsed when a chain first needs them.
  let roots: Roots | undefined
  const seen = new Map<string, Seen>()
  let weight = 0
  const forget = (end: string, one: Seen): void => {
    seen.delete(end)
    weight -= one.derBase64.length
  }
  const look = (derBase64: string): Known | undefined => {
    // Found by its end, the signature, in which hardly two are alike: hashing all of it would cost as much as reading it.
    const end = derBase64.slice(-48)
    const before = seen.get(end)
    if (before?.derBase64 === derBase64) return before.known
    const known = decode(derBase64)
    if (derBase64.length > LONGEST) return known
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
        return stateOf(
          reach(
            known.filter((one) => one !== undefined),
            (roots ??= rootsBySubject(pinned)),
            onRoot,
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
