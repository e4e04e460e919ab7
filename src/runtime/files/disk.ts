import { constants } from 'node:fs'
import { mkdir, open, readdir, rename, rmdir, unlink, type FileHandle } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** One open file. Positions and lengths in bytes. */
export interface DiskFile {
  readonly path: string
  size(): Promise<number>
  /** Fills `into` from `position` on; gives how many bytes there were, fewer only at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>
  /** Writes all of `bytes` or throws. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Resolves when what was written, and the length of the file, survive a loss of power. */
  sync(): Promise<void>
  truncate(length: number): Promise<void>
  close(): Promise<void>
}

/** `read` and `write` need an existing file; `create` refuses one; `append` takes or makes one. */
export type OpenMode = 'read' | 'write' | 'create' | 'append'

/**
 * Every act on the disk that a durable store makes. It exists so that a test can stop a process, or the power, at each
 * of these acts: a store that must survive a crash does all its work on files through it.
 */
export interface Disk {
  /** Names in a folder, sorted. */
  list(folder: string): Promise<readonly string[]>
  makeFolder(folder: string): Promise<void>
  open(path: string, mode: OpenMode): Promise<DiskFile>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Removes an empty folder. */
  removeFolder(folder: string): Promise<void>
  /** Makes creations, renames and removals in a folder survive a loss of power. */
  syncFolder(folder: string): Promise<void>
}

const FLAGS = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
  append: constants.O_RDWR | constants.O_CREAT,
} as const satisfies Record<OpenMode, number>

class RealFile implements DiskFile {
  readonly path: string
  readonly #handle: FileHandle

  constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let done = 0
    while (done < into.length) {
      const { bytesRead } = await this.#handle.read(into, done, into.length - done, position + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return done
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done)
      done += bytesWritten
    }
  }

  sync(): Promise<void> {
    return this.#handle.sync()
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length)
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** The disk of this machine. Files are readable by their owner only. */
const SYSTEM_DISK: Disk = {
  list: async (folder) => (await readdir(folder)).sort(),
  makeFolder: async (folder) => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  },
  open: async (path, mode) => new RealFile(path, await open(path, FLAGS[mode], 0o600)),
  rename: (from, to) => rename(from, to),
  remove: (path) => unlink(path),
  removeFolder: (folder) => rmdir(folder),
  syncFolder: async (folder) => {
    if (process.platform === 'win32') return // Windows opens no folder; NTFS journals its entries itself
    const handle = await open(folder, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

/** Errors of Windows while another program, as a scanner for viruses, has a file open. */
const HELD = ['EBUSY', 'EPERM', 'EACCES']
/** Pauses between attempts: 2.5 seconds in all, longer than a scanner holds a small file. */
const PATIENCE_MS = [10, 20, 50, 100, 200, 400, 700, 1000]

const isHeld = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && HELD.includes(String(error.code))

/** A disk that tries again while another program has a file open. Then throws the last error. */
export function patientDisk(inner: Disk, wait: (milliseconds: number) => Promise<unknown> = delay): Disk {
  const patiently = async <T>(act: () => Promise<T>): Promise<T> => {
    for (const pause of PATIENCE_MS)
      try {
        return await act()
      } catch (error) {
        if (!isHeld(error)) throw error
        await wait(pause)
      }
    return act()
  }
  return {
    ...inner,
    open: (path, mode) => patiently(() => inner.open(path, mode)),
    rename: (from, to) => patiently(() => inner.rename(from, to)),
    remove: (path) => patiently(() => inner.remove(path)),
    removeFolder: (folder) => patiently(() => inner.removeFolder(folder)),
  }
}

/** Elsewhere these errors are about rights, which do not change by waiting. */
export const REAL_DISK: Disk = process.platform === 'win32' ? patientDisk(SYSTEM_DISK) : SYSTEM_DISK

/** Whether an error says that the disk, or its owner's share of it, is full. */
export const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')

/** Whether an error says that a file or folder is not there. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** Whether an error says that a file or folder is there already. */
export const isThere = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST'
