import { Encrypter } from 'age-encryption'

/**
 * Seals the text of a signature to all recipients of the first layer, and that file to all of the second where there is one
 * (docs/formats/letter.md, "Signature"). Throws Error for a recipient that is no key of age.
 */
export async function sealHere(text: Uint8Array, layers: readonly (readonly string[])[]): Promise<Uint8Array> {
  let sealed = text
  for (const recipients of layers) {
    const encrypter = new Encrypter()
    for (const recipient of recipients) encrypter.addRecipient(recipient)
    sealed = await encrypter.encrypt(sealed)
  }
  return sealed
}
