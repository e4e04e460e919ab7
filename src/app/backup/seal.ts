import { readFile } from 'node:fs/promises'
import { Encrypter } from 'age-encryption'
import { InputError } from '../../core/model/errors.ts'
import { LayerOpener, readIdentities, recipientKind } from '../../letter/handover/age.ts'

/** Seals bytes to public keys of age: who has the secret half of one of them opens each. Throws InputError for no key. */
export function sealTo(recipients: readonly string[]): (bytes: Uint8Array) => Promise<Uint8Array> {
  const encrypter = new Encrypter()
  if (recipients.length === 0 || recipients.some((one) => recipientKind(one) === undefined))
    // The text is not repeated: by a slip it may be the secret half.
    throw new InputError('Cannot seal a backup: what was given is no public key of age', {
      code: 'backup.recipient',
      path: '--recipient',
      expected: 'a public key of age, which begins with "age1" ("age-keygen" makes one, on another machine)',
    })
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return (bytes) => encrypter.encrypt(bytes)
}

/** Opens what was sealed to one of the keys in a file of identities. Throws InputError for a file that has none. */
export async function openIdentities(path: string): Promise<LayerOpener> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined)
    throw new InputError(`Cannot read "${path}"`, {
      code: 'backup.identity',
      path: '--identity',
      expected: 'a file with secret keys, as "age-keygen" writes it',
    })
  return new LayerOpener(await readIdentities(text, path))
}
