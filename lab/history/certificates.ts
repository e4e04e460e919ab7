import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { DAY_MS } from '../../src/core/model/duration.ts'
import { bits, explicit, implicit, integer, octets, oid, printable, sequence, setOf, text, time, truth } from './der.ts'

/** Who a certificate names; a country is two capital letters. */
export interface Party {
  readonly commonName: string
  readonly organisation?: string
  readonly country?: string
}

/** Validity in milliseconds since 1970. */
interface Validity {
  readonly notBefore: number
  readonly notAfter: number
}

const ED25519 = oid('1.3.101.112')
const ROOT: Party = { commonName: 'Kuager Simulated Root', organisation: 'Kuager simulator' }
const INTERMEDIATE: Party = { commonName: 'Kuager Simulated Authority 1', organisation: 'Kuager simulator' }
/** Named like the issuer seen in Kazakhstan in 2021 to 2024, with keys of our own: docs/methods/judging.md, interception. */
const STATE: Party = { commonName: 'Information Security Certification Authority', organisation: 'ISCA', country: 'KZ' }
const PORTAL: Party = { commonName: 'portal.example', organisation: 'Simulated hotel' }

/** Which chain a server shows: `genuine` and `expired` from the simulated authority, the others from whoever sits between. */
export type ChainKind = 'genuine' | 'expired' | 'state' | 'portal'

/** Chains of the simulated servers: Ed25519 throughout, because its signatures are deterministic (RFC 8032). */
export interface CertificateShelf {
  /** Base64 of DER, leaf first; the same for a host all through one month. */
  chain(host: string, kind: ChainKind, at: number): readonly string[]
}

/** Opens the shelf; keys depend on the seed alone. */
export function createCertificateShelf(seed: number): CertificateShelf {
  const keys = new Map<string, KeyObject>()
  const keyOf = (name: string): KeyObject => {
    const key = keys.get(name) ?? deriveKey(seed, name)
    keys.set(name, key)
    return key
  }
  const issue = (subject: Party, issuer: Party, validity: Validity, names: readonly string[]): string =>
    makeCertificate({
      subject,
      issuer,
      validity,
      names,
      publicKey: keyOf(subject.commonName),
      signingKey: keyOf(issuer.commonName),
    })
  const made = new Map<string, readonly string[]>()
  return {
    chain(host, kind, at) {
      const month = Math.floor(at / (30 * DAY_MS)) * 30 * DAY_MS
      const slot = `${host} ${kind} ${month}`
      const chain = made.get(slot) ?? makeChain(host, kind, month, issue)
      made.set(slot, chain)
      return chain
    },
  }
}

type Issue = (subject: Party, issuer: Party, validity: Validity, names: readonly string[]) => string

function makeChain(host: string, kind: ChainKind, month: number, issue: Issue): readonly string[] {
  const current = { notBefore: month - 20 * DAY_MS, notAfter: month + 70 * DAY_MS }
  const long = { notBefore: month - 900 * DAY_MS, notAfter: month + 2000 * DAY_MS }
  const leaf = { commonName: host }
  switch (kind) {
    case 'genuine':
      return [issue(leaf, INTERMEDIATE, current, [host]), issue(INTERMEDIATE, ROOT, long, [])]
    case 'expired': {
      const past = { notBefore: month - 100 * DAY_MS, notAfter: month - 10 * DAY_MS }
      return [issue(leaf, INTERMEDIATE, past, [host]), issue(INTERMEDIATE, ROOT, long, [])]
    }
    case 'state':
      return [issue(leaf, STATE, current, [host]), issue(STATE, STATE, current, [])]
    case 'portal':
      return [issue(PORTAL, PORTAL, long, [PORTAL.commonName])]
  }
}

/** Private key of Ed25519 from 32 bytes of a digest. Form: RFC 8410 §7. */
function deriveKey(seed: number, name: string): KeyObject {
  const secret = createHash('sha256').update(`key\n${seed}\n${name}`).digest()
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

/** One certificate, base64 of DER. An empty list of names makes an authority. Form: RFC 5280 §4.1. */
export function makeCertificate(wanted: {
  readonly subject: Party
  readonly issuer: Party
  readonly validity: Validity
  readonly names: readonly string[]
  readonly publicKey: KeyObject
  readonly signingKey: KeyObject
}): string {
  const serial = createHash('sha256')
    .update(`${wanted.subject.commonName}\n${wanted.issuer.commonName}\n${wanted.validity.notBefore}`)
    .digest()
    .subarray(0, 16)
  const extension = (id: string, critical: boolean, value: Uint8Array): Uint8Array =>
    sequence(oid(id), ...(critical ? [truth] : []), octets(value))
  const use =
    wanted.names.length === 0
      ? extension('2.5.29.19', true, sequence(truth))
      : extension(
          '2.5.29.17',
          false,
          sequence(...wanted.names.map((name) => implicit(2, new TextEncoder().encode(name)))),
        )
  const body = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(serial),
    sequence(ED25519),
    nameOf(wanted.issuer),
    sequence(time(wanted.validity.notBefore), time(wanted.validity.notAfter)),
    nameOf(wanted.subject),
    createPublicKey(wanted.publicKey).export({ format: 'der', type: 'spki' }),
    explicit(3, sequence(use)),
  )
  const signature = sign(null, body, wanted.signingKey)
  return Buffer.from(sequence(body, sequence(ED25519), bits(signature))).toString('base64')
}

function nameOf(party: Party): Uint8Array {
  const part = (id: string, value: Uint8Array): Uint8Array => setOf(sequence(oid(id), value))
  return sequence(
    ...(party.country === undefined ? [] : [part('2.5.4.6', printable(party.country))]),
    ...(party.organisation === undefined ? [] : [part('2.5.4.10', text(party.organisation))]),
    part('2.5.4.3', text(party.commonName)),
  )
}
