import { defined } from '../../model/defined.ts'
import { InputError } from '../../model/errors.ts'
import { instant, type Instant } from '../../model/units.ts'
import { encodeHex } from '../hex.ts'
import {
  authorityOf,
  DIGITAL_SIGNATURE,
  keyUsageOf,
  NON_REPUDIATION,
  purposesOf,
  readAlgorithm,
  readPem,
  type Certificate,
  formatName,
  sameName,
} from './certificate.ts'
import { checkChain } from './certificate-chain.ts'
import {
  constructed,
  expectTag,
  members,
  readDer,
  readInteger,
  readOid,
  refuseDer,
  sameContent,
  sequenceOf,
  TAG,
  type Der,
} from './der.ts'
import { HASHES, OID } from './oids.ts'
import { checkSignature } from './signature.ts'
import { stampProblem, refuseStamp, type StampProblem } from './stamp-problem.ts'
import { plain, type Subtle } from './subtle.ts'
import { readQuery } from './time-query.ts'
import { readTimeReply, type TimeReply } from './time-reply.ts'

export interface StampTools {
  /** WebCrypto's, of Node or of a browser. */
  readonly subtle: Subtle
}

export interface StampClaim {
  /** Whole reply of the authority. */
  readonly reply: Uint8Array
  /** The query it answers: its nonce, and its policy where it asks for one, have to come back. */
  readonly query?: Uint8Array
  /** SHA-256 of what is said to be stamped, 32 bytes. */
  readonly sha256: Uint8Array
  /** PEM of the authority's chain; the last certificate is the root, and it alone is trusted. */
  readonly chainPem: string
  /** Policy that is asked for where the query does not. */
  readonly policy?: string
  /** Now, by the clock of the verifier: a stamp of a later time is refused. */
  readonly at?: Instant
}

export interface GoodStamp {
  readonly ok: true
  /** When the authority says that it had the digest. */
  readonly genTime: Instant
  readonly accuracyMs?: number
  readonly policy: string
  /** Serial number of the stamp in hexadecimal. */
  readonly serial: string
  /** Name of the signer's certificate and of the root; words of a third party. */
  readonly signer: string
  readonly root: { readonly name: string; readonly sha256: string }
}

export interface BadStamp {
  readonly ok: false
  readonly problem: StampProblem
  /** A sentence for the operator; may hold words of a third party. */
  readonly found?: string
}

/** How far a clock may be behind that of the authority. */
const CLOCKS_APART_MS = 600_000

/**
 * Checks that an authority stamped these data: status, imprint, nonce, policy, signed attributes, the one certificate
 * that they name, its purpose, its signature, and a chain to the pinned root that was valid at the time of the stamp.
 * RFC 3161 §2.4.2, RFC 5816, RFC 5652 §5.4. Gives the first problem; never throws for what it was given.
 *
 * BUG: revocation is not asked. A key of an authority that was stolen stamps any time until its root is unpinned: that
 * is why there are two authorities.
 */
export async function verifyReply(claim: StampClaim, { subtle }: StampTools): Promise<GoodStamp | BadStamp> {
  try {
    const reply = readTimeReply(claim.reply)
    checkQuery(reply, claim)
    const signer = findSigner(reply, claim.chainPem)
    await checkAttributes(reply, signer, subtle)
    checkPurpose(signer)
    const chain = readPem(claim.chainPem)
    const root = chain.at(-1)
    if (root === undefined || !sameContent(root.subject, root.issuer))
      throw refuseStamp('root', 'the chain ends with no certificate that signs itself')
    const { publicKey } = signer
    const { algorithm, hash, signature, message } = reply.signer
    if (!(await checkSignature({ publicKey, algorithm, hash, signature, message }, subtle)))
      throw refuseStamp('signature', 'the signature is not of the signer')
    const { genTime } = reply.info
    await checkChain({ signer, between: [...reply.certificates, ...chain.slice(0, -1)], root, at: genTime }, subtle)
    return await goodStamp(reply, signer, root, subtle)
  } catch (error) {
    if (error instanceof InputError) return { ok: false, problem: stampProblem(error), found: error.message }
    throw error
  }
}

async function goodStamp(reply: TimeReply, signer: Certificate, root: Certificate, subtle: Subtle): Promise<GoodStamp> {
  const { genTime, accuracyMs, policy, serial } = reply.info
  return {
    ok: true,
    genTime: instant(genTime),
    ...defined({ accuracyMs }),
    policy,
    serial: encodeHex(serial),
    signer: formatName(signer.subject),
    root: { name: formatName(root.subject), sha256: encodeHex(await digest('SHA-256', root.der, subtle)) },
  }
}

const digest = async (hash: string, bytes: Uint8Array, subtle: Subtle): Promise<Uint8Array> =>
  new Uint8Array(await subtle.digest(hash, plain(bytes)))

function checkQuery({ info }: TimeReply, { query, sha256, policy, at }: StampClaim): void {
  const asked = query === undefined ? undefined : readQuery(query)
  for (const { hash, digest: found } of [info.imprint, ...(asked === undefined ? [] : [asked.imprint])])
    if (hash !== 'SHA-256' || !sameContent(found, sha256)) throw refuseStamp('imprint', 'it is a stamp of other data')
  if (asked?.nonce !== undefined && (info.nonce === undefined || !sameContent(info.nonce, asked.nonce)))
    throw refuseStamp('nonce', 'it answers another query')
  const wanted = asked?.policy ?? policy
  if (wanted !== undefined && info.policy !== wanted) throw refuseStamp('policy', `it is under policy ${info.policy}`)
  if (at !== undefined && info.genTime > at + CLOCKS_APART_MS)
    throw refuseStamp('time', `it says ${new Date(info.genTime).toISOString()}, which is still to come`)
}

