import { chmodSync } from 'node:fs'
import { mkdir, readFile, readdir, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault, InputError } from '../../core/model/errors.ts'
import { REAL_DISK } from './disk.ts'
import { UNFINISHED } from './durable-file.ts'

/** Who holds a data folder, as that process says in `holder.json`; a word for people, the lock is the truth. */
export interface Holder {
  readonly pid: number
  /** Such as `kuager serve`. */
  readonly command: string
  /** Path of the socket on which it takes commands; absent where it takes none. */
  readonly socket?: string
  /** Address at which it serves pages, or will when it has prepared them; absent where it serves none. */
  readonly url?: string
}

/** A data folder that this process alone holds until disposed, or until it dies. */
export interface HeldFolder extends AsyncDisposable {
  /** Real, absolute path. */
  readonly path: string
  /** Adds to `holder.json` where commands are taken, and where pages are served. */
  announce(where: Pick<Holder, 'socket' | 'url'>): Promise<void>
}

export type Hold =
  | { readonly kind: 'held'; readonly folder: HeldFolder }
  /** `holder` is absent where it has not said yet who it is. */
  | { readonly kind: 'taken'; readonly holder?: Holder }

const LOCK = 'lock.sqlite'
const HOLDER = 'holder.json'
const BUSY = 5 // SQLITE_BUSY
const CANNOT_OPEN = 14 // SQLITE_CANTOPEN
/** Any of these says that a folder is ours. */
const OURS = [LOCK, 'archive', 'warehouse', 'registry', 'lead.json']
/** What an operator may write into a new folder before the first start. */
const BEFORE_US = ['about.json', 'record']

/**
 * Holds a data folder, which is made where it is missing, or says who holds it. The lock is an exclusive transaction of
 * SQLite on an empty file: the operating system ends it with the process, however that dies
 * (docs/decisions/0004-one-holder-by-sqlite-lock.md).
 *
 * Throws InputError for a folder full of other things, so that no one makes `/home` an archive by mistake.
 *
 * BUG: POSIX ends the lock when any part of this process opens and closes `lock.sqlite` by other means: nothing here
 * may read that file. On network file systems the lock is as good as theirs; docs/operating says: local disks only.
 */
export async function tryHold(folder: string, command: string): Promise<Hold> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = await realpath(folder)
  const names = await readdir(path)
  if (!names.every((name) => BEFORE_US.includes(name)) && !OURS.some((name) => names.includes(name)))
    throw new InputError(`Cannot use folder "${path}": it holds other things and no data of Kuager`, {
      code: 'folder.foreign',
      path: 'folder',
      expected: 'an empty folder, a new one or a data folder',
    })
  const lock = takeLock(join(path, LOCK))
  if (lock === undefined) {
    const holder = await readHolder(path)
    return holder === undefined ? { kind: 'taken' } : { kind: 'taken', holder }
  }
  let said: Holder = { pid: process.pid, command }
  try {
    await writeHolder(path, said)
  } catch (error) {
    lock.close()
    throw error
  }
  return {
    kind: 'held',
    folder: {
      path,
      announce: (where) => writeHolder(path, (said = { ...said, ...where })),
      [Symbol.asyncDispose]: async () => void (lock.isOpen && lock.close()),
    },
  }
}

/**
 * Holds a data folder that cannot be written: others may read it meanwhile, and none can write. Throws Fault where
 * another process writes to it, or where it holds no data of Kuager.
 */
export async function holdForReading(folder: string): Promise<HeldFolder> {
  const path = await realpath(folder)
  if (!(await readdir(path)).includes('archive'))
    throw new Fault(`Cannot open folder "${path}" for reading: it holds no archive, and the disk cannot be written`)
  const lock = takeReadLock(join(path, LOCK))
  if (lock === 'busy') throw takenFault(path, await readHolder(path))
  return {
    path,
    announce: async () => undefined,
    [Symbol.asyncDispose]: async () => lock?.close(),
  }
}

/** A shared lock needs no writing. Undefined where the file is missing: then no writer of ours was ever here. */
function takeReadLock(path: string): DatabaseSync | 'busy' | undefined {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 0 })
    database.exec('BEGIN')
    database.prepare('SELECT count(*) FROM sqlite_master').get()
    return database
  } catch (error) {
    database?.close()
    const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
    if (code === BUSY) return 'busy'
    if (code === CANNOT_OPEN) return undefined
    throw new Fault(`Cannot lock "${path}": the lock file cannot be used`, { cause: error })
  }
}

/** Holds a data folder. Throws Fault that names the holder where another process, or this one, has it already. */
export async function holdFolder(folder: string, command: string): Promise<HeldFolder> {
  const hold = await tryHold(folder, command)
  if (hold.kind === 'held') return hold.folder
  throw takenFault(folder, hold.holder)
}

export const takenFault = (folder: string, holder: Holder | undefined): Fault =>
  new Fault(
    `Cannot open folder "${folder}": held by ${
      holder === undefined ? 'another process' : `process ${holder.pid} (${holder.command})`
    }`,
  )

/** A lock on a file until it is closed or this process dies; undefined where it is taken. Throws Fault where there can be none. */
export function takeLock(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    chmodSync(path, 0o600) // a reader could hold up the lock; this call opens nothing, so it does not end it
    return database
  } catch (error) {
    database?.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return undefined
    throw new Fault(`Cannot lock "${path}": the lock file cannot be used`, { cause: error })
  }
}

async function writeHolder(folder: string, holder: Holder): Promise<void> {
  const path = join(folder, HOLDER)
  await writeFile(`${path}${UNFINISHED}`, `${JSON.stringify(holder)}\n`, { mode: 0o600 })
  await REAL_DISK.rename(`${path}${UNFINISHED}`, path)
}

/** What the holder says of itself; undefined where that cannot be read. */
async function readHolder(folder: string): Promise<Holder | undefined> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(join(folder, HOLDER), 'utf8'))
  } catch {
    return undefined // between taking the lock and saying so; the lock alone decides
  }
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('command' in value)) return undefined
  const { pid, command } = value
  if (typeof pid !== 'number' || typeof command !== 'string') return undefined
  return {
    ...{ pid, command },
    ...('socket' in value && typeof value.socket === 'string' ? { socket: value.socket } : {}),
    ...('url' in value && typeof value.url === 'string' ? { url: value.url } : {}),
  }
}
