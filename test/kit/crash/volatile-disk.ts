import { basename, dirname } from 'node:path'
import type { Disk, DiskFile, OpenMode } from '../../../src/runtime/files/disk.ts'

const SECTOR = 512

/** Content of a file: what a loss of power leaves for certain, and what has been written since the last fsync. */
interface Inode {
  durable: Buffer
  current: Buffer
}

type Entry = Inode | 'folder'

/** A change of a folder's entries that no fsync of the folder has made certain yet. */
interface Change {
  readonly path: string
  readonly entry: Entry | undefined
}

const missing = (path: string): Error => Object.assign(new Error(`No such file: ${path}`), { code: 'ENOENT' })

/**
 * A disk in memory that loses power: what was not fsynced survives as chance will have it. Of a file, any of the
 * sectors written since its last fsync may be new or old (zeros beyond the old end), and its length anything between;
 * of the entries of a folder, some first part of the changes since its last fsync. `random` gives numbers in [0, 1).
 */
export class VolatileDisk implements Disk {
  #entries = new Map<string, Entry>([['/', 'folder']])
  #certain = new Map<string, Entry>([['/', 'folder']])
  #changes: Change[] = []

  /** The disk after the power has come back: a new one, everything on it certain. */
  survive(random: () => number): VolatileDisk {
    const entries = new Map(this.#certain)
    // Each folder keeps some first part of its own changes: a journal writes them in order.
    const kept = new Map<string, boolean>()
    for (const change of this.#changes) {
      const folder = dirname(change.path)
      if (kept.get(folder) === false || random() < 0.3) kept.set(folder, false)
      else apply(entries, change)
    }
    const survivor = new VolatileDisk()
    for (const [path, entry] of entries) {
      const left = entry === 'folder' ? entry : surviving(entry, random)
      survivor.#entries.set(path, left)
      survivor.#certain.set(path, left)
    }
    return survivor
  }

  async list(folder: string): Promise<readonly string[]> {
    return [...this.#entries.keys()]
      .filter((path) => dirname(path) === folder && path !== folder)
      .map((path) => basename(path))
      .sort()
  }

  async makeFolder(folder: string): Promise<void> {
    if (this.#entries.has(folder)) return
    await this.makeFolder(dirname(folder))
    this.#change({ path: folder, entry: 'folder' })
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    let entry = this.#entries.get(path)
    if (entry === 'folder') throw new Error(`Is a folder: ${path}`)
    if (entry !== undefined && mode === 'create') throw Object.assign(new Error(`Exists: ${path}`), { code: 'EEXIST' })
    if (entry === undefined) {
      if (mode === 'read' || mode === 'write') throw missing(path)
      entry = { durable: Buffer.alloc(0), current: Buffer.alloc(0) }
      this.#change({ path, entry })
    }
    return openInode(path, entry)
  }

  async rename(from: string, to: string): Promise<void> {
    const entry = this.#entries.get(from)
    if (entry === undefined) throw missing(from)
    this.#change({ path: to, entry })
    this.#change({ path: from, entry: undefined })
  }

  async remove(path: string): Promise<void> {
    if (!this.#entries.has(path)) throw missing(path)
    this.#change({ path, entry: undefined })
  }

  async removeFolder(folder: string): Promise<void> {
    if (this.#entries.get(folder) !== 'folder') throw missing(folder)
    if ((await this.list(folder)).length > 0) throw new Error(`Is not empty: ${folder}`)
    this.#change({ path: folder, entry: undefined })
  }

  async syncFolder(folder: string): Promise<void> {
    for (const change of this.#changes) if (dirname(change.path) === folder) apply(this.#certain, change)
    this.#changes = this.#changes.filter((change) => dirname(change.path) !== folder)
  }

  #change(change: Change): void {
    apply(this.#entries, change)
    this.#changes.push(change)
  }
}

function apply(entries: Map<string, Entry>, { path, entry }: Change): void {
  if (entry === undefined) entries.delete(path)
  else entries.set(path, entry)
}

function surviving({ durable, current }: Inode, random: () => number): Inode {
  if (durable.equals(current)) return { durable, current }
  const shorter = Math.min(durable.length, current.length)
  const longer = Math.max(durable.length, current.length)
  const chance = random()
  const length =
    chance < 0.3 ? durable.length : chance < 0.6 ? current.length : shorter + Math.floor(random() * (longer - shorter))
  const left = Buffer.alloc(length)
  for (let from = 0; from < length; from += SECTOR) {
    const source = random() < 0.5 ? current : durable
    left.set(source.subarray(from, Math.min(from + SECTOR, length)), from)
  }
  return { durable: left, current: left }
}

function openInode(path: string, inode: Inode): DiskFile {
  return {
    path,
    size: async () => inode.current.length,
    read: async (into, position) => inode.current.copy(into, 0, position),
    write: async (bytes, position) => {
      const next = Buffer.alloc(Math.max(inode.current.length, position + bytes.length))
      inode.current.copy(next)
      next.set(bytes, position)
      inode.current = next
    },
    sync: async () => {
      inode.durable = inode.current
    },
    truncate: async (length) => {
      const next = Buffer.alloc(length)
      inode.current.copy(next)
      inode.current = next
    },
    close: async () => {},
  }
}

/** A stream of numbers in [0, 1), the same for the same seed (xorshift32). */
export function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** A disk that holds one folder, durably. */
export async function diskWith(folder: string): Promise<VolatileDisk> {
  const disk = new VolatileDisk()
  await disk.makeFolder(folder)
  await disk.syncFolder('/')
  return disk
}
