import { randomBytes } from 'node:crypto'
import { chmod, mkdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { Fault, InputError } from '../../model/errors.ts'
import { LETTER_ID } from '../../model/letter.ts'
import type { MailboxKeys } from '../../people/letter/contract.ts'
import { parseMailSettings, type MailSettings } from '../../people/mail/mail-settings.ts'
import { REAL_DISK } from '../../sys/disk.ts'
import { readWhole, writeDurable } from '../../sys/durable-file.ts'

const KEY_BYTES = 32
const MAIL = 'mail.json'

/** What a letter service keeps apart from its registry: whoever seizes one of the two knows no more by it. */
export interface LetterSecrets {
  readonly mailboxes: MailboxKeys
  /** How mails are sent; undefined where nobody said. Throws InputError for settings that do not read. */
  mail(): Promise<MailSettings | undefined>
}

/**
 * Opens the folder of secrets, which is made where it is missing, for its owner alone. Throws InputError for one that lies
 * in the folder of the service: a copy of that would hold both.
 */
export async function openLetterSecrets(folder: string, service: string): Promise<LetterSecrets> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = await realpath(folder)
  if (`${path}${sep}`.startsWith(`${service}${sep}`))
    throw new InputError(`Cannot use folder of secrets "${path}": it lies in the folder of the service`, {
      code: 'secrets.inside',
      path: '--secrets',
      expected: 'a folder elsewhere, best in memory or on a disk of its own',
    })
  await chmod(path, 0o700)
  return {
    mailboxes: new KeyFiles(path),
    async mail() {
      const bytes = await readWhole(join(path, MAIL))
      return bytes === undefined ? undefined : parseMailSettings(new TextDecoder().decode(bytes))
    },
  }
}

/** A key of 32 bytes for each letter, in a file of its own. */
class KeyFiles implements MailboxKeys {
  readonly #folder: string
  /** Making happens once for each letter, whoever asks. */
  readonly #making = new Map<string, Promise<Uint8Array>>()

  constructor(folder: string) {
    this.#folder = folder
  }

  #path(letter: string): string {
    if (!LETTER_ID.test(letter)) throw new Fault('Cannot name the key of a letter: its id is none')
    return join(this.#folder, `mailbox-${letter}.key`)
  }

  async key(letter: string): Promise<Uint8Array | undefined> {
    const bytes = await readWhole(this.#path(letter))
    if (bytes !== undefined && bytes.length !== KEY_BYTES)
      throw new Fault(`Cannot read the key of mailboxes of "${letter}": it has ${bytes.length} bytes`)
    return bytes
  }

  make(letter: string): Promise<Uint8Array> {
    const making = this.#making.get(letter) ?? this.#makeOnce(letter)
    this.#making.set(letter, making)
    making.catch(() => this.#making.delete(letter))
    return making
  }

  async #makeOnce(letter: string): Promise<Uint8Array> {
    const known = await this.key(letter)
    if (known !== undefined) return known
    const key = randomBytes(KEY_BYTES)
    await writeDurable(this.#path(letter), key)
    await chmod(this.#path(letter), 0o600)
    return key
  }

  /**
   * BUG: what is overwritten may still be found on flash memory and on file systems that write elsewhere: the folder of
   * secrets belongs into memory or on an encrypted disk (docs/operating/letter.md).
   */
  async destroy(letter: string): Promise<void> {
    this.#making.delete(letter)
    const path = this.#path(letter)
    const bytes = await readWhole(path)
    if (bytes === undefined) return
    const file = await REAL_DISK.open(path, 'write')
    try {
      await file.write(randomBytes(bytes.length), 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await REAL_DISK.remove(path)
    await REAL_DISK.syncFolder(this.#folder)
  }
}
