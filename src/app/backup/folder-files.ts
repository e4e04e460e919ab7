import { existsSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UNFINISHED } from '../../runtime/files/durable-file.ts'
import { isMissing } from '../../runtime/files/disk.ts'

/**
 * What is left out: the warehouse and what else is derived, locks, mails that were written to a folder, and the notes
 * about backups. Archive, journal and registry are read in their own way; a file of the registry that was moved to a
 * database is an old one, in which nothing is erased any more.
 */
const LEFT_OUT =
  /^(?:warehouse[^/]*|derived|backups|mails|archive|holder\.json|kuager\.sock|registry\/.*\.sqlite[^/]*|log\/(?:entries\.json|restored\.json|public\/tile)|incidents\/(?:detected\.json.*|revisions\.jsonl|acknowledged\.json))(?:\/|$)/

/** Keys and other secrets: never in a backup, only in the file of keys. */
const SECRET = /(?:^|\/)(?:keys|[\w-]*secrets?)\/|\.(?:key|seed|token|pem)$|(?:^|\/)mail\.json$/

const LOCK = 'lock.sqlite'

/** Files of a data folder that are read as they are, by relative path with `/`, sorted. */
export interface FolderFiles {
  readonly files: readonly string[]
  readonly secrets: readonly string[]
}

/** Lists what a backup takes as it is. A folder within it that is held separately, as that of a letter service, is left out. */
export async function listFolder(folder: string): Promise<FolderFiles> {
  const files: string[] = []
  const secrets: string[] = []
  const walk = async (at: string): Promise<void> => {
    for (const name of await namesIn(join(folder, at))) {
      const path = at === '' ? name : `${at}/${name}`
      if (name === LOCK || name.endsWith(UNFINISHED) || LEFT_OUT.test(path)) continue
      const found = await lstat(join(folder, path)).catch(gone)
      if (found?.isDirectory() === true) {
        if (!existsSync(join(folder, path, LOCK))) await walk(path)
      } else if (found?.isFile() === true) {
        if (SECRET.test(path)) secrets.push(path)
        else files.push(path)
      }
    }
  }
  await walk('')
  if (existsSync(join(folder, 'archive', 'erasure.key'))) secrets.push('archive/erasure.key')
  return { files, secrets }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

const gone = (error: unknown): undefined => {
  if (!isMissing(error)) throw error
  return undefined
}
