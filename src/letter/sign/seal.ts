import { Encrypter } from 'age-encryption'
import { encodeSignature } from '../core/signature.ts'
import type { LetterKeys, Signature } from '../core/letter.ts'

/** Seals bytes to all recipients of the first layer, then that file to all of the second where there is one. */
export async function sealLayers(plain: Uint8Array, keys: LetterKeys): Promise<Uint8Array> {
  let sealed = plain
  for (const layer of keys.layers) {
    const encrypter = new Encrypter()
    for (const { recipient } of layer) encrypter.addRecipient(recipient)
    sealed = await encrypter.encrypt(sealed)
  }
  return sealed
}

/**
 * Seals a signature in memory (docs/formats/letter.md, "Signature"), and overwrites the bytes it was made from. What
 * the engine copied meanwhile it overwrites when it likes: this is why such signatures are a tier of their own.
 */
export async function sealSignature(signature: Signature, keys: LetterKeys): Promise<Uint8Array> {
  const plain = encodeSignature(signature)
  try {
    return await sealLayers(plain, keys)
  } finally {
    plain.fill(0)
  }
}
