import { readAlgorithm, readCertificates, type Algorithm, type Certificate } from './certificate.ts'
import {
  constructed,
  expectTag,
  members,
  Members,
  primitive,
  readBoolean,
  readDer,
  readInteger,
  readOid,
  readSmall,
  readTime,
  refuseDer,
  sequenceOf,
  TAG,
  type Der,
} from './der.ts'
import { HASHES, OID, type HashName } from './oids.ts'
import { refuseStamp } from './stamp-problem.ts'
import { readImprint, type Imprint } from './time-query.ts'

// Replies of a time-stamping authority: RFC 3161 §2.4.2, with the signed data of RFC 5652 §5.

/** Longer replies are refused: real ones have 1 to 10 KB. */
export const MOST_REPLY_BYTES = 65_536

/** What an authority states. */
export interface StampInfo {
  readonly policy: string
  readonly imprint: Imprint
  /** Content of the integer. */
  readonly serial: Uint8Array
  /** Milliseconds since 1970. */
  readonly genTime: number
  readonly accuracyMs?: number
  readonly nonce?: Uint8Array
  /** General name of the authority. */
  readonly authority?: Der
}

export interface TimeReply {
  /** 0 granted, 1 granted with modifications. */
  readonly status: 0 | 1
  readonly info: StampInfo
  /** Bytes that the digest in the signed attributes is of. */
  readonly content: Uint8Array
  readonly certificates: readonly Certificate[]
  readonly signer: SignerInfo
}

