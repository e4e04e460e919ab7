import { readAlgorithm, type Algorithm } from './certificate.ts'
import {
  constructed,
  encodeDer,
  encodeOid,
  Members,
  readDer,
  readInteger,
  readOid,
  readSmall,
  readWholeBits,
  sequenceOf,
  TAG,
  type Der,
} from './der.ts'
import { CURVES, HASHES, OID, SIGNATURES, type HashName } from './oids.ts'
import { refuseStamp } from './stamp-problem.ts'
import { plain, type KeyAlgorithm, type Subtle, type VerifyAlgorithm } from './subtle.ts'

// Signatures by RSA (PKCS #1 v1.5 and PSS) and ECDSA: RFC 8017, RFC 4055, RFC 5480. Nothing below 2048 bits or SHA-256.

const LEAST_MODULUS_BITS = 2048
/** A larger key only makes the check slow. */
const MOST_MODULUS_BITS = 16_384
const MOST_EXPONENT_BYTES = 8

export interface SignedMessage {
  /** SubjectPublicKeyInfo of the signer. */
  readonly publicKey: Der
  readonly algorithm: Algorithm
  /** Hash of an algorithm that names none itself. Where both name one, they have to agree. */
  readonly hash?: HashName
  readonly signature: Uint8Array
  readonly message: Uint8Array
}

/** Whether a signature fits. Throws InputError with the problem `algorithm` for algorithms and keys that are not accepted. */
export async function checkSignature(signed: SignedMessage, subtle: Subtle): Promise<boolean> {
  const key = readKey(signed.publicKey)
  const { verify, hash } = schemeOf(signed)
  if (key.kind === 'ECDSA' ? verify !== 'ECDSA' : verify === 'ECDSA')
    throw refuseStamp('algorithm', 'the signature is of another kind than the key')
  if (key.pssOnly && verify !== 'RSA-PSS') throw refuseStamp('algorithm', 'the key signs by RSA-PSS alone')
  const message = plain(signed.message)
  if (key.kind === 'ECDSA') {
    const signature = joinHalves(signed.signature, key.bytes)
    if (signature === undefined) return false
    const imported = await importKey(key.spki, { name: 'ECDSA', namedCurve: key.curve }, subtle)
    return await subtle.verify({ name: 'ECDSA', hash }, imported, plain(signature), message)
  }
  const name = verify === 'RSA-PSS' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5'
  const by: VerifyAlgorithm = name === 'RSA-PSS' ? { name, saltLength: saltOf(signed.algorithm) } : { name }
  const imported = await importKey(key.spki, { name, hash }, subtle)
  return await subtle.verify(by, imported, plain(signed.signature), message)
}

async function importKey(spki: Uint8Array, algorithm: KeyAlgorithm, subtle: Subtle): Promise<unknown> {
  try {
    return await subtle.importKey('spki', plain(spki), algorithm, false, ['verify'])
  } catch {
    throw refuseStamp('algorithm', 'the public key does not read')
  }
}

type Scheme = { readonly verify: 'RSA' | 'RSA-PSS' | 'ECDSA'; readonly hash: HashName }

function schemeOf({ algorithm, hash }: SignedMessage): Scheme {
  const scheme = schemeNamed(algorithm, hash)
  if (hash !== undefined && scheme.hash !== hash)
    throw refuseStamp('algorithm', 'signature and digest are of different hashes')
  return scheme
}

function schemeNamed(algorithm: Algorithm, hash: HashName | undefined): Scheme {
  const known = SIGNATURES[algorithm.oid]
  if (known !== undefined) return { verify: known.kind, hash: known.hash }
  if (algorithm.oid === OID.rsaPss) return { verify: 'RSA-PSS', hash: pssOf(algorithm).hash }
  if (hash !== undefined && algorithm.oid === OID.rsa) return { verify: 'RSA', hash }
  if (hash !== undefined && algorithm.oid === OID.ecKey) return { verify: 'ECDSA', hash }
  throw refuseStamp('algorithm', `signature algorithm ${algorithm.oid} is not accepted`)
}

const saltOf = (algorithm: Algorithm): number => pssOf(algorithm).salt

