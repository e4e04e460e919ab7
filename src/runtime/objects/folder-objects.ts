import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync, renameSync, type BigIntStats } from 'node:fs'
import { link, open, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { dirname, join } from 'node:path'
import { Fault } from '../../core/model/errors.ts'
import type { Instant } from '../../core/model/units.ts'
import { takeLock } from '../files/data-folder.ts'
import { REAL_DISK, isMissing, isThere } from '../files/disk.ts'
import { Mutex } from '../mutex.ts'
import type {
  BeforeWrite,
  FileBody,
  ListedObject,
  ObjectStore,
  Patch,
  PutCondition,
  PutResult,
  StoredObject,
} from './contract.ts'
import { HALF_STORED, checkKey, compareKeys } from './object-key.ts'

/** Up to this length the etag is a hash of the content; beyond it, of what the file system says of the file. */
const HASHED_BYTES = 1024 * 1024
const PIECE_BYTES = 1024 * 1024
/** File of the lock under which objects are compared and swapped. */
const LOCK = '.swap.sqlite'
const LOCK_TRIES = 500
const LOCK_PAUSE_MS = 20

/**
 * Objects as files of a folder. A file is written under another name, fsynced and renamed, never changed in place: who
 * has it open reads one state. Comparing and swapping holds a lock of SQLite, so it is as good as the locks of the file
 * system: on NFS it depends on its server.
 */
export class FolderObjects implements ObjectStore {
  readonly name: string
  readonly #root: string
  /** Locks of POSIX are those of a process: within it, one swap at a time. */
  readonly #swaps = new Mutex()
  readonly #made = new Set<string>()

  readonly #beforeWrite: BeforeWrite

  constructor(root: string, beforeWrite: BeforeWrite = () => undefined) {
    this.#root = root
    this.#beforeWrite = beforeWrite
    this.name = root
  }

  async get(
    key: string,
    range?: { readonly from: number; readonly length: number },
  ): Promise<StoredObject | undefined> {
    return this.#withFile(key, async (file) => {
      const { size } = await file.stat()
      const from = Math.min(range?.from ?? 0, size)
      const bytes = Buffer.alloc(Math.max(0, Math.min(range?.length ?? size, size - from)))
      await readFully(file, bytes, from)
      return { bytes, etag: await etagOf(file), size }
    })
  }

  head(key: string): Promise<ListedObject | undefined> {
    return this.#withFile(key, async (file) => ({ key, size: (await file.stat()).size, etag: await etagOf(file) }))
  }

  async put(key: string, body: Uint8Array | FileBody, condition?: PutCondition): Promise<PutResult> {
    checkKey(key)
    return this.#write(
      key,
      (file) => writeBody(file, body),
      async (half, path) => {
        if (condition === undefined) return replace(half, path)
        if ('absent' in condition) return linkNew(half, path)
        return this.#locked(() => {
          const isSame = etagNow(path) === condition.etag
          if (isSame) renameSync(half, path)
          return isSame
        })
      },
    )
  }

  async *list(prefix: string, after = ''): AsyncGenerator<ListedObject, void, undefined> {
    checkKey(prefix, 'prefix')
    const end = prefix.lastIndexOf('/') + 1
    yield* this.#walk(prefix.slice(0, end), { prefix, after })
  }

  async *#walk(
    folder: string,
    wanted: { readonly prefix: string; readonly after: string },
  ): AsyncGenerator<ListedObject, void, undefined> {
    const entries = await orEmpty(readdir(join(this.#root, folder), { withFileTypes: true }))
    const names = entries.flatMap((entry) =>
      entry.isDirectory() ? `${folder}${entry.name}/` : entry.isFile() ? `${folder}${entry.name}` : [],
    )
    for (const name of names.sort(compareKeys)) {
      const inside = name.startsWith(wanted.prefix) || (name.endsWith('/') && wanted.prefix.startsWith(name))
      if (!inside || name.endsWith(HALF_STORED) || name === LOCK) continue
      // All keys below a folder are before `after` where the folder is, and is not the beginning of it.
      if (compareKeys(name, wanted.after) <= 0 && !(name.endsWith('/') && wanted.after.startsWith(name))) continue
      if (name.endsWith('/')) yield* this.#walk(name, wanted)
      else {
        const found = await this.head(name) // gone meanwhile: no longer listed
        if (found !== undefined) yield found
      }
    }
  }

  async remove(key: string): Promise<void> {
    checkKey(key)
    const path = join(this.#root, key)
    this.#beforeWrite()
    try {
      await unlink(path)
      await REAL_DISK.syncFolder(dirname(path))
    } catch (error) {
      if (!isMissing(error)) throw this.#fault('remove', key, error)
    }
  }

  async patch(key: string, patches: readonly Patch[]): Promise<void> {
    const path = join(this.#root, key)
    const found = await this.head(key)
    if (found === undefined) throw new Fault(`Cannot overwrite "${key}" in ${this.name}: it is not there`)
    await this.#write(
      key,
      async (file) => {
        await writeBody(file, { path, size: found.size })
        for (const { at, bytes } of patches) await file.write(bytes, 0, bytes.length, at)
      },
      replace,
    )
  }

  keepsVersions(): Promise<'no'> {
    return Promise.resolve('no')
  }

  async sweep(before: Instant): Promise<number> {
    let swept = 0
    const entries = await orEmpty(readdir(this.#root, { withFileTypes: true, recursive: true }))
    for (const entry of entries.filter(({ name }) => name.endsWith(HALF_STORED))) {
      const path = join(entry.parentPath, entry.name)
      if ((await stat(path)).mtimeMs >= before) continue
      this.#beforeWrite()
      await unlink(path)
      swept++
    }
    return swept
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#swaps.idle()
  }

  async #withFile<T>(key: string, read: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
    checkKey(key)
    let file: FileHandle
    try {
      file = await open(join(this.#root, key), 'r')
    } catch (error) {
      if (isMissing(error) || isNoFolder(error)) return undefined
      throw this.#fault('read', key, error)
    }
    try {
      if (!(await file.stat()).isFile()) return undefined
      return await read(file)
    } catch (error) {
      throw this.#fault('read', key, error)
    } finally {
      await file.close()
    }
  }

  /** Writes a file next to the object, durably, and lets `place` put it there; false refuses. */
  async #write(
    key: string,
    write: (file: FileHandle) => Promise<void>,
    place: (half: string, path: string) => Promise<boolean>,
  ): Promise<PutResult> {
    const path = join(this.#root, key)
    const half = `${path}.${randomBytes(6).toString('hex')}${HALF_STORED}`
    try {
      await this.#makeFolder(dirname(path))
      const file = await open(half, 'wx+', 0o600)
      let etag: string
      try {
        await write(file)
        await file.sync()
        etag = await etagOf(file)
      } finally {
        await file.close()
      }
      this.#beforeWrite()
      if (!(await place(half, path))) return { kind: 'refused' }
      await REAL_DISK.syncFolder(dirname(path))
      return { kind: 'stored', etag }
    } catch (error) {
      throw this.#fault('store', key, error)
    } finally {
      await unlink(half).catch(() => undefined) // renamed: not there
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#made.has(folder)) return
    await REAL_DISK.makeFolder(folder)
    for (let at = folder; at.startsWith(this.#root) && at !== dirname(at); at = dirname(at))
      await REAL_DISK.syncFolder(dirname(at))
    this.#made.add(folder)
  }

  /**
   * Nothing is awaited under the lock: a process that is paused there keeps it from every other one, for as long as it is
   * paused.
   */
  #locked(act: () => boolean): Promise<boolean> {
    return this.#swaps.run(async () => {
      for (let tries = 0; tries < LOCK_TRIES; tries++) {
        const lock = takeLock(join(this.#root, LOCK))
        if (lock !== undefined)
          try {
            return act()
          } finally {
            lock.close()
          }
        await delay(LOCK_PAUSE_MS)
      }
      throw new Fault(`Cannot lock "${join(this.#root, LOCK)}": another process has held it for too long`)
    })
  }

  #fault(act: string, key: string, error: unknown): Fault {
    if (error instanceof Fault) return error
    return new Fault(`Cannot ${act} "${key}" in ${this.name}: ${error instanceof Error ? error.message : 'failed'}`, {
      cause: error,
    })
  }
}

const isNoFolder = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOTDIR' || error.code === 'EISDIR')

async function orEmpty<T>(names: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await names
  } catch (error) {
    if (isMissing(error) || isNoFolder(error)) return []
    throw error
  }
}

async function replace(half: string, path: string): Promise<boolean> {
  await rename(half, path)
  return true
}

/** A link is made only where there is no such name: in one step, also among processes. */
async function linkNew(half: string, path: string): Promise<boolean> {
  try {
    await link(half, path)
    return true
  } catch (error) {
    if (isThere(error)) return false
    throw error
  }
}

async function readFully(file: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done)
    if (bytesRead === 0) throw new Fault('the file ends too early')
    done += bytesRead
  }
}

async function writeBody(file: FileHandle, body: Uint8Array | FileBody): Promise<void> {
  if (body instanceof Uint8Array) return file.writeFile(body)
  const from = await open(body.path, 'r')
  try {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, body.size))
    for (let at = 0; at < body.size; at += piece.length) {
      const bytes = piece.subarray(0, Math.min(piece.length, body.size - at))
      await readFully(from, bytes, at)
      await file.writeFile(bytes)
    }
  } finally {
    await from.close()
  }
}

async function etagOf(file: FileHandle): Promise<string> {
  const found = await file.stat({ bigint: true })
  if (found.size > HASHED_BYTES) return etagOfLarge(found)
  const bytes = Buffer.alloc(Number(found.size))
  await readFully(file, bytes, 0)
  return etagOfBytes(bytes)
}

/** The same without waiting; undefined where there is no such file. */
function etagNow(path: string): string | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  try {
    const found = fstatSync(file, { bigint: true })
    return found.size > HASHED_BYTES ? etagOfLarge(found) : etagOfBytes(readFileSync(file))
  } finally {
    closeSync(file)
  }
}

const etagOfBytes = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32)

const etagOfLarge = ({ size, mtimeNs, ino }: Pick<BigIntStats, 'size' | 'mtimeNs' | 'ino'>): string =>
  etagOfBytes(Buffer.from(`${size} ${mtimeNs} ${ino}`))
