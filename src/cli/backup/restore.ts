import { resolve } from 'node:path'
import { openBackupTarget } from '../../app/backup/open-source.ts'
import { restoreBackup, type Restored } from '../../app/backup/restore.ts'
import { openIdentities } from '../../app/backup/seal.ts'
import { printable } from '../../core/text/printable.ts'
import type { World } from '../../runtime/world.ts'
import { task } from '../terminal/command.ts'
import { optional, required } from '../terminal/option.ts'
import { filePath, json } from '../terminal/shared-options.ts'
import { BACKUP_GENERATION, BACKUP_IDENTITY, BACKUP_KEYS, BACKUP_TARGET, readKeysFile } from './from-option.ts'
import { showBytes } from './progress.ts'

export const command = task({
  about: `
Restore a data folder from a backup. If any part is missing, nothing is restored. Everything is verified while it is
written, and what was erased since the backup is erased again. The log of a restored folder signs nothing until the
operator states that the original is gone.`,
  examples: ['--from /mnt/backup --folder new-data --identity age.key --keys keys.age'],
  usage: ['--from TARGET --folder NEW --identity FILE [--keys FILE]'],
  options: {
    from: BACKUP_TARGET,
    folder: required('NEW', 'The new folder.', 'a new folder', filePath),
    identity: BACKUP_IDENTITY,
    at: BACKUP_GENERATION,
    keys: BACKUP_KEYS,
    secrets: optional('DIR', 'New folder for the secrets that the server was given.', { read: filePath }),
    json: json(),
  },
  notes: `
Then run "kuager archive verify" and "kuager rebuild" on it. How to go on: docs/operating/backups.md`,
  run: async (values, { world }) => {
    await using objects = openBackupTarget(world, values.from)
    const show = showBytes(world)
    const restored = await restoreBackup({
      ...{
        objects,
        opener: await openIdentities(values.identity),
        generation: values.at,
        into: resolve(values.folder),
      },
      ...{ keys: await readKeysFile(values.keys), secretsInto: values.secrets, signal: world.signal, onProgress: show },
    })
    show.end()
    if (values.json) world.out.write(`${JSON.stringify(jsonOf(restored))}\n`)
    else tell(restored, values.folder, world)
    return 0
  },
})

const jsonOf = ({ manifest, bytes, erased, logged, keys }: Restored): Readonly<Record<string, unknown>> => ({
  ...{ generation: manifest.generation, at: manifest.at, files: manifest.files.length, bytes },
  ...{ leaves: manifest.leaves, logged, erased: erased.erased, erasures_left_out: erased.leftOut, keys },
})

function tell({ manifest, bytes, erased, logged, keys, secretsLeft }: Restored, folder: string, world: World): void {
  const { generation, at, files, leaves, elsewhere, log } = manifest
  const lines = [
    `generation ${generation} of ${at}: ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB`,
    ...(leaves === null ? [] : [`archive: ${leaves} leaves; ${erased.erased} erased`]),
    ...(erased.leftOut === 0
      ? []
      : [`${erased.leftOut} erasures are of measurements that came after this generation: they are not in it`]),
    ...(log === null
      ? []
      : [`log: ${logged} leaves, the root is that of its state; it signs nothing until "kuager log take-over"`]),
    keys === 0 ? 'keys: none; without --keys nothing can be signed' : `keys: ${keys} files`,
    ...(secretsLeft === 0 ? [] : [`${secretsLeft} secrets of the server were put nowhere: --secrets DIR`]),
    ...elsewhere.map((part) => `${part}: was in PostgreSQL; restore it by pg_restore`),
  ]
  world.out.write(`${lines.join('\n')}\nRestored to "${printable(folder)}"\n`)
}