/** Parameters of RSA-PSS: one accepted hash, MGF1 with the same, a salt. The defaults are SHA-1. RFC 4055 §3.1. */
function pssOf({ parameters }: Algorithm): { readonly hash: HashName; readonly salt: number } {
  const refuse = (): never => {
    throw refuseStamp('algorithm', 'parameters of RSA-PSS that are not accepted')
  }
  if (parameters?.tag !== TAG.sequence) return refuse()
  const parts = new Members(sequenceOf(parameters, 'parameters of RSA-PSS'), 'parameters of RSA-PSS')
  const [hash, mask, salt, trailer] = [0, 1, 2, 3].map((n) => parts.takeIf(constructed(n)))
  parts.end()
  if (hash === undefined || mask === undefined || salt === undefined) return refuse()
  const name = HASHES[readAlgorithm(readDer(hash.content)).oid]
  const masking = readAlgorithm(readDer(mask.content))
  if (name === undefined || masking.oid !== OID.mgf1 || masking.parameters === undefined) return refuse()
  if (HASHES[readAlgorithm(masking.parameters).oid] !== name) return refuse()
  if (trailer !== undefined && readSmall(readDer(trailer.content)) !== 1) return refuse()
  const length = readSmall(readDer(salt.content))
  return length <= 512 ? { hash: name, salt: length } : refuse()
}

type Key =
  | { readonly kind: 'RSA'; readonly spki: Uint8Array; readonly pssOnly: boolean }
  | {
      readonly kind: 'ECDSA'
      readonly spki: Uint8Array
      readonly curve: string
      readonly bytes: number
      readonly pssOnly: false
    }

function readKey(publicKey: Der): Key {
  const parts = new Members(sequenceOf(publicKey, 'a public key'), 'a public key')
  const { oid, parameters } = readAlgorithm(parts.take(TAG.sequence))
  const bits = parts.take(TAG.bitString)
  parts.end()
  if (oid === OID.ecKey) {
    const curve = parameters?.tag === TAG.oid ? CURVES[readOid(parameters)] : undefined
    if (curve === undefined) throw refuseStamp('algorithm', 'a curve that is not accepted')
    return { kind: 'ECDSA', spki: publicKey.whole, curve: curve.name, bytes: curve.bytes, pssOnly: false }
  }
  if (oid !== OID.rsa && oid !== OID.rsaPss) throw refuseStamp('algorithm', `a key of kind ${oid} is not accepted`)
  const [modulus, exponent] = sequenceOf(readDer(readWholeBits(bits)), 'an RSA key').map((one) => readInteger(one))
  const digits = modulus?.findIndex((byte) => byte !== 0) ?? -1
  const high = modulus?.[digits]
  if (modulus === undefined || exponent === undefined || high === undefined || modulus.length - digits < 1)
    throw refuseStamp('algorithm', 'an RSA key that does not read')
  const size = (modulus.length - digits - 1) * 8 + (32 - Math.clz32(high))
  if (size < LEAST_MODULUS_BITS || size > MOST_MODULUS_BITS || exponent.length > MOST_EXPONENT_BYTES)
    throw refuseStamp('algorithm', `an RSA key of ${size} bits is not accepted`)
  // WebCrypto reads RSA keys under the one object identifier only, those for PSS too.
  const algorithm = encodeDer(TAG.sequence, encodeOid(OID.rsa), encodeDer(TAG.null))
  return { kind: 'RSA', spki: encodeDer(TAG.sequence, algorithm, bits.whole), pssOnly: oid === OID.rsaPss }
}

/** The two numbers of an ECDSA signature side by side, as WebCrypto wants them; undefined where it is none. */
function joinHalves(signature: Uint8Array, bytes: number): Uint8Array | undefined {
  const halves = sequenceOf(readDer(signature), 'an ECDSA signature').map((one) => readInteger(one))
  const joined = new Uint8Array(2 * bytes)
  if (halves.length !== 2) return undefined
  for (const [at, half] of halves.entries()) {
    const digits = half[0] === 0 ? half.subarray(1) : half
    if ((half[0] ?? 0) >= 0x80 || digits.length > bytes) return undefined
    joined.set(digits, (at + 1) * bytes - digits.length)
  }
  return joined
}
