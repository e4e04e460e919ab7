import { constants, type Dirent } from 'node:fs'
import { lstat, open, opendir, type FileHandle } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { LIMITS, type FolderEntry, type OpenedContainer } from '../../core/evidence/verify/source/bundle-source.ts'
import { openFolderEntries } from '../../core/evidence/verify/source/folder-source.ts'
import { openZip } from '../../core/evidence/verify/source/zip-source.ts'
import { InputError } from '../../core/model/errors.ts'
import { inflateRaw } from '../../runtime/compress.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { printable } from '../../core/text/printable.ts'

const PIECE = 1024 ** 2

/** A bundle on this machine's disk. Close it. */
export type BundleOnDisk = OpenedContainer & AsyncDisposable

/**
 * Opens a folder or a zip from outside. No link is followed, also not one that replaces a file while it is read.
 * Throws InputError where there is neither folder nor file.
 */
export async function openBundle(path: string, cwd: string, signal: AbortSignal): Promise<BundleOnDisk> {
  const place = resolve(cwd, path)
  const found = await lstat(place).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (found?.isDirectory() === true) {
    const entries = await listFolder(place, signal)
    const opened = openFolderEntries(basename(place), entries, {
      read: (file, maxBytes) => readWhole(join(place, file), file, maxBytes),
      chunks: (file) => readPieces(join(place, file), signal),
    })
    return { ...opened, [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  if (found?.isFile() !== true)
    throw new InputError(`Cannot read "${printable(path)}": there is neither a folder nor a zip of that name`, {
      code: 'bundle.missing',
      path: '',
      expected: 'the folder or the zip of a bundle',
    })
  const handle = await openFile(place)
  try {
    const opened = await openZip(
      { size: found.size, read: (offset, length) => readAt(handle, offset, length) },
      inflateRaw,
    )
    return { ...opened, [Symbol.asyncDispose]: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** O_NOFOLLOW and O_NONBLOCK: neither a link nor a pipe that was put in the place of a file stops or misleads us. */
const openFile = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

async function readWhole(path: string, about: string, maxBytes: number): Promise<Uint8Array> {
  await using handle = await openFile(path)
  const { size } = await handle.stat()
  if (size <= maxBytes) return await readAt(handle, 0, size)
  throw new InputError(`Cannot read bundle: a file of ${size} bytes`, {
    code: 'bundle.too-large',
    path: about,
    expected: `at most ${maxBytes} bytes`,
  })
}

/** Reopened for each piece: a caller that stops in the midst of a file leaves nothing open. */
async function* readPieces(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; at += PIECE) {
    signal.throwIfAborted()
    const piece = await readPiece(path, at)
    if (piece.length > 0) yield piece
    if (piece.length < PIECE) return
  }
}

async function readPiece(path: string, offset: number): Promise<Uint8Array> {
  await using handle = await openFile(path)
  return await readAt(handle, offset, PIECE)
}

/** Everything in a folder, in the order of names; stops one above the limits, which the source then says. */
async function listFolder(root: string, signal: AbortSignal): Promise<readonly FolderEntry[]> {
  const entries: FolderEntry[] = []
  const waiting: string[] = ['']
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    signal.throwIfAborted()
    for (const entry of await entriesOf(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && path.split('/').length < LIMITS.depth) waiting.push(path)
      else if (entry.isFile()) entries.push({ path, kind: 'file', size: (await lstat(join(root, path))).size })
      else entries.push({ path, kind: entry.isDirectory() ? 'too-deep' : 'other', size: 0 })
      if (entries.length > LIMITS.files) return entries
    }
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1))
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  const found: Dirent[] = []
  for await (const entry of await opendir(folder)) {
    found.push(entry)
    if (found.length > LIMITS.files) break
  }
  return found
}
