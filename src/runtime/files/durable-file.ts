import { basename, dirname, join } from 'node:path'
import { REAL_DISK, isMissing, isThere, type Disk, type DiskFile } from './disk.ts'

/** Ending of files that are being written; the process that opens a folder may remove them. */
export const UNFINISHED = '.unfinished'

/**
 * Opens a file that no other process has: what is under its name, from a crash or planted, is removed and never written
 * into, and no link is followed. Throws if something is put there meanwhile.
 */
export async function openAnew(path: string, disk: Disk = REAL_DISK): Promise<DiskFile> {
  try {
    return await disk.open(path, 'create')
  } catch (error) {
    if (!isThere(error)) throw error
  }
  await disk.remove(path)
  return disk.open(path, 'create')
}

/**
 * Writes a whole file so that after a crash there is either the old one or the new one, whole: a file beside it, fsync,
 * rename, fsync of the folder. One writer per path at a time.
 */
export async function writeDurable(path: string, bytes: Uint8Array, disk: Disk = REAL_DISK): Promise<void> {
  const folder = dirname(path)
  const unfinished = join(folder, `${basename(path)}${UNFINISHED}`)
  const file = await openAnew(unfinished, disk)
  try {
    await file.write(bytes, 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(unfinished, path)
  await disk.syncFolder(folder)
}

/** Whole content of a file, or undefined where there is none. Only for files whose size we bound ourselves. */
export async function readWhole(path: string, disk: Disk = REAL_DISK): Promise<Buffer | undefined> {
  try {
    const file = await disk.open(path, 'read')
    try {
      const bytes = Buffer.alloc(await file.size())
      const length = await file.read(bytes, 0)
      return bytes.subarray(0, length)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
