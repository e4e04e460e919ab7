import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
  type KeyObject,
} from 'node:crypto'
import { Fault } from '../../core/model/errors.ts'
import { withSignature } from '../../core/ooni/publish/signed-document.ts'

/** A signing key of a probe. The private half never leaves this object but for its own file. */
export interface ProbeKey {
  /** 32 bytes in base64. */
  readonly publicKey: string
  /** First 16 hexadecimal digits of SHA-256 of the 32 bytes: all that published rows carry. */
  readonly pseudonym: string
  readonly secret: KeyObject
}

/** Pseudonym of a public key in base64. Source: docs/formats/probe-measurement.md §4. */
export const pseudonymOf = (publicKey: string): string =>
  hash('sha256', Buffer.from(publicKey, 'base64'), 'hex').slice(0, 16)

/** A new Ed25519 key from the system's random source. */
export const makeKey = (): ProbeKey => describeKey(generateKeyPairSync('ed25519').privateKey)

/** A key from its PKCS #8 PEM; throws Fault where that is no Ed25519 key. */
export function readKey(pem: string): ProbeKey {
  let secret: KeyObject
  try {
    secret = createPrivateKey(pem)
  } catch (error) {
    throw new Fault('Cannot read a signing key: its file is no PEM', { cause: error })
  }
  if (secret.asymmetricKeyType !== 'ed25519') throw new Fault('Cannot read a signing key: it is no Ed25519 key')
  return describeKey(secret)
}

/** PKCS #8 PEM of a key, for the file that its owner alone can read. */
export const writeKey = (key: ProbeKey): string => String(key.secret.export({ type: 'pkcs8', format: 'pem' }))

/** A secret that only who has the key can derive from it; it tells nothing of the key. */
export const coverSecretOf = ({ secret }: Pick<ProbeKey, 'secret'>): Uint8Array =>
  createHmac('sha256', secret.export({ type: 'pkcs8', format: 'der' }))
    .update('kuager control names')
    .digest()

function describeKey(secret: KeyObject): ProbeKey {
  const { x } = createPublicKey(secret).export({ format: 'jwk' })
  if (x === undefined) throw new Fault('Cannot read a signing key: it has no public half')
  const publicKey = Buffer.from(x, 'base64url').toString('base64')
  return { publicKey, pseudonym: pseudonymOf(publicKey), secret }
}

/** The document with the key's signature over its UTF-8 bytes as last member (docs/formats/probe-measurement.md §4). */
export const signDocument = (document: string, key: ProbeKey): string =>
  withSignature(document, sign(null, Buffer.from(document), key.secret).toString('base64'))

/**
 * Value of the header `x-kuager-vouch`: base64 of JSON `{key, signature}`, where last month's key of the same network
 * signs `kuager-vouch\n<new public key>\n<month>`. The collector takes over the standing and keeps no link.
 */
export function vouch(elder: ProbeKey, younger: { readonly publicKey: string; readonly month: string }): string {
  const text = `kuager-vouch\n${younger.publicKey}\n${younger.month}`
  const signature = sign(null, Buffer.from(text), elder.secret).toString('base64')
  return Buffer.from(JSON.stringify({ key: elder.publicKey, signature })).toString('base64')
}
