import { readFile, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import { badBackup, folderPathSchema } from './format.ts'
import { listFolder } from './folder-files.ts'

const FORMAT = 'kuager-backup-keys/1'
/** Files by relative path, in Base64. */
const filesSchema = z.record(folderPathSchema, z.base64())
const keysSchema = z.object({
  format: z.literal(FORMAT),
  of: z.string(),
  at: z.string(),
  files: filesSchema,
  secrets: filesSchema,
})

/** The keys of a folder: what is in the folder itself, and in the folder of secrets that its server was given. */
export type SavedKeys = z.infer<typeof keysSchema>

export interface KeyPlaces {
  readonly folder: string
  readonly secrets?: string | undefined
}

/** Reads every key of a folder: those that sign, that of erasures, and the secrets of mails and letters. */
export async function gatherKeys(
  { folder, secrets }: KeyPlaces,
  told: { readonly of: string; readonly at: string },
): Promise<Buffer> {
  const { secrets: paths } = await listFolder(folder)
  const files = await readFiles(folder, paths)
  const outside = secrets === undefined ? {} : await readFiles(secrets, await filesBelow(secrets))
  const keys = keysSchema.safeParse({ format: FORMAT, ...told, files, secrets: outside })
  if (!keys.success)
    throw new Fault('Cannot save keys: a file has a name that a backup does not take', { cause: keys.error })
  return Buffer.from(`${JSON.stringify(keys.data)}\n`)
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted()
}

async function readFiles(folder: string, paths: readonly string[]): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const path of paths) files[path] = (await readFile(join(folder, path))).toString('base64')
  return files
}

/** Throws InputError for bytes that are no file of keys, or of another folder. */
export function parseKeys(bytes: Uint8Array, path: string, of: string): SavedKeys {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    value = undefined
  }
  const found = keysSchema.safeParse(value)
  if (!found.success) throw badBackup(path, 'it is not a file of keys')
  if (found.data.of !== of) throw badBackup(path, 'its keys are of another folder than the backup')
  return found.data
}

/** Puts files of keys into a folder, readable by their owner alone. */
export async function placeKeys(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await REAL_DISK.makeFolder(dirname(join(folder, path)))
    await writeDurable(join(folder, path), Buffer.from(text, 'base64'))
  }
}
