import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { appendFile, lstat, mkdir, opendir, readFile, realpath, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { InputError } from '../../core/model/errors.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { isMissing } from './disk.ts'

/** Paths written so far, one a line, while a copy is being written: an interrupted one is known again by it. */
export const UNFINISHED_COPY = 'MANIFEST.unfinished'
const MOST_FOUND = 500_000
const MOST_DEPTH = 16
const MOST_BYTES = 1024 ** 3

const refuse = (folder: string, why: string): InputError =>
  new InputError(`Cannot write a copy into "${folder}": ${why}`, {
    code: 'copy.foreign',
    path: '--out',
    expected: 'an empty folder, a new one, or one with an earlier copy',
  })

/**
 * A folder into which a copy is written. It touches what an earlier copy lists and nothing else: a file of someone else
 * is neither written over nor removed, and no link is followed out of the folder.
 */
export class CopyFolder {
  readonly path: string
  readonly #own: Set<string>
  readonly #made = new Set<string>()
  readonly #written = new Map<string, { readonly sha256: Sha256; readonly bytes: number }>()
  #changed = 0

  private constructor(path: string, own: Set<string>) {
    this.path = path
    this.#own = own
  }

  /**
   * Opens a folder, made where it is missing. `earlier` are the paths that the list of an earlier copy names, undefined
   * where there is no list. Throws InputError where the folder holds other things and no copy.
   */
  static async open(
    folder: string,
    earlier: (folder: string) => Promise<readonly string[] | undefined>,
  ): Promise<CopyFolder> {
    await mkdir(folder, { recursive: true })
    const path = await realpath(folder)
    await refuseOther(path, UNFINISHED_COPY)
    const listed = await earlier(path)
    const begun = await readText(join(path, UNFINISHED_COPY))
    if (listed === undefined && begun === undefined && !(await isEmpty(path)))
      throw refuse(path, 'it holds other things and no copy')
    const own = new Set([...(listed ?? []), ...(begun ?? '').split('\n').filter((line) => line !== '')])
    await appendFile(join(path, UNFINISHED_COPY), '')
    return new CopyFolder(path, own)
  }

  /** How many files were written because they were new or other than before. */
  get changed(): number {
    return this.#changed
  }

  /** Everything put so far, with digest and size. */
  get files(): readonly { readonly path: string; readonly sha256: Sha256; readonly bytes: number }[] {
    return [...this.#written].map(([path, { sha256, bytes }]) => ({ path, sha256, bytes }))
  }

  /**
   * Writes a file of the copy, unless the same bytes are there. Throws InputError if someone else's is in its place.
   */
  async put(path: string, bytes: Uint8Array): Promise<void> {
    const target = join(this.path, path)
    await this.#makeFolder(dirname(target))
    const known = this.#own.has(path) || this.#written.has(path)
    if (await this.#differs(target, bytes, known)) {
      if (!known) {
        this.#own.add(path)
        await appendFile(join(this.path, UNFINISHED_COPY), `${path}\n`)
      }
      await writeFile(target, bytes)
      this.#changed++
    }
    this.#written.set(path, { sha256: digestOf(bytes), bytes: bytes.length })
  }

  async #differs(target: string, bytes: Uint8Array, known: boolean): Promise<boolean> {
    try {
      const found = await lstat(target)
      if (!found.isFile()) throw refuse(this.path, `"${relative(this.path, target)}" is no file`)
      if (found.size === bytes.length && Buffer.compare(await readFile(target), bytes) === 0) return false
      if (!known) throw refuse(this.path, `"${relative(this.path, target)}" is there and of no copy`)
      return true
    } catch (error) {
      if (isMissing(error)) return true
      throw error
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#made.has(folder)) return
    await mkdir(folder, { recursive: true })
    if ((await realpath(folder)) !== folder) throw refuse(this.path, `"${relative(this.path, folder)}" leads elsewhere`)
    this.#made.add(folder)
  }

  /**
   * Removes what an earlier copy had and this one has not, writes the last files (list and signature, which are not in
   * the list), and gives how many were removed. Only from here on the folder is a whole copy.
   */
  async finish(last: Readonly<Record<string, Uint8Array>>): Promise<number> {
    let removed = 0
    for (const path of this.#own) {
      if (this.#written.has(path) || !isInside(path)) continue
      if (await this.#remove(path)) removed++
    }
    for (const path of Object.keys(last)) await refuseOther(this.path, path)
    for (const [path, bytes] of Object.entries(last)) await writeFile(join(this.path, path), bytes)
    await rm(join(this.path, UNFINISHED_COPY), { force: true })
    return removed
  }

  async #remove(path: string): Promise<boolean> {
    const target = join(this.path, path)
    try {
      if ((await realpath(dirname(target))) !== dirname(target) || !(await lstat(target)).isFile()) return false
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
    await rm(target)
    for (let folder = dirname(target); folder !== this.path; folder = dirname(folder)) {
      try {
        await rmdir(folder)
      } catch {
        break // something is left in it
      }
    }
    return true
  }
}

/** A list of an earlier copy, or of an interrupted one, may have been changed by anyone: no path of it leads out. */
const isInside = (path: string): boolean =>
  path !== '' && !path.includes('\\') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

const digestOf = (bytes: Uint8Array): Sha256 => parseSha256(createHash('sha256').update(bytes).digest('hex'))

/** Throws InputError if something that is not a file is in the place of one that is written: a link leads anywhere. */
async function refuseOther(folder: string, path: string): Promise<void> {
  try {
    if (!(await lstat(join(folder, path))).isFile()) throw refuse(folder, `"${path}" is no file`)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

async function isEmpty(folder: string): Promise<boolean> {
  for await (const _ of await opendir(folder)) return false
  return true
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** The contents of a folder that someone gave us. */
export interface FoundFile {
  /** Path below the folder with slashes. */
  readonly path: string
  /** `other`: a link, a device, a pipe; nothing of it is opened. */
  readonly kind: 'file' | 'other'
  readonly bytes: number
}

/** Everything in a folder, no link followed. Throws InputError where there is too much of it. */
export async function listFound(folder: string, signal: AbortSignal): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = []
  const tooMuch = (): InputError =>
    new InputError(`Cannot read the copy "${folder}": it holds more than a copy can`, {
      code: 'copy.size',
      path: '',
      expected: `at most ${MOST_FOUND} files, ${MOST_DEPTH} folders deep`,
    })
  const walk = async (at: string, depth: number): Promise<void> => {
    if (depth > MOST_DEPTH) throw tooMuch()
    for await (const entry of await opendir(at)) {
      signal.throwIfAborted()
      const path = join(at, entry.name)
      if (entry.isDirectory()) {
        await walk(path, depth + 1)
        continue
      }
      if (found.length >= MOST_FOUND) throw tooMuch()
      const { size } = await lstat(path)
      const shown = relative(folder, path).replaceAll(sep, '/')
      found.push({ path: shown, kind: entry.isFile() ? 'file' : 'other', bytes: size })
    }
  }
  await walk(folder, 0)
  return found
}

/** SHA-256 of a file, read piece by piece; undefined for one beyond a gigabyte. */
export async function digestFile(path: string, signal: AbortSignal): Promise<Sha256 | undefined> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of createReadStream(path, { signal })) {
    if (!(piece instanceof Uint8Array)) continue
    bytes += piece.length
    if (bytes > MOST_BYTES) return undefined
    hash.update(piece)
  }
  return parseSha256(hash.digest('hex'))
}

/** A whole file of at most so many bytes; undefined where there is none, or it is no plain file, or too large. */
export async function readBounded(path: string, most: number): Promise<Uint8Array | undefined> {
  try {
    const found = await lstat(path)
    return found.isFile() && found.size <= most ? new Uint8Array(await readFile(path)) : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
