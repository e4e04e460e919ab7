import { mkdir, open, rename, rm, utimes, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '../../core/model/errors.ts'
import { eachOf } from '../../runtime/each-of.ts'
import { UNFINISHED } from '../../runtime/files/durable-file.ts'
import { measureSpace, noneBelow } from '../../runtime/files/free-space.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import {
  decodeViewHead,
  decodeViewList,
  fetchPiece,
  FILE_PIECE,
  PieceGone,
  VIEW_KEY,
  type ViewFile,
  type ViewList,
  type ViewSet,
} from './view-format.ts'

/** Parts, or pieces of a file, that are fetched at once. */
const AT_ONCE = 4
/** So often it is begun again where the centre was faster; what was fetched stays. */
const MOST_TRIES = 20

interface TakeViewOptions {
  readonly store: ObjectStore
  /** Folder that becomes like the data folder of the centre; empty at first, and of no use afterwards. */
  readonly folder: string
  /** Whether tables are taken too. */
  readonly tables: boolean
}

/** What was taken over. */
export interface TakenView {
  /** State of the archive on the store, to be compared. */
  readonly archive: string
  /** Whether files or tables are others than before. */
  readonly isOther: boolean
}

/**
 * Keeps a folder like what a centre ships for its readers. Nothing is taken that is not whole: a part of a table has its
 * place when all of its files are here, with their hashes. What the centre does not have any more is removed, so the folder
 * is never larger than what is shown now, and what replaces it.
 */
export class ViewFolder {
  readonly #options: TakeViewOptions
  readonly #files = new Map<string, ViewFile>()
  readonly #sets = new Map<string, ViewSet>()
  #list = ''

  constructor(options: TakeViewOptions) {
    this.#options = options
  }

  /** Takes over what is shipped now. Throws Fault; what was whole before stays. */
  async take(): Promise<TakenView> {
    for (let tries = 1; ; tries++)
      try {
        return await this.#take()
      } catch (error) {
        if (tries === MOST_TRIES || !(error instanceof PieceGone)) throw error
      }
  }

