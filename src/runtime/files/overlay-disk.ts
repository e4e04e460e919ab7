import { basename, dirname } from 'node:path'
import { isMissing, type Disk, type DiskFile, type OpenMode } from './disk.ts'

/** Bytes that were written over a file. */
interface Patch {
  readonly position: number
  readonly bytes: Uint8Array
}

/** A file of the overlay: what is read of the one below, and what was written over it. */
interface OverlayFile {
  /** The file below; absent where there is none. */
  readonly below: DiskFile | undefined
  /** Bytes of the file below that still count. */
  belowLength: number
  length: number
  patches: Patch[]
}

/** A disk whose changes stay in memory. */
export interface OverlayDisk extends Disk, AsyncDisposable {
  /** From now on every change fails: what follows would be lost. */
  seal(): void
}

const codeError = (code: string, what: string): Error => Object.assign(new Error(what), { code })

/**
 * A disk over one that must not or cannot be written: what a store does while it opens (cutting a torn end, removing
 * unfinished files) happens in memory alone, and is done again by every opening. Once sealed, each change fails with
 * EROFS, as on a file system that is mounted for reading. Memory holds what was written, which is little.
 */
export function overlayDisk(below: Disk): OverlayDisk {
  return new Overlay(below)
}

class Overlay implements OverlayDisk {
  readonly #below: Disk
  /** Files that differ from those below; undefined: removed. */
  readonly #files = new Map<string, OverlayFile | undefined>()
  readonly #folders = new Set<string>()
  #sealed = false

  constructor(below: Disk) {
    this.#below = below
  }

  seal(): void {
    this.#sealed = true
  }

  async list(folder: string): Promise<readonly string[]> {
    let names: readonly string[] = []
    try {
      names = await this.#below.list(folder)
    } catch (error) {
      if (!isMissing(error) || !this.#folders.has(folder)) throw error
    }
    const all = new Set(names)
    for (const [path, file] of this.#files)
      if (dirname(path) === folder) {
        if (file === undefined) all.delete(basename(path))
        else all.add(basename(path))
      }
    for (const path of this.#folders) if (dirname(path) === folder) all.add(basename(path))
    return [...all].sort()
  }

  async makeFolder(folder: string): Promise<void> {
    try {
      await this.#below.list(folder) // there already: nothing changes
    } catch (error) {
      if (!isMissing(error)) throw error
      this.#change(folder)
      this.#folders.add(folder)
    }
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const known = this.#files.get(path)
    if (mode === 'read' && known === undefined && !this.#files.has(path)) return this.#below.open(path, 'read')
    const file = known ?? (await this.#lift(path))
    if (file !== undefined) {
      if (mode === 'create') throw codeError('EEXIST', `There is a file already: ${path}`)
      return this.#opened(path, file)
    }
    if (mode === 'read' || mode === 'write') throw codeError('ENOENT', `No such file: ${path}`)
    this.#change(path)
    const made = { below: undefined, belowLength: 0, length: 0, patches: [] }
    this.#files.set(path, made)
    return this.#opened(path, made)
  }

  /** The file below as one of the overlay; undefined where there is none or it was removed. */
  async #lift(path: string): Promise<OverlayFile | undefined> {
    if (this.#files.has(path)) return undefined
    try {
      const below = await this.#below.open(path, 'read')
      const length = await below.size()
      const file = { below, belowLength: length, length, patches: [] }
      this.#files.set(path, file)
      return file
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  #opened(path: string, file: OverlayFile): DiskFile {
    const change = (): void => this.#change(path)
    return {
      path,
      size: async () => file.length,
      read: (into, position) => readOverlay(file, into, position),
      write: async (bytes, position) => {
        change()
        file.patches.push({ position, bytes: Uint8Array.from(bytes) })
        file.length = Math.max(file.length, position + bytes.length)
      },
      sync: async () => undefined,
      truncate: async (length) => {
        if (length === file.length) return
        change()
        file.belowLength = Math.min(file.belowLength, length)
        file.patches = file.patches
          .filter(({ position }) => position < length)
          .map(({ position, bytes }) => ({ position, bytes: bytes.subarray(0, length - position) }))
        file.length = length
      },
      close: async () => undefined,
    }
  }

  async rename(from: string, to: string): Promise<void> {
    this.#change(to)
    const file = this.#files.get(from) ?? (await this.#lift(from))
    if (file === undefined) throw codeError('ENOENT', `No such file: ${from}`)
    this.#files.set(to, file)
    this.#files.set(from, undefined)
  }

  async remove(path: string): Promise<void> {
    this.#change(path)
    const file = this.#files.get(path) ?? (await this.#lift(path))
    if (file === undefined) throw codeError('ENOENT', `No such file: ${path}`)
    this.#files.set(path, undefined)
    await file.below?.close()
  }

  async removeFolder(folder: string): Promise<void> {
    this.#change(folder)
    this.#folders.delete(folder)
  }

  async syncFolder(): Promise<void> {}

  #change(path: string): void {
    if (this.#sealed) throw codeError('EROFS', `The folder is open for reading only: ${path}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const file of this.#files.values()) await file?.below?.close()
    this.#files.clear()
  }
}

async function readOverlay(file: OverlayFile, into: Uint8Array, position: number): Promise<number> {
  const wanted = Math.max(0, Math.min(into.length, file.length - position))
  const target = into.subarray(0, wanted).fill(0)
  const fromBelow = Math.max(0, Math.min(wanted, file.belowLength - position))
  if (fromBelow > 0) await file.below?.read(target.subarray(0, fromBelow), position)
  for (const patch of file.patches) {
    const start = Math.max(patch.position, position)
    const end = Math.min(patch.position + patch.bytes.length, position + wanted)
    if (start < end) target.set(patch.bytes.subarray(start - patch.position, end - patch.position), start - position)
  }
  return wanted
}
