import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'
import { chacha20poly1305, xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { blake2s } from '@noble/hashes/blake2.js'
import { hmac } from '@noble/hashes/hmac.js'
import type { Instant } from '../../core/model/units.ts'

/**
 * WireGuard's handshake, Noise_IKpsk2 without a preshared key. Source: Donenfeld, WireGuard: Next Generation Kernel
 * Network Tunnel (NDSS 2017), §5.4; names follow the paper.
 */
const CONSTRUCTION = Buffer.from('Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s')
const IDENTIFIER = Buffer.from('WireGuard v1 zx2c4 Jason@zx2c4.com')
const LABEL_MAC1 = Buffer.from('mac1----')
const LABEL_COOKIE = Buffer.from('cookie--')
const NO_PRESHARED_KEY = Buffer.alloc(32)
const NONCE = new Uint8Array(12)

export const INITIATION_LENGTH = 148
export const RESPONSE_LENGTH = 92
const COOKIE_REPLY_LENGTH = 64
const INITIATION = 1
const RESPONSE = 2
const COOKIE_REPLY = 3

export interface NoiseKeyPair {
  readonly privateKey: Uint8Array
  readonly publicKey: Uint8Array
}

/** DER before the 32 bytes of a private and of a public key of X25519, RFC 8410. */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')

const privateObject = (key: Uint8Array) =>
  createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, key]), format: 'der', type: 'pkcs8' })

/** A key pair of X25519, from a private key of 32 bytes or a new one. */
export function keyPair(privateKey?: Uint8Array): NoiseKeyPair {
  const object = privateKey === undefined ? generateKeyPairSync('x25519').privateKey : privateObject(privateKey)
  const raw = object.export({ type: 'pkcs8', format: 'der' }).subarray(-32)
  const publicKey = createPublicKey(object).export({ type: 'spki', format: 'der' }).subarray(-32)
  return { privateKey: Uint8Array.from(raw), publicKey: Uint8Array.from(publicKey) }
}

/** DH of the paper. The runtime's own, which takes a fraction of the time of one in JavaScript; throws for points of low order. */
function agree(own: Uint8Array, theirs: Uint8Array): Uint8Array {
  const publicKey = createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, theirs]), format: 'der', type: 'spki' })
  return diffieHellman({ privateKey: privateObject(own), publicKey })
}

const hash = (...parts: readonly Uint8Array[]): Uint8Array => blake2s(Buffer.concat(parts))
const mac = (key: Uint8Array, bytes: Uint8Array): Uint8Array => blake2s(bytes, { key, dkLen: 16 })
const seal = (key: Uint8Array, plain: Uint8Array, aad: Uint8Array): Uint8Array =>
  chacha20poly1305(key, NONCE, aad).encrypt(plain)
