import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../../core/model/errors.ts'
import { listFound } from '../../runtime/files/copy-folder.ts'
import { isMissing, REAL_DISK } from '../../runtime/files/disk.ts'
import { UNFINISHED } from '../../runtime/files/durable-file.ts'
import { DOCUMENTS } from './case-folder.ts'
import type { Held } from './case-form.ts'

/** A document of more bytes is refused, and a bundle of more. */
const MOST_BYTES = 4 * 1024 ** 3
const MOST_FILES = 100_000

const refuse = (path: string, found: string): InputError =>
  new InputError(`Cannot add "${path}": ${found}`, {
    code: 'document.unreadable',
    path,
    expected: 'a file, or the folder of a bundle, of at most 4 GiB',
  })

/** Name of a copy: what is safe on every disk, after the id of its record. */
function copyName(id: string, name: string): string {
  const plain = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[-.]+|[-.]+$/g, '')
  return plain === '' ? id : `${id}-${plain.slice(-80).replace(/^[-.]+/, '')}`
}

/**
 * Copies a file, or all files of a folder, into the folder of a case, durably, and gives what was copied. No link is
 * followed within a folder. A copy that was begun and never finished is overwritten by the next of the same record.
 */
export async function takeIn(folder: string, id: string, from: string, signal: AbortSignal): Promise<Held> {
  const found = await stat(from).catch((error: unknown) => {
    throw isMissing(error) ? refuse(from, 'there is no such file') : error
  })
  const name = basename(from).slice(0, 300)
  const path = `${DOCUMENTS}/${copyName(id, name)}`
  const to = join(folder, path)
  if (!found.isFile() && !found.isDirectory()) throw refuse(from, 'it is neither a file nor a folder')
  if (found.isFile()) {
    const copied = await copyFile(from, to, signal)
    await REAL_DISK.syncFolder(dirname(to))
    return { path, name, ...copied, files: 1 }
  }
  return { path, name, ...(await copyWhole(from, to, signal)) }
}

async function copyWhole(
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<Pick<Held, 'sha256' | 'size' | 'files'>> {
  const files = (await listFound(from, signal)).toSorted((a, b) => (a.path < b.path ? -1 : 1))
  if (files.length === 0) throw refuse(from, 'the folder is empty')
  if (files.length > MOST_FILES) throw refuse(from, `the folder has ${files.length} files`)
  const other = files.find(({ kind }) => kind === 'other')
  if (other !== undefined) throw refuse(join(from, other.path), 'it is no plain file')
  if (files.reduce((sum, { bytes }) => sum + bytes, 0) > MOST_BYTES) throw refuse(from, 'it is too large')
  const unfinished = `${to}${UNFINISHED}`
  await rm(unfinished, { recursive: true, force: true })
  const list = createHash('sha256')
  let size = 0
  for (const { path } of files) {
    const target = join(unfinished, path)
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    const copied = await copyFile(join(from, path), target, signal)
    list.update(`${copied.sha256}  ${path}\n`)
    size += copied.size
  }
  await rm(to, { recursive: true, force: true })
  await rename(unfinished, to)
  await REAL_DISK.syncFolder(dirname(to))
  return { sha256: list.digest('hex'), size, files: files.length }
}

async function copyFile(
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const unfinished = `${to}${UNFINISHED}`
  const hash = createHash('sha256')
  const file = await open(unfinished, 'w', 0o600)
  let size = 0
  try {
    for await (const piece of createReadStream(from, { signal })) {
      if (!(piece instanceof Uint8Array)) continue
      size += piece.length
      if (size > MOST_BYTES) throw refuse(from, 'it is too large')
      hash.update(piece)
      await file.write(piece)
    }
    await file.sync()
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await rename(unfinished, to)
  return { sha256: hash.digest('hex'), size }
}

/** What is wrong with a copy since it was taken in; undefined where it is the same. */
export async function findChange(
  folder: string,
  held: Held,
  signal: AbortSignal,
): Promise<'missing' | 'changed' | undefined> {
  const path = join(folder, held.path)
  try {
    const found = await lstat(path)
    const digest = createHash('sha256')
    if (found.isDirectory()) {
      const files = (await listFound(path, signal)).toSorted((a, b) => (a.path < b.path ? -1 : 1))
      for (const file of files) {
        const one = createHash('sha256')
        if (file.kind === 'file') await hashInto(one, join(path, file.path), signal)
        digest.update(`${one.digest('hex')}  ${file.path}\n`)
      }
    } else if (found.isFile()) await hashInto(digest, path, signal)
    return digest.digest('hex') === held.sha256 ? undefined : 'changed'
  } catch (error) {
    if (isMissing(error)) return 'missing'
    throw error
  }
}

async function hashInto(hash: Hash, path: string, signal: AbortSignal): Promise<void> {
  for await (const piece of createReadStream(path, { signal })) if (piece instanceof Uint8Array) hash.update(piece)
}
