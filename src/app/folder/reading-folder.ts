import { copyFile, lstat, mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { Fault } from '../../core/model/errors.ts'
import type { HealthReason } from '../../core/model/health.ts'
import { whyCopy } from '../../pipeline/log/lead/local-right.ts'
import { shadowWarehouse } from '../../store/warehouse/shadow.ts'
import { holdForReading } from '../../runtime/files/data-folder.ts'
import { isMissing, REAL_DISK } from '../../runtime/files/disk.ts'
import { thisMachine } from '../../runtime/files/machine.ts'
import { measureSpace, noneBelow } from '../../runtime/files/free-space.ts'
import { overlayDisk } from '../../runtime/files/overlay-disk.ts'
import { PLACES } from '../registry/place.ts'
import { OpenFolder } from './open.ts'

/** Name of the file with which it is tried whether a folder can be written. */
const TRIAL = 'writable.unfinished'
/** Bytes of it: more than a file system keeps next to the name of a file. */
const TRIAL_BYTES = 64 * 1024
/** Share of the last floor (files/free-space.ts) that a start with writing needs: the log grows and the warehouse merges. */
const START_SHARE = 1 / 4
const WORK = 'kuager-reading-'
/** Work folders of this process. One of its number that is none of them is of a process before it, as in a container. */
const ours = new Set<string>()
/** Where work folders are made, the preferred first. */
const workParents = (): ReadonlySet<string> => new Set(['/dev/shm', tmpdir()])

/** Codes with which a disk refuses to be written, and those of SQLite for the same. */
const REFUSED: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EROFS']
const REFUSED_SQLITE: readonly unknown[] = [8, 13] // SQLITE_READONLY, SQLITE_FULL
const REFUSED_TEXT = /No space left on device|Read-only file system|Disk quota exceeded/

/** Whether an error, or a cause of it, says that the disk is full or mounted for reading only. */
export function isDiskRefusal(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    if ('code' in cause && REFUSED.includes(cause.code)) return true
    // The lowest eight bits are the code, the others say more of it: 1544 is that a folder cannot be written.
    if ('errcode' in cause && REFUSED_SQLITE.includes(Number(cause.errcode) & 0xff)) return true
    if (REFUSED_TEXT.test(cause.message)) return true
  }
  return false
}

/**
 * Why a data folder cannot be written now, in a few words; undefined where it can, or is not there yet. Throws what is
 * not the disk's doing, such as a folder of another user.
 */
export async function whyNotWritable(folder: string): Promise<'full' | 'read-only' | undefined> {
  const path = join(folder, TRIAL)
  try {
    const file = await open(path, 'w', 0o600)
    try {
      await file.write(Buffer.alloc(TRIAL_BYTES))
      await file.sync()
    } finally {
      await file.close()
      await rm(path, { force: true })
    }
    const space = measureSpace(folder)
    return space.free < START_SHARE * noneBelow(space) ? 'full' : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    if (!isDiskRefusal(error)) throw error
    return error instanceof Error && 'code' in error && error.code === 'EROFS' ? 'read-only' : 'full'
  }
}

/** Why a data folder is served for reading only. */
export interface Closed {
  readonly reason: Extract<HealthReason, 'read_only' | 'copied' | 'standby'>
  /** In words for the operator. */
  readonly why: string
}

/**
 * Why a data folder cannot be used with everything now; undefined where it can, or is not there yet. `leads`: a register
 * of several machines is asked besides.
 */
export async function whyClosed(folder: string, leads: boolean): Promise<Closed | undefined> {
  const disk = await whyNotWritable(folder)
  if (disk !== undefined)
    return { reason: 'read_only', why: disk === 'full' ? 'the disk is full' : 'the disk is mounted for reading only' }
  const copy = await whyCopy(join(folder, 'log'), thisMachine(), leads)
  return copy === undefined ? undefined : { reason: 'copied', why: `its log is not signed here: ${copy}` }
}

/**
 * Opens a data folder that cannot be written, changing nothing in it: archive, incidents and log over a disk whose
 * changes stay in memory, warehouse and reports in a work folder elsewhere. Throws Fault where no work folder can be
 * made, or another process holds the folder.
 */
export async function openReadingFolder(world: World, folder: string): Promise<ReadingFolder> {
  const held = await holdForReading(resolve(world.cwd, folder))
  try {
    const work = await makeWork(held.path)
    const disk = overlayDisk(REAL_DISK)
    const close = async (): Promise<void> => {
      await disk[Symbol.asyncDispose]()
      await rm(work, { recursive: true, force: true })
      ours.delete(work)
    }
    return Object.assign(new OpenFolder(held, world, {}, { disk, work, [Symbol.asyncDispose]: close }), {
      seal: () => disk.seal(),
    })
  } catch (error) {
    await held[Symbol.asyncDispose]()
    throw error
  }
}

/** `seal`: from now on every change fails. */
export type ReadingFolder = OpenFolder & { readonly seal: () => void }

/** In memory where the system has such a folder: it holds what people reported. */
async function makeWork(folder: string): Promise<string> {
  let last: unknown
  for (const parent of workParents()) {
    let work: string | undefined
    try {
      work = await mkdtemp(join(parent, `${WORK}${process.pid}-`))
      ours.add(work)
      await fillWork(folder, work)
      return work
    } catch (error) {
      last = error
      if (work !== undefined) await rm(work, { recursive: true, force: true }).catch(() => undefined)
    }
  }
  throw new Fault(
    `Cannot open folder "${folder}" for reading: a work folder is needed in /dev/shm or ${tmpdir()}, and neither can be ` +
      'written; set TMPDIR to a folder that can, or make the disk of the data folder writable',
    { cause: last },
  )
}

async function fillWork(folder: string, work: string): Promise<void> {
  const names = await readdir(folder)
  if (names.includes('warehouse')) await shadowWarehouse(join(folder, 'warehouse'), join(work, 'warehouse'))
  for (const inner of ['registry', 'derived'].filter((name) => names.includes(name))) {
    await mkdir(join(work, inner), { mode: 0o700 })
    // A file of SQLite and its write-ahead log: together they are the last state, also after a crash.
    for (const name of await readdir(join(folder, inner)))
      if (/\.sqlite(?:-wal)?$/.test(name) || name === PLACES)
        await copyFile(join(folder, inner, name), join(work, inner, name))
  }
}

/** Removes work folders of processes that were killed: they hold copies of what people reported. */
export async function removeDeadWork(): Promise<void> {
  for (const parent of workParents()) await removeDead(parent).catch(() => undefined)
}

async function removeDead(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = new RegExp(`^${WORK}(\\d+)-`).exec(name)?.[1]
    const path = join(parent, name)
    if (pid === undefined || ours.has(path) || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue
    // Anyone may write there: a folder or link of another user must not end the search for ours.
    if ((await lstat(path)).uid === process.getuid?.()) await rm(path, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
