import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { targetPath } from '../../core/model/update/update-folder.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { isMissing, REAL_DISK } from '../../runtime/files/disk.ts'
import { UNFINISHED } from '../../runtime/files/durable-file.ts'
import { measureSpace } from '../../runtime/files/free-space.ts'
import { reasonOf } from '../../core/model/errors.ts'
import type { UpdateSource } from './update-source.ts'
import { piecesUntilAborted, type SignedProgram } from './signed-updates.ts'

/** The slowest carrier that is waited for: about 0.9 KB/s. A slower one is left, and what came is kept. */
const PATIENCE = millis(5 * MINUTE_MS)
const LEAST_IN_PATIENCE = 256 * 1024
const WHOLE_LIMIT = millis(12 * HOUR_MS)
/** Left free on the disk of the volunteer. */
const SPARE_BYTES = 200e6

export interface DownloadOptions {
  /** Folder of what is being fetched. */
  readonly folder: string
  /** Where the program goes. */
  readonly to: string
  readonly signal: AbortSignal
  /** How long a carrier has for each 256 KB; a test has less patience. */
  readonly patience?: Millis
}

/**
 * Fetches the compressed program from one carrier, after what is there of it from any carrier before, and unpacks it to
 * `to`. Gives why it could not; undefined if the program is there, with the length and hash that were signed. What came
 * in part is kept for the next carrier; what is not the signed file is removed.
 */
export async function downloadProgram(
  program: SignedProgram,
  source: UpdateSource,
  options: DownloadOptions,
): Promise<string | undefined> {
  const part = join(options.folder, `${program.file.sha256}.part`)
  try {
    await removeOtherParts(options.folder, `${program.file.sha256}.part`)
    const { free } = measureSpace(options.folder)
    if (free < program.file.length + program.length + SPARE_BYTES) return 'the disk is too full'
    await fetchRest(program, source, { ...options, part })
    if ((await hashOf(part)) !== program.file.sha256) {
      await rm(part, { force: true })
      return `the file is not the one that was signed`
    }
    await unpack(program, part, options.to)
    await rm(part, { force: true })
    return undefined
  } catch (error) {
    options.signal.throwIfAborted()
    return reasonOf(error)
  }
}

const sizeOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

async function removeOtherParts(folder: string, kept: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.endsWith('.part') && name !== kept) await rm(join(folder, name), { force: true })
}

async function fetchRest(
  { file }: SignedProgram,
  source: UpdateSource,
  { part, signal, patience = PATIENCE }: DownloadOptions & { readonly part: string },
): Promise<void> {
  let length = await sizeOf(part)
  if (length > file.length) {
    await rm(part, { force: true })
    length = 0
  }
  if (length === file.length) return
  using deadline = openDeadline(signal, WHOLE_LIMIT, 'download')
  const carried = await source.open(targetPath(file.sha256, file.path), { from: length, signal: deadline.signal })
  if (carried.kind === 'missing') throw new Error('the program is missing there')
  const handle = await open(part, length > 0 ? 'r+' : 'w', 0o600)
  try {
    let at = carried.from
    let since = 0
    using slow = openSlowWatch(deadline.signal, patience)
    for await (const piece of piecesUntilAborted(carried.bytes, slow.signal)) {
      const taken = piece.subarray(0, file.length - at)
      await handle.write(taken, 0, taken.length, at)
      at += taken.length
      since += taken.length
      if (at >= file.length) break // endless data end here
      if (since >= LEAST_IN_PATIENCE) {
        since = 0
        slow.restart()
      }
    }
    await handle.sync()
    if (at < file.length) throw new Error(`the file ended early, after ${at} of ${file.length} bytes`)
    await handle.truncate(file.length)
  } finally {
    await handle.close()
  }
}

/** A signal that aborts where it was not restarted in time. */
function openSlowWatch(
  parent: AbortSignal,
  patience: Millis,
): Disposable & { readonly signal: AbortSignal; restart(): void } {
  const slow = new AbortController()
  const begin = (): NodeJS.Timeout => setTimeout(() => slow.abort(new Error('the carrier is too slow')), patience)
  let timer = begin()
  return {
    signal: AbortSignal.any([parent, slow.signal]),
    restart() {
      clearTimeout(timer)
      timer = begin()
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  }
}

/** SHA-256 of a file, in hexadecimal digits. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(
    createReadStream(path),
    new Writable({
      write(chunk: Buffer, _, done) {
        hash.update(chunk)
        done()
      },
    }),
  )
  return hash.digest('hex')
}

/** Unpacks to a file next to `to`, compares, and gives it its name when all of it is on the disk. */
async function unpack({ length, sha256 }: SignedProgram, part: string, to: string): Promise<void> {
  const unfinished = `${to}${UNFINISHED}`
  const hash = createHash('sha256')
  let bytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      hash.update(chunk)
      done(bytes > length ? new Error('the program is longer than was signed') : null, chunk)
    },
  })
  try {
    await rm(unfinished, { force: true })
    const write = createWriteStream(unfinished, { flags: 'wx', mode: 0o700, flush: true })
    await pipeline(createReadStream(part), createZstdDecompress(), counted, write)
    if (bytes !== length || hash.digest('hex') !== sha256) throw new Error('the program is not the one that was signed')
    await chmod(unfinished, 0o700)
    await rename(unfinished, to)
    await REAL_DISK.syncFolder(join(to, '..'))
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}