  async #take(): Promise<TakenView> {
    const { store, folder } = this.#options
    const found = await store.get(VIEW_KEY)
    if (found === undefined)
      throw new Fault(
        `Cannot read from ${store.name}: nothing is there for readers; start the centre with --for-readers and this address`,
      )
    const { now, archive, list } = decodeViewHead(found.bytes, store.name)
    const name = list.join()
    const isOther = name !== this.#list
    if (isOther) {
      const packed = Buffer.concat(await eachOf(list, 1, (piece) => fetchPiece(store, piece)))
      await this.#become(await decodeViewList(packed, store.name))
      this.#list = name
    }
    await writeWhole(join(folder, 'shown', 'now.json'), undefined, (file) => file.appendFile(JSON.stringify(now)))
    return { archive, isOther }
  }

  async #become({ files, sets: all }: ViewList): Promise<void> {
    const { folder, tables } = this.#options
    const sets = tables ? all : []
    if (tables && sets.length === 0)
      throw new Fault(
        `Cannot read tables from ${this.#options.store.name}: the centre has them on a server; name it with KUAGER_WAREHOUSE`,
      )
    const isKnown = (set: ViewSet): boolean => this.#sets.get(set.path)?.pieces.join() === set.pieces.join()
    const missing = sets.filter((set) => !isKnown(set))
    await this.#requireSpace(missing)
    await eachOf(missing, AT_ONCE, (set) => this.#takeSet(set))
    for (const file of files) await this.#takeFile(file)
    await this.#removeAllBut(new Set([...files, ...sets].map(({ path }) => path)))
    // Removed with what is older in it, or never made: a table without parts has a folder too.
    await mkdir(join(folder, 'warehouse', 'store'), { recursive: true, mode: 0o700 })
  }

  async #requireSpace(sets: readonly ViewSet[]): Promise<void> {
    const needed = sets.flatMap(({ files }) => files).reduce((sum, [, size]) => sum + size, 0)
    const { folder } = this.#options
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const space = measureSpace(folder)
    if (needed + noneBelow(space) > space.free)
      throw new Fault(
        `Cannot take over the tables: ${megabytes(needed)} more are needed in "${folder}", and ${megabytes(space.free)} ` +
          'are free; set TMPDIR to a folder on a larger disk, or name a ClickHouse server with KUAGER_WAREHOUSE',
      )
  }

  async #takeSet(set: ViewSet): Promise<void> {
    const place = join(this.#options.folder, set.path)
    const half = join(this.#options.folder, 'half', set.path)
    await rm(half, { recursive: true, force: true })
    await mkdir(half, { recursive: true, mode: 0o700 })
    await this.#writeFiles(half, set)
    await rm(place, { recursive: true, force: true })
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    await rename(half, place)
    this.#sets.set(set.path, set)
  }

  /** Writes files whose bytes come one behind the other. */
  async #writeFiles(folder: string, { path, files, pieces }: ViewSet): Promise<void> {
    let piece: Buffer = Buffer.alloc(0)
    let next = 0
    for (const [name, size] of files) {
      const file = await open(join(folder, name), 'wx', 0o600)
      try {
        for (let left = size; left > 0;) {
          if (piece.length === 0) {
            const hash = pieces[next++]
            if (hash === undefined) throw new Fault(`Cannot take over "${path}": its pieces end too early`)
            piece = await fetchPiece(this.#options.store, hash)
          }
          const bytes = piece.subarray(0, left)
          await file.appendFile(bytes)
          left -= bytes.length
          piece = piece.subarray(bytes.length)
        }
      } finally {
        await file.close()
      }
    }
  }

  async #takeFile(file: ViewFile): Promise<void> {
    const known = this.#files.get(file.path)
    const place = join(this.#options.folder, file.path)
    if (known?.modified_ms === file.modified_ms && known.pieces.join() === file.pieces.join()) return
    await writeWhole(place, file.modified_ms, async (into) => {
      const kept = known === undefined ? undefined : await openKept(place, known)
      try {
        for (let from = 0; from < file.pieces.length; from += AT_ONCE)
          for (const piece of await eachOf(
            file.pieces.slice(from, from + AT_ONCE),
            AT_ONCE,
            async (hash, nth) =>
              (known?.pieces[from + nth] === hash ? await kept?.piece(from + nth) : undefined) ??
              (await fetchPiece(this.#options.store, hash)),
          ))
            await into.appendFile(piece)
      } finally {
        await kept?.close()
      }
      if ((await into.stat()).size !== file.size)
        throw new Fault(`Cannot take over "${file.path}": it has another length`)
    })
    this.#files.set(file.path, file)
  }

  async #removeAllBut(paths: ReadonlySet<string>): Promise<void> {
    for (const here of [this.#files, this.#sets])
      for (const path of here.keys()) {
        if (paths.has(path)) continue
        await rm(join(this.#options.folder, path), { recursive: true, force: true })
        here.delete(path)
      }
  }
}

/** The file as it is here, whose pieces need not be fetched again; all but the last are of one length. */
async function openKept(place: string, { pieces, size }: ViewFile) {
  if (pieces.length < 2) return undefined
  const file = await open(place, 'r')
  const isWhole = (await file.stat()).size === size
  return {
    async piece(nth: number): Promise<Buffer | undefined> {
      const piece = Buffer.alloc(Math.min(FILE_PIECE, size - nth * FILE_PIECE))
      if (!isWhole) return undefined
      const { bytesRead } = await file.read(piece, 0, piece.length, nth * FILE_PIECE)
      return bytesRead === piece.length ? piece : undefined
    },
    close: () => file.close(),
  }
}

/** Not fsynced: the folder is made again after a crash. */
async function writeWhole(
  path: string,
  modifiedMs: number | undefined,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const half = `${path}${UNFINISHED}`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    const file = await open(half, 'w', 0o600)
    try {
      await fill(file)
    } finally {
      await file.close()
    }
    // Half a millisecond more: seconds with a fraction lose some of it.
    if (modifiedMs !== undefined) await utimes(half, (modifiedMs + 0.5) / 1000, (modifiedMs + 0.5) / 1000)
    await rename(half, path)
  } catch (error) {
    await rm(half, { force: true })
    throw error
  }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`
