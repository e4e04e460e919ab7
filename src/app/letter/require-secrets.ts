import { InputError } from '../../core/model/errors.ts'
import { mailboxKeysOf } from '../../letter/mailbox-keys.ts'
import { logFolder } from '../../pipeline/log/log-folder.ts'
import { readLogIdentity } from '../../pipeline/log/open-log.ts'
import { signingKey } from '../../pipeline/log/log-identity.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import type { LetterFolder } from './folder.ts'

/**
 * Looks whether the folder of secrets holds those of this service: one in memory is empty after a start of the machine,
 * and a service without them would take the same mailbox twice and sign no count. Throws InputError where the key of
 * a letter's mailboxes is missing, Fault where that of the log is.
 */
export async function requireSecrets(service: LetterFolder): Promise<void> {
  const secrets = await service.secrets()
  const keys = mailboxKeysOf(secrets)
  for (const { letter, state } of await (await service.store()).letters())
    if (state === 'open' && (await keys.key(letter)) === undefined)
      throw new InputError(`Cannot open the letter service: the secrets lack "mailbox-${letter}.key"`, {
        code: 'secrets.gone',
        path: '--secrets',
        expected:
          'the secrets with which the letter was published, brought back (docs/operating/letter.md, "The server")',
      })
  const at = logFolder(service.logFolder, secrets.logKeys)
  for (const { key, until } of (await readLogIdentity(service.logFolder))?.keys ?? [])
    if (until === undefined) await signingKey(at, key, REAL_DISK)
}
