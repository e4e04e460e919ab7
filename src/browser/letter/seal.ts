import { Encrypter } from 'age-encryption'
import { encodeSignature } from '../../evidence/letter-signature.ts'
import type { Signature } from '../../model/letter.ts'

/**
 * Seals a signature to all recipients of the first layer, and that file to all of the second where there is one
 * (docs/formats/letter.md, "Signature"). Throws Error for a recipient that is no key of age.
 */
export async function sealHere(signature: Signature, layers: readonly (readonly string[])[]): Promise<Uint8Array> {
  let sealed = encodeSignature(signature)
  for (const recipients of layers) {
    const encrypter = new Encrypter()
    for (const recipient of recipients) encrypter.addRecipient(recipient)
    sealed = await encrypter.encrypt(sealed)
  }
  return sealed
}
