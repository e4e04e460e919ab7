import { createHash, hash, type Hash } from 'node:crypto'
import { lstat, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { BagFile } from '../../core/evidence/bundle/bag.ts'
import { checkBundlePath, isBundleName } from '../../core/evidence/bundle/bundle-path.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { isMissing, type Disk, type DiskFile } from '../../runtime/files/disk.ts'
import { readWhole, UNFINISHED } from '../../runtime/files/durable-file.ts'

/** A file as it was written: what a manifest and a zip say of it. */
export interface WrittenFile extends BagFile {
  readonly crc32: number
}

/** Text lines of one file, kept in memory until there is enough to be written. */
const BUFFERED = 256 * 1024
/** Files whose fsync is waited for at once. */
const SYNCED_AT_ONCE = 16

/**
 * A bag that is being written, in a folder of its own next to the place where it is to be: under its final name there
 * is either nothing or a whole bag, whenever the process dies.
 */
export class BagFolder {
  readonly name: string
  /** Where the files lie now. */
  readonly path: string
  readonly #parent: string
  readonly #disk: Disk
  readonly #files = new Map<string, WrittenFile>()
  readonly #folders = new Set<string>()

  private constructor(parent: string, name: string, disk: Disk) {
    this.name = name
    this.path = join(parent, `${name}${UNFINISHED}`)
    this.#parent = parent
    this.#disk = disk
  }

  /** Makes the folder again; what an interrupted writing of the same bag left there is removed. */
  static async open(parent: string, name: string, disk: Disk): Promise<BagFolder> {
    if (!isBundleName(name)) throw new Fault(`Cannot write a bag named "${name}": no such name is allowed`)
    const bag = new BagFolder(parent, name, disk)
    await disk.makeFolder(parent)
    await bag.discard()
    await bag.#makeFolder(bag.path)
    return bag
  }

  /** Everything written so far, in the order of writing. */
  get files(): readonly WrittenFile[] {
    return [...this.#files.values()]
  }

  has(path: string): boolean {
    return this.#files.has(path)
  }

  async put(path: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    const file = await this.#create(path)
    try {
      if (bytes.length > 0) await file.write(bytes, 0)
    } finally {
      await file.close()
    }
    this.#files.set(path, { path, size: bytes.length, sha512: hash('sha512', bytes), crc32: crc32(bytes) })
  }

  /** Bytes of a file that was written. Throws Fault where none was. */
  async read(path: string): Promise<Uint8Array> {
    const bytes = this.#files.has(path) ? await readWhole(join(this.path, path), this.#disk) : undefined
    if (bytes === undefined) throw new Fault(`Cannot read "${path}" of bag "${this.name}": it is not there`)
    return bytes
  }

  /** A file that is written line by line. */
  async lines(path: string): Promise<BagLines> {
    const file = await this.#create(path)
    return new BagLines(file, (written) => void this.#files.set(path, { path, ...written }))
  }

  async #create(path: string): Promise<DiskFile> {
    checkBundlePath(path)
    if (this.#files.has(path)) throw new Fault(`Cannot write "${path}" into a bag twice`)
    const target = join(this.path, path)
    await this.#makeFolder(dirname(target))
    return this.#disk.open(target, 'create')
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return
    await this.#disk.makeFolder(folder)
    for (let one = folder; one !== this.#parent; one = dirname(one)) this.#folders.add(one)
  }

  /** Gives the bag its final name, durable when resolved. Throws InputError where something is there. */
  async finish(): Promise<string> {
    const target = join(this.#parent, this.name)
    const files = this.files
    for (let from = 0; from < files.length; from += SYNCED_AT_ONCE)
      await Promise.all(files.slice(from, from + SYNCED_AT_ONCE).map(({ path }) => this.#sync(join(this.path, path))))
    for (const folder of this.#folders) await this.#disk.syncFolder(folder)
    await refuseTaken(target)
    await this.#disk.rename(this.path, target)
    await this.#disk.syncFolder(this.#parent)
    return target
  }

  async #sync(path: string): Promise<void> {
    const file = await this.#disk.open(path, 'write')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  }

  /** Removes what was written, unless it has its final name. */
  async discard(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

/** Throws InputError where a bundle, or anything else, already has a name. */
export async function refuseTaken(path: string): Promise<void> {
  try {
    await lstat(path)
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  throw new InputError(`Cannot write "${path}": something of that name is there, and no bundle is written over`, {
    code: 'bundle.exists',
    path: '--out',
    expected: 'a folder without a bundle of this name',
  })
}

type Written = Omit<WrittenFile, 'path'>

/** Lines on their way into one file of a bag: bounded memory, digests as they go. */
export class BagLines {
  readonly #file: DiskFile
  readonly #done: (written: Written) => void
  readonly #hash: Hash = createHash('sha512')
  #crc = 0
  #size = 0
  #waiting: string[] = []
  #length = 0

  constructor(file: DiskFile, done: (written: Written) => void) {
    this.#file = file
    this.#done = done
  }

  /** Takes one line without its line feed. */
  async write(line: string): Promise<void> {
    this.#waiting.push(line, '\n')
    this.#length += line.length + 1
    if (this.#length >= BUFFERED) await this.#flush()
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0) return
    const bytes = Buffer.from(this.#waiting.join(''))
    this.#waiting = []
    this.#length = 0
    await this.#file.write(bytes, this.#size)
    this.#hash.update(bytes)
    this.#crc = crc32(bytes, this.#crc)
    this.#size += bytes.length
  }

  async end(): Promise<void> {
    try {
      await this.#flush()
    } finally {
      await this.#file.close()
    }
    this.#done({ size: this.#size, sha512: this.#hash.digest('hex'), crc32: this.#crc })
  }
}
