import { randomBytes } from 'node:crypto'
import { lstat, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { InputError } from '../../core/model/errors.ts'
import { REAL_DISK, isMissing } from './disk.ts'
import { readWhole, writeDurable } from './durable-file.ts'
import { parseMailSettings, type MailSettings } from '../mail/settings.ts'

const KEY_BYTES = 32
/** Names of our own files: no path leads out of the folder. */
const NAME = /^[a-z0-9][a-z0-9.-]{0,99}$/
const MAIL = 'mail.json'
const MOST_BYTES = 64 * 1024

/** Secrets of a service: files that only their owner may read, in a folder of their own. */
export interface Secrets {
  /**
   * A key of 32 bytes; undefined where there is none. Throws InputError for a file that is none, or that others may
   * read.
   */
  key(name: string): Promise<Uint8Array | undefined>
  /** Makes a key, durable when resolved; gives the one that is there where there is one. */
  makeKey(name: string): Promise<Uint8Array>
  /** Overwrites a file, removes it, and makes both durable; nothing where there is none. */
  destroy(name: string): Promise<void>
  /** Folder of the signing keys of the service's log; made by the process that opens that. */
  readonly logKeys: string
  /** What `mail.json` says; undefined where there is none. Throws InputError. */
  mail(): Promise<MailSettings | undefined>
  /** A small text file; undefined where there is none. Throws InputError for one that others may read. */
  text(name: string): Promise<string | undefined>
}

/**
 * Opens the folder of secrets, made where it is missing. Throws InputError where it is in one of `apart` or holds one
 * of them, links and all: who is given a copy of a data folder, or seizes one, is not to find the secrets next to it;
 * and where others than its owner may look into it.
 */
export async function openSecrets(folder: string, apart: readonly string[]): Promise<Secrets> {
  await REAL_DISK.makeFolder(folder)
  const here = await realpath(folder)
  for (const other of apart) {
    const there = await whereverItIs(other)
    if (isWithin(here, there) || isWithin(there, here))
      throw refuse('they are in the folder that is backed up and copied', 'secrets.place', 'a folder outside of it')
  }
  const { mode } = await lstat(here)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw refuse('others may read their folder', 'secrets.mode', 'a folder of mode 700: chmod 700')
  const pathOf = (name: string): string => {
    if (!NAME.test(name) || name.includes('..')) throw refuse(`"${name}" is no name of one`, 'secrets.name', 'a name')
    return join(here, name)
  }
  const key = async (name: string): Promise<Uint8Array | undefined> => {
    const bytes = await readOwn(pathOf(name), name)
    if (bytes !== undefined && bytes.length !== KEY_BYTES)
      throw refuse(`"${name}" is no key`, 'secrets.key', `${KEY_BYTES} bytes`)
    return bytes
  }
  const text = async (name: string): Promise<string | undefined> => {
    const bytes = await readOwn(pathOf(name), name)
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
  }
  return {
    key,
    logKeys: join(here, 'log'),
    async makeKey(name) {
      const there = await key(name)
      if (there !== undefined) return there
      const made = randomBytes(KEY_BYTES)
      await writeDurable(pathOf(name), made)
      return made
    },
    async destroy(name) {
      await destroyFile(pathOf(name))
      await REAL_DISK.syncFolder(here)
    },
    async mail() {
      const found = await text(MAIL)
      return found === undefined ? undefined : parseMailSettings(found)
    },
    text,
  }
}

/** A folder with its links followed; one that is not there yet, as far as it is there. */
async function whereverItIs(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (error) {
    if (!isMissing(error)) throw error
    const parent = join(folder, '..')
    return parent === folder ? folder : join(await whereverItIs(parent), folder.slice(parent.length))
  }
}

const isWithin = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep)

async function readOwn(path: string, name: string): Promise<Buffer | undefined> {
  try {
    const found = await lstat(path)
    if (!found.isFile() || found.size > MOST_BYTES) throw refuse(`"${name}" is no file`, 'secrets.file', 'a small file')
    if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
      throw refuse(`others may read "${name}"`, 'secrets.mode', 'a file of mode 600: chmod 600')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  return await readWhole(path)
}

/**
 * Overwrites and removes a file. A disk that rewrites elsewhere (flash, copy on write) may keep the old blocks:
 * docs/operating/letter.md says to keep secrets on an encrypted or volatile one.
 */
async function destroyFile(path: string): Promise<void> {
  try {
    const file = await REAL_DISK.open(path, 'write')
    try {
      await file.write(randomBytes(await file.size()), 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await REAL_DISK.remove(path)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

const refuse = (found: string, code: string, expected: string): InputError =>
  new InputError(`Cannot use the secrets: ${found}`, { code, path: '--secrets', expected })
