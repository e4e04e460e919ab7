import { dirname, join } from 'node:path'
import { Fault } from '../../core/model/errors.ts'
import { isMissing, type Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

/** Paths inside the folder of a log (docs/formats/log.md, "Folder"). */
export interface LogFolder {
  readonly folder: string
  /** Who the log is: origin, kind, keys. */
  readonly identity: string
  /** Size and root of the tree whose tiles are on disk. */
  readonly state: string
  /** Where entries that are not measurements stand: derived. */
  readonly entries: string
  readonly keys: string
  /** What anyone may read: checkpoint and tiles. */
  readonly served: string
  readonly checkpoint: string
  seed(name: string): string
}

/** `keys`: where its secrets lie; absent: in the folder itself. */
export const logFolder = (folder: string, keys = join(folder, 'keys')): LogFolder => ({
  folder,
  identity: join(folder, 'log.json'),
  state: join(folder, 'state.json'),
  entries: join(folder, 'entries.json'),
  keys,
  served: join(folder, 'public'),
  checkpoint: join(folder, 'public', 'checkpoint'),
  seed: (name) => join(keys, `${name}.seed`),
})

/** Makes a folder with all above it down from `root`, which exists, each certain before the next. */
export async function makeFolders(root: string, folder: string, disk: Disk): Promise<void> {
  if (folder === root) return
  await makeFolders(root, dirname(folder), disk)
  await disk.makeFolder(folder)
  await disk.syncFolder(dirname(folder))
}

/** Whether a log was ever at work here: what is served stands only behind an identity. */
export async function hasServed({ served, checkpoint }: LogFolder, disk: Disk): Promise<boolean> {
  if ((await readWhole(checkpoint, disk)) !== undefined) return true
  try {
    return (await disk.list(join(served, 'tile'))).length > 0
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** JSON of a file of ours, undefined where there is none. Throws Fault that names a file which is damaged. */
export async function readJsonFile(path: string, disk: Disk): Promise<unknown> {
  const bytes = await readWhole(path, disk)
  if (bytes === undefined) return undefined
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new Fault(`Cannot read "${path}": it is no JSON`, { cause })
  }
}

export const writeJsonFile = (path: string, value: unknown, disk: Disk): Promise<void> =>
  writeDurable(path, Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`), disk)