/** The signer's certificate: in the reply, else in the chain that was given. */
function findSigner({ certificates, signer, info }: TimeReply, chainPem: string): Certificate {
  const named = (all: readonly Certificate[]): readonly Certificate[] =>
    all.filter((one) => sameContent(one.issuer, signer.issuer) && sameContent(one.serial, signer.serial))
  const within = named(certificates)
  const [found, ...more] = within.length > 0 ? within : named(readPem(chainPem))
  if (found === undefined || more.some(({ der }) => !sameContent(der, found.der)))
    throw refuseStamp('signer', 'there is not one certificate of the signer')
  if (info.authority !== undefined && !isNamed(found, info.authority))
    throw refuseStamp('signer', 'the stamp names another authority than the certificate')
  return found
}

/** Whether a general name is the subject of a certificate or one of its alternative names. RFC 3161 §2.4.2. */
function isNamed({ subject, extensions }: Certificate, name: Der): boolean {
  if (name.tag === constructed(4) && sameName(name.content, subject)) return true
  const others = extensions.get(OID.subjectAltName)
  return (
    others !== undefined &&
    sequenceOf(readDer(others.value), 'names').some(({ whole }) => sameContent(whole, name.whole))
  )
}

/** The signed attributes are of this content, and name this certificate. RFC 5652 §11, RFC 2634 §5.4, RFC 5035 §3. */
async function checkAttributes(reply: TimeReply, signer: Certificate, subtle: Subtle): Promise<void> {
  const { attributes, hash } = reply.signer
  const type = attributes.get(OID.contentType)
  const stated = attributes.get(OID.messageDigest)
  if (type === undefined || readOid(type) !== OID.tstInfo)
    throw refuseStamp('content', 'the signed attributes are of other content')
  if (stated?.tag !== TAG.octetString || !sameContent(stated.content, await digest(hash, reply.content, subtle)))
    throw refuseStamp('content', 'the signed attributes have the digest of another stamp')
  const first = attributes.get(OID.signingCertificate)
  const second = attributes.get(OID.signingCertificateV2)
  if (first === undefined && second === undefined) throw refuseStamp('ess', 'no certificate is named by the signature')
  if (first !== undefined) await checkNamed(first, { version: 1, signer }, subtle)
  if (second !== undefined) await checkNamed(second, { version: 2, signer }, subtle)
}

/** The first certificate that the attribute names is the signer's. Version 1 names it by SHA-1, which is only a name here. */
async function checkNamed(
  attribute: Der,
  { version, signer }: { readonly version: 1 | 2; readonly signer: Certificate },
  subtle: Subtle,
): Promise<void> {
  const [list] = sequenceOf(attribute, 'a certificate id')
  const [first] = sequenceOf(list, 'a certificate id')
  const parts = [...sequenceOf(first, 'a certificate id')]
  let hash: string = version === 1 ? 'SHA-1' : 'SHA-256'
  if (version === 2 && parts[0]?.tag === TAG.sequence) {
    const { oid } = readAlgorithm(parts[0])
    const known = HASHES[oid]
    if (known === undefined) throw refuseStamp('digest', `hash algorithm ${oid} is not accepted`)
    hash = known
    parts.shift()
  }
  const [named, place, ...more] = parts
  if (more.length > 0) throw refuseDer('a certificate id')
  const { content } = expectTag(named, TAG.octetString, 'a certificate id')
  const other =
    !sameContent(content, await digest(hash, signer.der, subtle)) || (place !== undefined && !isPlace(place, signer))
  if (other) throw refuseStamp('ess', 'the signature names another certificate')
}

/** Issuer as general names with one directory name, and serial number. */
function isPlace(place: Der, { issuer, serial }: Certificate): boolean {
  const [names, number, ...more] = sequenceOf(place, 'issuer and serial number')
  if (names === undefined || more.length > 0) return false
  const [only, ...others] = members(names)
  if (only === undefined || others.length > 0 || only.tag !== constructed(4)) return false
  return sameContent(only.content, issuer) && sameContent(readInteger(number), serial)
}

/** A certificate for time stamps and nothing else, and says so as critical. RFC 3161 §2.3. */
function checkPurpose(signer: Certificate): void {
  const refuse = (found: string): InputError => refuseStamp('purpose', `the signer's certificate ${found}`)
  const purposes = purposesOf(signer)
  if (purposes === undefined || !purposes.includes(OID.timeStamping)) throw refuse('is not for time stamps')
  if (purposes.length > 1) throw refuse('is not for time stamps alone')
  if (signer.extensions.get(OID.extendedKeyUsage)?.critical !== true)
    throw refuse('does not say its purpose as critical')
  const usage = keyUsageOf(signer)
  const signs = DIGITAL_SIGNATURE | NON_REPUDIATION
  if (usage !== undefined && ((usage & signs) === 0 || (usage & ~signs) !== 0))
    throw refuse('is for other uses of its key')
  if (authorityOf(signer) !== undefined) throw refuse('is that of an authority over certificates')
}
