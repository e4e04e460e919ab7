import { constants, createHash, sign, X509Certificate, type SignPrivateKeyInput } from 'node:crypto'
import {
  encodeDer,
  encodeOid,
  encodePositive,
  readDer,
  TAG,
  members,
} from '../../../src/core/evidence/time-stamp/der.ts'
import type { TimeAuthority } from '../servers/time-authority.ts'

const HASH = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2' } as const
type HashWord = keyof typeof HASH

/** Everything that a hand-made reply may say; what is left out is right. */
export interface TokenShape {
  readonly status?: number
  readonly imprint: Uint8Array
  readonly imprintHash?: HashWord
  readonly nonce?: Uint8Array
  /** `YYYYMMDDHHMMSSZ`, with a fraction where wanted. */
  readonly genTime?: string
  readonly policy?: string
  /** Members of the stamp behind its time, in the place of the nonce. */
  readonly behind?: readonly Uint8Array[]
  /** Name of the files of the signer. */
  readonly signer?: string
  /** Names of certificates that are sent along; the signer's alone where not given. */
  readonly send?: readonly string[]
  /** Certificate that the signed attributes name. */
  readonly named?: string
  readonly essVersion?: 1 | 2
  readonly hash?: HashWord
  /** Hash that is really signed with. */
  readonly signedHash?: HashWord
  readonly pss?: boolean
  /** Attributes left out, by object identifier. */
  readonly without?: readonly string[]
  readonly contentType?: string
  readonly certificates?: 'none'
}

const NULL = encodeDer(TAG.null)
const algorithm = (oid: string, ...more: readonly Uint8Array[]): Uint8Array =>
  encodeDer(TAG.sequence, encodeOid(oid), ...more)
const integer = (value: number): Uint8Array => encodePositive(Uint8Array.of(value))
const attribute = (oid: string, value: Uint8Array): readonly [string, Uint8Array] => [
  oid,
  encodeDer(TAG.sequence, encodeOid(oid), encodeDer(TAG.set, value)),
]
const digestOf = (hash: string, bytes: Uint8Array): Uint8Array => createHash(hash).update(bytes).digest()

/** A reply signed for real with the key of an authority, every part of which can be made wrong. RFC 3161, RFC 5652. */
export function makeReply(authority: TimeAuthority, shape: TokenShape): Uint8Array {
  const { signer = 'signer', hash = 'sha256', status = 0 } = shape
  const content = makeInfo(shape)
  const certificate = new X509Certificate(authority.read(`${signer}.pem`))
  const [tbs] = members(readDer(certificate.raw))
  const parts = members(tbs!) // a certificate begins with what is signed
  const at = parts[0]?.tag === 0xa0 ? 1 : 0
  const attributes = makeAttributes(authority, shape, content)
  const signed = encodeDer(TAG.set, ...attributes)
  const { key, oid, parameters } = keyOf(authority.read(`${signer}.key`), shape)
  const info = encodeDer(
    TAG.sequence,
    integer(1),
    encodeDer(TAG.sequence, parts[at + 2]!.whole, parts[at]!.whole), // issuer and serial number of a whole certificate
    algorithm(HASH[hash], NULL),
    encodeDer(0xa0, ...attributes),
    algorithm(oid, ...parameters),
    encodeDer(TAG.octetString, sign(shape.signedHash ?? hash, signed, key)),
  )
  const sent = (shape.send ?? [signer]).map((name) => new X509Certificate(authority.read(`${name}.pem`)).raw)
  const signedData = encodeDer(
    TAG.sequence,
    integer(3),
    encodeDer(TAG.set, algorithm(HASH[hash], NULL)),
    algorithm('1.2.840.113549.1.9.16.1.4', encodeDer(0xa0, encodeDer(TAG.octetString, content))),
    ...(shape.certificates === 'none' ? [] : [encodeDer(0xa0, ...sent)]),
    encodeDer(TAG.set, info),
  )
  const token = algorithm('1.2.840.113549.1.7.2', encodeDer(0xa0, signedData))
  return encodeDer(TAG.sequence, encodeDer(TAG.sequence, integer(status)), ...(status > 1 ? [] : [token]))
}

function makeInfo({ imprint, imprintHash = 'sha256', nonce, genTime, policy, behind }: TokenShape): Uint8Array {
  const time = genTime ?? new Date().toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return encodeDer(
    TAG.sequence,
    integer(1),
    encodeOid(policy ?? '1.3.6.1.4.1.99999.1'),
    encodeDer(TAG.sequence, algorithm(HASH[imprintHash], NULL), encodeDer(TAG.octetString, imprint)),
    integer(7),
    encodeDer(TAG.generalizedTime, Buffer.from(time)),
    ...(behind ?? (nonce === undefined ? [] : [encodePositive(nonce)])),
  )
}

function makeAttributes(authority: TimeAuthority, shape: TokenShape, content: Uint8Array): readonly Uint8Array[] {
  const { hash = 'sha256', essVersion = 2, contentType = '1.2.840.113549.1.9.16.1.4', without = [] } = shape
  const named = new X509Certificate(authority.read(`${shape.named ?? shape.signer ?? 'signer'}.pem`)).raw
  const id = encodeDer(TAG.sequence, encodeDer(TAG.octetString, digestOf(essVersion === 1 ? 'sha1' : 'sha256', named)))
  const all = [
    attribute('1.2.840.113549.1.9.3', encodeOid(contentType)),
    attribute('1.2.840.113549.1.9.4', encodeDer(TAG.octetString, digestOf(hash, content))),
    attribute(
      `1.2.840.113549.1.9.16.2.${essVersion === 1 ? 12 : 47}`,
      encodeDer(TAG.sequence, encodeDer(TAG.sequence, id)),
    ),
  ]
  return all
    .filter(([oid]) => !without.includes(oid))
    .map(([, bytes]) => bytes)
    .toSorted(Buffer.compare)
}

function keyOf(
  pem: string,
  { hash = 'sha256', signedHash = hash, pss = false }: TokenShape,
): { readonly key: SignPrivateKeyInput; readonly oid: string; readonly parameters: readonly Uint8Array[] } {
  const isRsa = pem.length > 1000
  const salt = 32
  const rsa = { sha1: 5, sha256: 11, sha384: 12 } as const
  const ec = { sha1: '1', sha256: '3.2', sha384: '3.3' } as const
  if (!isRsa) return { key: { key: pem }, oid: `1.2.840.10045.4.${ec[signedHash]}`, parameters: [] }
  if (!pss) return { key: { key: pem }, oid: `1.2.840.113549.1.1.${rsa[signedHash]}`, parameters: [NULL] }
  const named = algorithm(HASH[signedHash], NULL)
  const parameters = encodeDer(
    TAG.sequence,
    encodeDer(0xa0, named),
    encodeDer(0xa1, algorithm('1.2.840.113549.1.1.8', named)),
    encodeDer(0xa2, integer(salt)),
  )
  const key = { key: pem, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt }
  return { key, oid: '1.2.840.113549.1.1.10', parameters: [parameters] }
}
