import { readFile } from 'node:fs/promises'
import { wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { optional, required, wholeNumber } from '../terminal/option.ts'
import { filePath } from '../terminal/shared-options.ts'

/** What an address of backups looks like. */
export const TARGET_ADDRESS = 's3://BUCKET/PREFIX or a folder'

/** Where backups are, for commands that read them. */
export const BACKUP_TARGET = required('TARGET', `Where the backups are: ${TARGET_ADDRESS}.`, TARGET_ADDRESS)

export const BACKUP_IDENTITY = required(
  'FILE',
  'File with the secret key, as "age-keygen" wrote it.',
  'a file with a secret key of age',
  filePath,
)

export const BACKUP_GENERATION = optional('N', 'Generation. Without it: the newest.', {
  read: wholeNumber(1, 999_999_999),
})

export const BACKUP_KEYS = optional('FILE', 'File of keys that "kuager backup --keys-to" wrote.', { read: filePath })

/** A sealed file of keys, read whole. Throws InputError where there is none. */
export async function readKeysFile(
  path: string | undefined,
): Promise<{ readonly path: string; readonly sealed: Uint8Array } | undefined> {
  if (path === undefined) return undefined
  const sealed = await readFile(path).catch(() => undefined)
  if (sealed === undefined)
    throw wrongOption('keys', `"${printable(path)}" cannot be read`, 'a file that "kuager backup --keys-to" wrote')
  return { path, sealed }
}
