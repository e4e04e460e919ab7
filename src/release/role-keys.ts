import { createHash } from 'node:crypto'
import { Key, Signature } from '@tufjs/models'

/** A secret key in use. */
export interface RoleSigner {
  readonly publicKey: Uint8Array
  sign(message: Uint8Array): Uint8Array
}

/** A public key of Ed25519 as metadata names it: by the SHA-256 of its canonical JSON. Source: The Update Framework, 4.2. */
export function roleKey(publicKey: Uint8Array): Key {
  const hex = Buffer.from(publicKey).toString('hex')
  const canonical = `{"keytype":"ed25519","keyval":{"public":"${hex}"},"scheme":"ed25519"}`
  return new Key({
    keyID: createHash('sha256').update(canonical).digest('hex'),
    keyType: 'ed25519',
    scheme: 'ed25519',
    keyVal: { public: hex },
  })
}

/** What signs canonical bytes of metadata. */
export const signatureOf =
  (signer: RoleSigner) =>
  (bytes: Uint8Array): Signature =>
    new Signature({ keyID: roleKey(signer.publicKey).keyID, sig: Buffer.from(signer.sign(bytes)).toString('hex') })
