import { sha1 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { LaterCertificates } from '../../core/derive/rederive.ts'
import { parseCertificate as readSigned, type Certificate } from '../../core/evidence/time-stamp/certificate.ts'
import { readOid, readWholeBits, sequenceOf } from '../../core/evidence/time-stamp/der.ts'
import { checkSignature } from '../../core/evidence/time-stamp/signature.ts'
import type { Subtle } from '../../core/evidence/time-stamp/subtle.ts'
import { InputError } from '../../core/model/errors.ts'
import type { CertificateFacts } from '../../core/model/measured/observation.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { chainStateOf, MAX_CHAIN, type Anchors, type Link } from '../../core/x509/chain-state.ts'
import { readCertificate } from '../../core/x509/der-certificate.ts'
import { nameKey } from '../../core/x509/der-name.ts'
import { hexText } from '../../core/x509/der-reader.ts'
import { cryptography } from './tools.ts'

/** Base64 characters of one certificate that are read, as on the server. */
const LONGEST = 64 * 1024
/** Certificates that are remembered; a bundle shows the same few again and again. */
const MOST_REMEMBERED = 5000

const ED25519 = '1.3.101.112'

interface Known extends Link {
  readonly facts: CertificateFacts
  readonly der: Uint8Array
}

/**
 * The certificate decoder of a browser. Facts are read at once; signatures are checked by WebCrypto (those of Ed25519,
 * which not every browser knows, by a library), which answers later: they are collected, `settle` checks them, and the
 * measurement is then judged again. Roots are those given, as PEM. What this decoder cannot read or check, and a server
 * might, is counted in `unsure`. No untrusted input makes it throw.
 */
export function laterCertificates(pems: readonly string[], subtle: Subtle | undefined): LaterCertificates {
  return new Later(pems, subtle)
}

class Later implements LaterCertificates {
  readonly #subtle: Subtle | undefined
  readonly #roots = new Map<string, Known[]>()
  readonly #seen = new Map<string, Known | undefined>()
  readonly #asked = new Map<string, readonly [Known, Known]>()
  /** By child and parent; undefined where it cannot be checked here. */
  readonly #checked = new Map<string, boolean | undefined>()
  #unsure = 0

  constructor(pems: readonly string[], subtle: Subtle | undefined) {
    this.#subtle = subtle
    for (const pem of pems) {
      const root = this.#look(pem.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, ''))
      if (root === undefined) continue
      this.#roots.set(root.subject(), [...(this.#roots.get(root.subject()) ?? []), root])
    }
  }

  get pending(): number {
    return this.#asked.size
  }

  get unsure(): number {
    return this.#unsure
  }

  describe(derBase64: string): CertificateFacts | undefined {
    return this.#look(derBase64)?.facts
  }

  chainState(chain: readonly string[], at: Parameters<LaterCertificates['chainState']>[1]) {
    if (chain.length === 0) return 'none'
    const known = chain.slice(0, MAX_CHAIN).map((one) => this.#look(one))
    if (known[0] === undefined) return 'broken'
    const links = known.filter((one) => one !== undefined)
    return chainStateOf(links, this.#anchors, at)
  }

  async settle(): Promise<void> {
    const asked = [...this.#asked]
    this.#asked.clear()
    for (const [pair, [child, parent]] of asked) this.#checked.set(pair, await this.#check(child, parent))
  }

  readonly #anchors: Anchors<Known, Known> = {
    roots: (subject) => this.#roots.get(subject) ?? [],
    isRoot: (one, root) => one.facts.sha256 === root.facts.sha256,
    signedByRoot: (child, root) => this.#signedBy(child, root),
    signedBy: (child, parent) => this.#signedBy(child, parent),
  }

  #signedBy(child: Known, parent: Known): boolean {
    const pair = `${child.facts.sha256} ${parent.facts.sha256}`
    if (!this.#checked.has(pair)) {
      this.#asked.set(pair, [child, parent])
      return false
    }
    const signed = this.#checked.get(pair)
    if (signed === undefined) this.#unsure++
    return signed === true
  }

  async #check(child: Known, parent: Known): Promise<boolean | undefined> {
    try {
      const { algorithm, signature, signed } = readSigned(child.der)
      const { publicKey } = readSigned(parent.der)
      if (algorithm.oid === ED25519) return cryptography.verify(ed25519Key(publicKey), signed, signature)
      if (this.#subtle === undefined) return undefined
      return await checkSignature({ publicKey, algorithm, signature, message: signed }, this.#subtle)
    } catch (error) {
      // A kind of key or signature that WebCrypto does not know, or that is too weak for anything new.
      if (error instanceof InputError) return undefined
      throw error
    }
  }

  #look(derBase64: string): Known | undefined {
    if (derBase64.length > LONGEST) return undefined
    if (!this.#seen.has(derBase64)) {
      const [oldest] = this.#seen.keys()
      if (this.#seen.size >= MOST_REMEMBERED && oldest !== undefined) this.#seen.delete(oldest)
      this.#seen.set(derBase64, decode(derBase64))
    }
    const known = this.#seen.get(derBase64)
    // It may be a certificate of a shape that only a server reads.
    if (known === undefined && derBase64.startsWith('MI')) this.#unsure++
    return known
  }
}

/** The 32 bytes of a key of Ed25519; none where it is another key, which verifies nothing. RFC 8410 §4. */
function ed25519Key(publicKey: Certificate['publicKey']): Uint8Array {
  const [algorithm, key] = sequenceOf(publicKey, 'a public key')
  return readOid(sequenceOf(algorithm, 'a public key')[0]) === ED25519 ? readWholeBits(key) : new Uint8Array()
}

function decode(derBase64: string): Known | undefined {
  let der: Uint8Array
  try {
    der = Uint8Array.from(atob(derBase64), (letter) => letter.charCodeAt(0))
  } catch {
    return undefined
  }
  const read = readCertificate(der)
  if (read === undefined) return undefined
  const digests = {
    sha256: parseSha256(hexOf(sha256(der))),
    sha1: hexOf(sha1(der)),
  }
  const [subject, issuer] = [nameKey(der, read.subject), nameKey(der, read.issuer)]
  return { facts: { ...read.facts, ...digests }, der, subject: () => subject, issuer: () => issuer }
}

const hexOf = (bytes: Uint8Array): string => hexText(bytes, 0, bytes.length)