const unseal = (key: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array =>
  chacha20poly1305(key, NONCE, aad).decrypt(sealed)

/** KDF of the paper: `count` outputs of 32 bytes. */
function derive(key: Uint8Array, input: Uint8Array, count: number): Uint8Array[] {
  const secret = hmac(blake2s, key, input)
  const outputs: Uint8Array[] = []
  for (let nth = 1; nth <= count; nth++)
    outputs.push(hmac(blake2s, secret, Buffer.concat([outputs.at(-1) ?? Buffer.alloc(0), Buffer.of(nth)])))
  return outputs
}

/** Running hash and chaining key of one side. */
class Transcript {
  chaining: Uint8Array = hash(CONSTRUCTION)
  digest: Uint8Array

  constructor(responder: Uint8Array) {
    this.digest = hash(hash(this.chaining, IDENTIFIER), responder)
  }

  mixHash(bytes: Uint8Array): void {
    this.digest = hash(this.digest, bytes)
  }

  mixKey(input: Uint8Array): void {
    this.chaining = derive(this.chaining, input, 1)[0]! // as many outputs as asked for
  }

  mixToKey(input: Uint8Array): Uint8Array {
    const [chaining, key] = derive(this.chaining, input, 2)
    this.chaining = chaining! // as many outputs as asked for
    return key! // the same
  }

  mixPresharedKey(): Uint8Array {
    const [chaining, temporary, key] = derive(this.chaining, NO_PRESHARED_KEY, 3)
    this.chaining = chaining! // as many outputs as asked for
    this.mixHash(temporary!) // the same
    return key! // the same
  }
}

/** Seconds and nanoseconds as WireGuard writes them: TAI64N, without leap seconds. */
function tai64n(at: Instant): Buffer {
  const stamp = Buffer.alloc(12)
  stamp.writeBigUInt64BE(0x4000_0000_0000_000an + BigInt(Math.floor(at / 1000)))
  stamp.writeUInt32BE((at % 1000) * 1_000_000, 8)
  return stamp
}

/** What the initiator keeps until the response comes. */
export interface Initiation {
  readonly message: Buffer
  readonly index: Uint8Array
  readonly transcript: Transcript
  readonly ephemeral: NoiseKeyPair
  readonly own: NoiseKeyPair
}

interface InitiationParts {
  readonly responder: Uint8Array
  readonly own: NoiseKeyPair
  readonly index: Uint8Array
  readonly at: Instant
  /** From a cookie reply. */
  readonly cookie?: Uint8Array | undefined
}

/** A handshake initiation of 148 bytes. Throws for a responder's key that is no point worth a secret. */
export function makeInitiation({ responder, own, index, at, cookie }: InitiationParts): Initiation {
  const ephemeral = keyPair()
  const transcript = new Transcript(responder)
  transcript.mixKey(ephemeral.publicKey)
  transcript.mixHash(ephemeral.publicKey)
  const first = transcript.mixToKey(agree(ephemeral.privateKey, responder))
  const sealedStatic = seal(first, own.publicKey, transcript.digest)
  transcript.mixHash(sealedStatic)
  const second = transcript.mixToKey(agree(own.privateKey, responder))
  const sealedTime = seal(second, tai64n(at), transcript.digest)
  transcript.mixHash(sealedTime)
  const body = Buffer.concat([Buffer.of(INITIATION, 0, 0, 0), index, ephemeral.publicKey, sealedStatic, sealedTime])
  return { message: withMacs(body, responder, cookie), index, transcript, ephemeral, own }
}

function withMacs(body: Uint8Array, receiver: Uint8Array, cookie?: Uint8Array): Buffer {
  const first = Buffer.concat([body, mac(hash(LABEL_MAC1, receiver), body)])
  return Buffer.concat([first, cookie === undefined ? Buffer.alloc(16) : mac(cookie, first)])
}

const startsAs = (message: Buffer, type: number, length: number): boolean =>
  message.length === length && message.readUInt32LE(0) === type

/** Whether a datagram is the response to this initiation, made with the responder's key. */
export function isResponse(datagram: Buffer, initiation: Initiation): boolean {
  if (!startsAs(datagram, RESPONSE, RESPONSE_LENGTH) || !datagram.subarray(8, 12).equals(initiation.index)) return false
  const { own, ephemeral } = initiation
  const transcript = Object.assign(Object.create(Transcript.prototype) as Transcript, initiation.transcript)
  const theirs = datagram.subarray(12, 44)
  try {
    transcript.mixKey(theirs)
    transcript.mixHash(theirs)
    transcript.mixKey(agree(ephemeral.privateKey, theirs))
    transcript.mixKey(agree(own.privateKey, theirs))
    unseal(transcript.mixPresharedKey(), datagram.subarray(44, 60), transcript.digest)
    return true
  } catch {
    return false
  }
}

/** Cookie of a reply that the responder sends instead of a response while it is under load; undefined for anything else. */
export function readCookie(datagram: Buffer, initiation: Initiation, responder: Uint8Array): Uint8Array | undefined {
  if (!startsAs(datagram, COOKIE_REPLY, COOKIE_REPLY_LENGTH)) return undefined
  if (!datagram.subarray(4, 8).equals(initiation.index)) return undefined
  const key = hash(LABEL_COOKIE, responder)
  try {
    const mac1 = initiation.message.subarray(116, 132)
    return xchacha20poly1305(key, datagram.subarray(8, 32), mac1).decrypt(datagram.subarray(32))
  } catch {
    return undefined
  }
}

/**
 * The responder's side: the response of 92 bytes to an initiation made for our key by anyone, undefined for anything
 * else. Nothing is kept, so no tunnel can follow, and one initiation may be answered more than once.
 */
export function answerInitiation(datagram: Buffer, own: NoiseKeyPair, index: Uint8Array): Buffer | undefined {
  if (!startsAs(datagram, INITIATION, INITIATION_LENGTH)) return undefined
  // Cheap before dear: without the right first code no curve is computed.
  const code = mac(hash(LABEL_MAC1, own.publicKey), datagram.subarray(0, 116))
  if (!datagram.subarray(116, 132).equals(code)) return undefined
  const theirs = datagram.subarray(8, 40)
  const transcript = new Transcript(own.publicKey)
  try {
    transcript.mixKey(theirs)
    transcript.mixHash(theirs)
    const first = transcript.mixToKey(agree(own.privateKey, theirs))
    const initiator = unseal(first, datagram.subarray(40, 88), transcript.digest)
    transcript.mixHash(datagram.subarray(40, 88))
    const second = transcript.mixToKey(agree(own.privateKey, initiator))
    unseal(second, datagram.subarray(88, 116), transcript.digest)
    transcript.mixHash(datagram.subarray(88, 116))
    const ephemeral = keyPair()
    transcript.mixKey(ephemeral.publicKey)
    transcript.mixHash(ephemeral.publicKey)
    transcript.mixKey(agree(ephemeral.privateKey, theirs))
    transcript.mixKey(agree(ephemeral.privateKey, initiator))
    const empty = seal(transcript.mixPresharedKey(), new Uint8Array(0), transcript.digest)
    const head = [Buffer.of(RESPONSE, 0, 0, 0), index, datagram.subarray(4, 8)]
    return withMacs(Buffer.concat([...head, ephemeral.publicKey, empty]), initiator)
  } catch {
    return undefined
  }
}
