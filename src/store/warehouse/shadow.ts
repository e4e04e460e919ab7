import { copyFile, mkdir, readdir, readlink, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** Names of folders below `store/` that hold a table: everything in a folder below them is a part. */
const PART_DEPTH = 4

/**
 * Makes a folder that the embedded engine can open in place of a warehouse that cannot be written: folders and small
 * files as copies, files of parts as links. The engine never changes a part; it makes new ones and removes old ones,
 * which here are files and links of the new folder. Throws where the new folder cannot hold them.
 */
export async function shadowWarehouse(warehouse: string, to: string): Promise<void> {
  await shadow(resolve(warehouse), to, 0)
}

async function shadow(from: string, to: string, depth: number): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await shadow(source, target, depth + 1)
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target)
    else if (entry.isFile() && depth >= PART_DEPTH) await symlink(source, target)
    else if (entry.isFile()) await copyFile(source, target)
  }
}
