import { InputError } from '../../model/errors.ts'
import {
  encodeDer,
  encodeOid,
  encodePositive,
  Members,
  readBoolean,
  readDer,
  readInteger,
  readOid,
  sequenceOf,
  TAG,
  type Der,
} from './der.ts'
import { DIGEST_BYTES, HASHES, SHA_256 } from './oids.ts'
import { refuseStamp } from './stamp-problem.ts'

// Queries to a time-stamping authority: RFC 3161 §2.4.1.

export interface QueryParts {
  /** Digest of what is stamped, 32 bytes. */
  readonly sha256: Uint8Array
  /** Random, 8 bytes: the reply repeats it. */
  readonly nonce: Uint8Array
  /** Object identifier of the policy asked for, where one is. */
  readonly policy?: string
}

const VERSION_1 = encodeDer(TAG.integer, Uint8Array.of(1))
const TRUE = encodeDer(TAG.boolean, Uint8Array.of(0xff))
const NULL = encodeDer(TAG.null)

/** A query that asks for the certificates too; the bytes are those that `openssl ts -query -sha256 -cert` makes. */
export function encodeQuery({ sha256, nonce, policy }: QueryParts): Uint8Array {
  if (sha256.length !== DIGEST_BYTES['SHA-256'] || nonce.length !== 8)
    throw new InputError('Cannot write time-stamp query: expected 32 bytes of digest and 8 of nonce', {
      code: 'stamp.query',
      path: '',
      expected: '32 bytes of digest and 8 of nonce',
    })
  const imprint = encodeDer(
    TAG.sequence,
    encodeDer(TAG.sequence, encodeOid(SHA_256), NULL),
    encodeDer(TAG.octetString, sha256),
  )
  const asked = policy === undefined ? [] : [encodeOid(policy)]
  return encodeDer(TAG.sequence, VERSION_1, imprint, ...asked, encodePositive(nonce), TRUE)
}

export interface Imprint {
  readonly hash: string
  readonly digest: Uint8Array
}

/** Algorithm and digest of what is stamped. Throws InputError with the problem `digest` for a hash that is not accepted. */
export function readImprint(values: readonly Der[]): Imprint {
  const parts = new Members(values, 'an imprint')
  const algorithm = new Members(sequenceOf(parts.take(TAG.sequence), 'an algorithm'), 'a hash algorithm')
  const oid = readOid(algorithm.take(TAG.oid))
  const none = algorithm.takeIf(TAG.null)
  algorithm.end()
  const digest = parts.take(TAG.octetString).content
  parts.end()
  const hash = HASHES[oid]
  if (hash === undefined) throw refuseStamp('digest', `hash algorithm ${oid} is not accepted`)
  if (digest.length !== DIGEST_BYTES[hash] || (none !== undefined && none.content.length > 0))
    throw refuseStamp('form', 'the imprint has not the length of its hash')
  return { hash, digest }
}

export interface Query {
  readonly imprint: Imprint
  readonly policy?: string
  /** Content of the integer. */
  readonly nonce?: Uint8Array
}

/** Reads a query. Throws InputError. */
export function readQuery(bytes: Uint8Array): Query {
  const parts = new Members(sequenceOf(readDer(bytes), 'a query'), 'a query of RFC 3161')
  if (readInteger(parts.take(TAG.integer)).join() !== '1') throw refuseStamp('form', 'the query is not of version 1')
  const imprint = readImprint(sequenceOf(parts.take(TAG.sequence), 'an imprint'))
  const policy = parts.takeIf(TAG.oid)
  const nonce = parts.takeIf(TAG.integer)
  const certificates = parts.takeIf(TAG.boolean)
  if (certificates !== undefined) readBoolean(certificates)
  parts.end()
  return {
    imprint,
    ...(policy === undefined ? {} : { policy: readOid(policy) }),
    ...(nonce === undefined ? {} : { nonce: readInteger(nonce) }),
  }
}