export interface SignerInfo {
  readonly issuer: Uint8Array
  readonly serial: Uint8Array
  readonly hash: HashName
  readonly algorithm: Algorithm
  /** Values of the signed attributes by object identifier, one each. */
  readonly attributes: ReadonlyMap<string, Der>
  /** Bytes that are signed: the attributes as a set. */
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/** Reads a whole reply. Throws InputError: with the problem `status` where the authority refused, `digest` for a weak hash. */
export function readTimeReply(bytes: Uint8Array): TimeReply {
  if (bytes.length > MOST_REPLY_BYTES) throw refuseDer(`at most ${MOST_REPLY_BYTES} bytes`)
  const parts = new Members(sequenceOf(readDer(bytes), 'a reply'), 'a reply')
  const status = readStatus(parts.take(TAG.sequence))
  const token = parts.take(TAG.sequence)
  parts.end()
  const outer = new Members(members(token), 'signed data')
  if (readOid(outer.take(TAG.oid)) !== OID.signedData) throw refuseDer('signed data')
  const signedData = readDer(outer.take(constructed(0)).content)
  outer.end()
  return { status, ...readSignedData(signedData) }
}

function readStatus(value: Der): 0 | 1 {
  const [status, ...rest] = members(value)
  const number = readSmall(status)
  if (number === 0 || number === 1) return number
  const failure = rest.find(({ tag }) => tag === TAG.bitString)
  const words = rest.find(({ tag }) => tag === TAG.sequence)
  const said =
    words === undefined
      ? ''
      : members(words)
          .map(({ content }) => new TextDecoder().decode(content))
          .join(' ')
  const bits = failure === undefined ? '' : `, failure ${failure.content.join('.')}`
  throw refuseStamp('status', `the authority answered with status ${number}${bits} ${said.slice(0, 200)}`.trimEnd())
}

function readSignedData(value: Der): Omit<TimeReply, 'status'> {
  const parts = new Members(sequenceOf(value, 'signed data'), 'signed data')
  if (readSmall(parts.take(TAG.integer)) !== 3) throw refuseDer('signed data of version 3')
  parts.take(TAG.set)
  const wrapped = new Members(members(parts.take(TAG.sequence)), 'a stamp')
  if (readOid(wrapped.take(TAG.oid)) !== OID.tstInfo) throw refuseDer('a stamp')
  const content = expectTag(readDer(wrapped.take(constructed(0)).content), TAG.octetString, 'a stamp').content
  wrapped.end()
  const certificates = parts.takeIf(constructed(0))
  parts.takeIf(constructed(1))
  const signers = members(parts.take(TAG.set))
  parts.end()
  if (signers.length !== 1 || signers[0] === undefined) throw refuseDer('one signer')
  return {
    info: readInfo(content),
    content,
    certificates: certificates === undefined ? [] : readCertificates(members(certificates)),
    signer: readSigner(signers[0]),
  }
}

function readSigner(value: Der): SignerInfo {
  const parts = new Members(sequenceOf(value, 'a signer'), 'a signer')
  if (readSmall(parts.take(TAG.integer)) !== 1) throw refuseDer('a signer by issuer and serial number')
  const [issuer, serial, ...more] = members(parts.take(TAG.sequence))
  if (issuer?.tag !== TAG.sequence || more.length > 0) throw refuseDer('issuer and serial number')
  const digest = readAlgorithm(parts.take(TAG.sequence)).oid
  const attributes = parts.take(constructed(0))
  const algorithm = readAlgorithm(parts.take(TAG.sequence))
  const signature = parts.take(TAG.octetString).content
  parts.takeIf(constructed(1))
  parts.end()
  const hash = HASHES[digest]
  if (hash === undefined) throw refuseStamp('digest', `hash algorithm ${digest} is not accepted`)
  // Signed is the set itself, not the member that stands for it (RFC 5652 §5.4).
  const message = new Uint8Array(attributes.whole)
  message[0] = TAG.set
  const read = readAttributes(attributes)
  return { issuer: issuer.whole, serial: readInteger(serial), hash, algorithm, attributes: read, message, signature }
}

function readAttributes(value: Der): ReadonlyMap<string, Der> {
  const found = new Map<string, Der>()
  for (const one of members(value)) {
    const parts = new Members(sequenceOf(one, 'an attribute'), 'an attribute')
    const oid = readOid(parts.take(TAG.oid))
    const [only, ...more] = members(parts.take(TAG.set))
    parts.end()
    if (only === undefined || more.length > 0 || found.has(oid)) throw refuseDer('each attribute once, with one value')
    found.set(oid, only)
  }
  return found
}

function readInfo(content: Uint8Array): StampInfo {
  const parts = new Members(sequenceOf(readDer(content), 'a stamp'), 'a stamp')
  if (readSmall(parts.take(TAG.integer)) !== 1) throw refuseDer('a stamp of version 1')
  const policy = readOid(parts.take(TAG.oid))
  const imprint = readImprint(members(parts.take(TAG.sequence)))
  const serial = readInteger(parts.take(TAG.integer))
  const genTime = readTime(parts.take(TAG.generalizedTime), true)
  const accuracy = parts.takeIf(TAG.sequence)
  const ordering = parts.takeIf(TAG.boolean)
  if (ordering !== undefined) readBoolean(ordering)
  const nonce = parts.takeIf(TAG.integer)
  const authority = parts.takeIf(constructed(0))
  const extensions = parts.takeIf(constructed(1))
  parts.end()
  if (extensions !== undefined && members(extensions).some(isCritical))
    throw refuseDer('no critical extension in a stamp')
  return {
    policy,
    imprint,
    serial,
    genTime,
    ...(accuracy === undefined ? {} : { accuracyMs: readAccuracy(accuracy) }),
    ...(nonce === undefined ? {} : { nonce: readInteger(nonce) }),
    ...(authority === undefined ? {} : { authority: readDer(authority.content) }),
  }
}

const isCritical = (extension: Der): boolean => {
  const critical = sequenceOf(extension, 'an extension').find(({ tag }) => tag === TAG.boolean)
  return critical !== undefined && readBoolean(critical)
}

function readAccuracy(value: Der): number {
  const parts = new Members(members(value), 'an accuracy')
  const whole = parts.takeIf(TAG.integer)
  const thousandths = parts.takeIf(primitive(0))
  const millionths = parts.takeIf(primitive(1))
  parts.end()
  const below = (part: Der | undefined, tag: number): number => {
    const number = part === undefined ? 0 : readSmall(part, tag)
    if (number > 999) throw refuseDer('an accuracy in parts of a thousand')
    return number
  }
  const full = whole === undefined ? 0 : readSmall(whole)
  return full * 1000 + below(thousandths, primitive(0)) + below(millionths, primitive(1)) / 1000
}
