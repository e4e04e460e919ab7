import { Encrypter } from 'age-encryption'
import { InputError } from '../../core/model/errors.ts'

/** Seals bytes to an age recipient (`age1…`): only the holder of its secret half opens them, with age itself too. */
export async function seal(bytes: Uint8Array, recipient: string): Promise<Uint8Array> {
  return encrypterTo(recipient).encrypt(bytes)
}

/** Throws InputError where `recipient` is no public key of age. */
export function checkRecipient(recipient: string): void {
  encrypterTo(recipient)
}

function encrypterTo(recipient: string): Encrypter {
  const encrypter = new Encrypter()
  try {
    encrypter.addRecipient(recipient)
  } catch {
    // the text is not repeated: by a slip it may be the secret half
    throw new InputError('Cannot seal copies: what was given is no public key of age', {
      code: 'copies.recipient',
      path: '--copies-key',
      expected: 'a public key of age, which begins with "age1"',
    })
  }
  return encrypter
}
