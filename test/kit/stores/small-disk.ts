import { execFile } from 'node:child_process'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A small file system in memory, mounted for one test. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string
  /** Mounts it again with other options, such as `ro` or `size=64m`. */
  remount(options: string): Promise<void>
  /** Fills it to the last byte; `empty` takes that back. */
  fill(): Promise<void>
  empty(): Promise<void>
}

/** Why no such disk can be mounted here; false where one can. */
export const noSmallDisk: string | false =
  process.platform === 'linux' && process.getuid?.() === 0 ? false : 'mounting a small disk needs root on Linux'

/** Mounts a disk of so many MiB at a path, which is made. */
export async function mountSmallDisk(path: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(path, { recursive: true })
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
  const filler = join(path, 'filler')
  return {
    path,
    remount: async (options) => {
      await run('mount', ['-o', `remount,${options}`, path])
    },
    fill: async () => {
      const file = await open(filler, 'w')
      try {
        for (let size = 2 ** 20; size >= 512;)
          try {
            await file.appendFile(Buffer.alloc(size, 1))
          } catch (error) {
            if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
            size /= 2
          }
      } finally {
        await file.close()
      }
    },
    empty: () => rm(filler, { force: true }),
    async [Symbol.asyncDispose]() {
      await run('umount', ['-l', path])
    },
  }
}
