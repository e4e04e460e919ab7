import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { Fault, InputError, wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { takeLock } from '../../runtime/files/data-folder.ts'
import { REAL_DISK, isMissing } from '../../runtime/files/disk.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import type { World } from '../../runtime/world.ts'
import type { ArchiveLengths } from '../../store/archive/contract.ts'
import { registryFolder } from '../registry/place.ts'
import { REGISTRY_FILES } from '../registry/file.ts'
import { backupsFolder } from './names.ts'

/** A folder that is backed up. */
export interface BackupSource {
  /** Real path. */
  readonly folder: string
  readonly kind: 'observatory' | 'letter'
}

/** Throws InputError where there is no data folder and no folder of a letter service. */
export async function findSource(world: World, folder: string): Promise<BackupSource> {
  const path = resolve(world.cwd, folder)
  const real = await realpath(path).catch((error: unknown) => {
    if (isMissing(error)) return path
    throw error
  })
  if (existsSync(join(real, 'archive'))) return { folder: real, kind: 'observatory' }
  if (existsSync(join(registryFolder(real), REGISTRY_FILES.letters.name))) return { folder: real, kind: 'letter' }
  throw new InputError(`Cannot back up "${printable(path)}": it has no archive and no letters`, {
    code: 'backup.folder',
    path: 'folder',
    expected: 'a data folder or the folder of a letter service',
  })
}

/** Opens a target by its address: `s3://BUCKET/PREFIX`, or a folder, relative to that of the command. */
export function openBackupTarget(world: World, address: string): ObjectStore {
  return openObjects(/^[a-z0-9]+:\/\//.test(address) ? address : resolve(world.cwd, address), world.env)
}

/** Throws InputError for a place within what is backed up. */
export function refuseWithin(folder: string, place: string, option: string): void {
  if (place === folder || place.startsWith(folder + sep))
    throw wrongOption(option, `"${printable(place)}" is in the folder that is backed up`, 'a place on another disk')
}

/** Keeps other backups of the same folder away until disposed. Throws Fault where one is at work. */
export async function lockBackups(folder: string): Promise<AsyncDisposable> {
  await REAL_DISK.makeFolder(backupsFolder(folder))
  const lock = takeLock(join(backupsFolder(folder), 'lock.sqlite'))
  if (lock === undefined) throw new Fault(`Cannot back up "${folder}": another backup of it is at work`)
  return { [Symbol.asyncDispose]: async () => lock.close() }
}

const lengthsSchema = z.object({
  leaves: z.number(),
  segment: z.number(),
  segment_bytes: z.number(),
  leaf_bytes: z.number(),
})

/** Asks how far the archive of a folder is durable: in this process, or in the one that has it open. */
export async function askLengths(world: World, folder: string): Promise<ArchiveLengths> {
  let [out, err] = ['', '']
  const asking: World = {
    ...world,
    terminal: false,
    out: { write: (text: string) => (out += text) },
    err: { write: (text: string) => (err += text) },
  }
  const exit = await world.runCommand(['archive', 'lengths', '--folder', folder], asking)
  if (exit !== 0) throw new Fault(`Cannot ask how far the archive of "${folder}" is durable: ${err.trim()}`)
  const found = lengthsSchema.parse(JSON.parse(out))
  return {
    ...{ leaves: found.leaves, segment: found.segment },
    ...{ segmentBytes: found.segment_bytes, leafBytes: found.leaf_bytes },
  }
}
