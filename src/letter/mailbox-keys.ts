import type { Secrets } from '../runtime/files/secrets.ts'

/** Keys of mailbox digests as a letter's desk asks for them. */
export const mailboxKeysOf = (
  secrets: Secrets,
): {
  key(letter: string): Promise<Uint8Array | undefined>
  make(letter: string): Promise<Uint8Array>
  destroy(letter: string): Promise<void>
} => ({
  key: (letter) => secrets.key(`mailbox-${letter}.key`),
  make: (letter) => secrets.makeKey(`mailbox-${letter}.key`),
  destroy: (letter) => secrets.destroy(`mailbox-${letter}.key`),
})
