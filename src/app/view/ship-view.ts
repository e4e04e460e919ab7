import { existsSync } from 'node:fs'
import { open, readdir, readFile, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { Fault } from '../../core/model/errors.ts'
import { systemClock } from '../../runtime/clock.ts'
import { eachOf } from '../../runtime/each-of.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import type { Log } from '../../runtime/log.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { listCommonValues, SEEN_FILE } from '../../store/seen-values/open.ts'
import { tablesToCopy } from '../../store/warehouse/read-parts.ts'
import { shownFiles } from './shown-files.ts'
import {
  COMMON_FILE,
  decodeViewHead,
  decodeViewList,
  encodeViewHead,
  encodeViewList,
  fetchPiece,
  FILE_PIECE,
  hashPiece,
  isViewPath,
  PIECES_PREFIX,
  VIEW_KEY,
  viewPieceKey,
  type ViewFile,
  type ViewList,
  type ViewSet,
} from './view-format.ts'

/** Pieces of parts of tables. */
const SET_PIECE = 16 * 2 ** 20
/** Parts that are read and stored at once. */
const AT_ONCE = 4
/** A piece that no list names any more stays so long, for readers that have an older list. */
const GRACE_MS = MINUTE_MS
/** Common values are counted at most so often. */
const COMMON_EVERY_MS = MINUTE_MS

interface ViewShipperOptions {
  readonly store: ObjectStore
  /** The data folder, which this process holds. */
  readonly folder: string
  /** Whether its tables are in the folder, and are shipped. */
  readonly tables: boolean
  /** How long a piece stays that is not needed any more. */
  readonly graceMs?: number
  readonly log: Pick<Log, 'warn'>
}

/** What was in the folder at one moment. */
interface SeenView {
  readonly now: Readonly<Record<string, unknown>>
  /** Their pieces are on the store. */
  readonly files: readonly ViewFile[]
  /** Folders of parts of tables. */
  readonly parts: readonly string[]
}

/** A file whose pieces are on the store. */
interface ShippedFile {
  readonly file: ViewFile
  /** Length and time, by which it is seen that it is as it was; undefined: it is read again. */
  readonly stamp: string | undefined
}

/**
 * Ships what readers need that have no folder: files that pages are made from, and the parts of the tables. Everything is
 * stored under the hash of its bytes, then the list, and last what names the list: a reader that finds that finds all of
 * it, and sees the folder as it was at one moment.
 */
export class ViewShipper {
  readonly #options: ViewShipperOptions
  /** Pieces on the store. */
  #there: Set<string> | undefined
  #files = new Map<string, ShippedFile>()
  /** Files with names that no list may have, each named in the log once. */
  readonly #told = new Set<string>()
  #sets = new Map<string, ViewSet>()
  /** When a piece was needed last, of those that are not needed now. */
  readonly #unneeded = new Map<string, number>()
  #list: { readonly text: string; readonly pieces: readonly string[] } | undefined
  #common: { readonly stamp: string; readonly at: number; readonly file: ViewFile } | undefined

  constructor(options: ViewShipperOptions) {
    this.#options = options
  }

  /**
   * Looks at the folder, and stores what is new of its files, a piece at a time; undefined as long as the folder says
   * nothing of itself.
   */
  async look(): Promise<SeenView | undefined> {
    const { folder, tables } = this.#options
    await this.#resume()
    const told = await readFile(join(folder, 'shown', 'now.json'), 'utf8').catch(() => undefined)
    if (told === undefined) return undefined
    const now = JSON.parse(told) as SeenView['now'] // written whole, by this program
    const files: ViewFile[] = []
    for (const path of await shownFiles(folder)) if (this.#canBeNamed(path)) files.push(...(await this.#shipFile(path)))
    files.push(...(await this.#commonValues()))
    const copied = tables ? await tablesToCopy(folder) : { formats: [], definitions: [], parts: [] }
    for (const path of copied.formats) files.push(...(await this.#shipFile(path)))
    for (const { path, text } of copied.definitions) files.push(await this.#shipText(path, text))
    const seen = new Set(files.map(({ path }) => path))
    for (const path of this.#files.keys()) if (!seen.has(path)) this.#files.delete(path)
    return { now, files, parts: copied.parts }
  }

  #canBeNamed(path: string): boolean {
    if (isViewPath(path)) return true
    if (!this.#told.has(path)) this.#options.log.warn({ path }, 'readers do not get a file with such a name')
    this.#told.add(path)
    return false
  }

  /** Stores the parts and then the list of what was seen. `archive` says which state of the archive is on the store by now. */
  async publish({ now, files, parts }: SeenView, archive: string): Promise<void> {
    const { store } = this.#options
    const sets = await eachOf(parts, AT_ONCE, (path) => this.#shipSet(path))
    this.#sets = new Map(sets.map((set) => [set.path, set]))
    const text = JSON.stringify({ files, sets })
    if (this.#list?.text !== text) {
      const packed = await encodeViewList({ files: [...files], sets: [...sets] })
      this.#list = { text, pieces: await this.#shipPieces(cut(packed, SET_PIECE)) }
    }
    await store.put(VIEW_KEY, encodeViewHead({ now, archive, list: [...this.#list.pieces] }))
    await this.#removeUnneeded([...files, ...sets].flatMap(({ pieces }) => pieces))
  }

  /** Learns what is there; a list of before says which parts and long files need not be read again. */
  async #resume(): Promise<void> {
    if (this.#there !== undefined) return
    const { store } = this.#options
    const there = new Set<string>()
    for await (const { key } of store.list(PIECES_PREFIX)) there.add(key.slice(PIECES_PREFIX.length))
    const before = await this.#readBefore(there).catch(() => undefined)
    for (const set of before?.sets ?? [])
      if (set.pieces.every((piece) => there.has(piece))) this.#sets.set(set.path, set)
    for (const file of before?.files ?? [])
      if (file.pieces.length > 1 && file.pieces.every((piece) => there.has(piece)))
        this.#files.set(file.path, { file, stamp: stampOf(file.size, file.modified_ms) })
    this.#there = there
  }

  /** The list that is there; one that cannot be read is replaced. */
  async #readBefore(there: ReadonlySet<string>): Promise<ViewList | undefined> {
    const { store } = this.#options
    const head = await store.get(VIEW_KEY)
    if (head === undefined) return undefined
    const { list } = decodeViewHead(head.bytes, store.name)
    if (!list.every((piece) => there.has(piece))) return undefined
    return decodeViewList(Buffer.concat(await eachOf(list, 1, (piece) => fetchPiece(store, piece))), store.name)
  }

  /** Stores what is new of a file; nothing where there is none. */
  async #shipFile(path: string): Promise<readonly ViewFile[]> {
    const full = join(this.#options.folder, path)
    try {
      const file = await open(full, 'r')
      try {
        const { size, mtimeMs } = await file.stat()
        const modifiedMs = Math.floor(mtimeMs)
        const stamp = stampOf(size, modifiedMs)
        const known = this.#files.get(path)
        if (known?.stamp === stamp) return [known.file]
        // What changed within this moment may change again without another time.
        const isOld = systemClock.now() - modifiedMs > 1000
        const pieces = await this.#shipPieces(piecesOfFile(full, file, size))
        // Written again as it was: nothing for readers.
        const isSame = known?.file.pieces.join() === pieces.join()
        const shipped = isSame ? known.file : { path, modified_ms: modifiedMs, size, pieces: [...pieces] }
        this.#files.set(path, { file: shipped, stamp: isOld ? stamp : undefined })
        return [shipped]
      } finally {
        await file.close()
      }
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  async #shipText(path: string, text: string): Promise<ViewFile> {
    const bytes = Buffer.from(text)
    return { path, modified_ms: 0, size: bytes.length, pieces: [...(await this.#shipPieces(cut(bytes, FILE_PIECE)))] }
  }

  async #commonValues(): Promise<readonly ViewFile[]> {
    const { folder } = this.#options
    const stateOf = async (path: string): Promise<string> => {
      const found = await stat(path).catch(() => undefined)
      return `${found?.size} ${found?.mtimeMs}`
    }
    const place = join(folder, SEEN_FILE)
    const stamp = `${await stateOf(place)} ${await stateOf(`${place}-wal`)}`
    const at = systemClock.monotonic()
    const held = this.#common
    if (held !== undefined && (held.stamp === stamp || at - held.at < COMMON_EVERY_MS)) return [held.file]
    const found = existsSync(place) ? await listCommonValues(folder) : undefined
    this.#common = undefined
    if (found === undefined) return []
    const file = await this.#shipText(COMMON_FILE, JSON.stringify(found))
    this.#common = { stamp, at, file }
    return [file]
  }

  async #shipSet(path: string): Promise<ViewSet> {
    const full = join(this.#options.folder, path)
    // Written last of a part, and never again.
    const modifiedMs = Math.floor((await stat(join(full, 'checksums.txt'))).mtimeMs)
    const known = this.#sets.get(path)
    if (known?.modified_ms === modifiedMs) return known
    const files: [string, number][] = []
    for (const name of (await readdir(full)).toSorted()) files.push([name, (await stat(join(full, name))).size])
    const pieces = await this.#shipPieces(piecesOfFiles(full, files))
    return { path, modified_ms: modifiedMs, files, pieces: [...pieces] }
  }

  async #shipPieces(all: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<readonly string[]> {
    const { store } = this.#options
    const hashes: string[] = []
    for await (const piece of all) {
      const hash = hashPiece(piece)
      hashes.push(hash)
      if (this.#there?.has(hash) !== true) await store.put(viewPieceKey(hash), piece)
      this.#there?.add(hash)
      this.#unneeded.delete(hash)
    }
    return hashes
  }

  async #removeUnneeded(needed: readonly string[]): Promise<void> {
    const { store, graceMs = GRACE_MS } = this.#options
    const all = new Set([...needed, ...(this.#list?.pieces ?? [])])
    const now = systemClock.monotonic()
    for (const hash of this.#there ?? []) {
      if (all.has(hash)) {
        this.#unneeded.delete(hash)
        continue
      }
      const since = this.#unneeded.get(hash)
      if (since === undefined) this.#unneeded.set(hash, now)
      if (since === undefined || now - since < graceMs) continue
      // Forgotten first: where its removal fails it is stored again when it is needed again.
      this.#there?.delete(hash)
      this.#unneeded.delete(hash)
      await store.remove(viewPieceKey(hash))
    }
  }
}

const stampOf = (size: number, modifiedMs: number): string => `${size} ${modifiedMs}`

/** The first `size` bytes of a file in pieces; the next piece takes the place of the one before it. */
async function* piecesOfFile(path: string, file: FileHandle, size: number): AsyncGenerator<Buffer, void, undefined> {
  const piece = Buffer.alloc(Math.min(FILE_PIECE, size))
  for (let at = 0; at < size;) {
    const wanted = Math.min(piece.length, size - at)
    for (let filled = 0; filled < wanted;) {
      const { bytesRead } = await file.read(piece, filled, wanted - filled, at + filled)
      if (bytesRead === 0) throw new Fault(`Cannot ship "${path}": it ends too early`)
      filled += bytesRead
    }
    yield piece.subarray(0, wanted)
    at += wanted
  }
}

function* cut(bytes: Buffer, length: number): Generator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

/** The bytes of files one behind the other, in pieces. */
async function* piecesOfFiles(
  folder: string,
  files: readonly (readonly [string, number])[],
): AsyncGenerator<Buffer, void, undefined> {
  const whole = files.reduce((sum, [, size]) => sum + size, 0)
  let left = whole
  let piece = Buffer.alloc(Math.min(SET_PIECE, left))
  let filled = 0
  for (const [name, size] of files) {
    const file = await open(join(folder, name), 'r')
    try {
      for (let at = 0; at < size;) {
        const { bytesRead } = await file.read(piece, filled, Math.min(piece.length - filled, size - at), at)
        if (bytesRead === 0) throw new Fault(`Cannot ship "${join(folder, name)}": it ends too early`)
        at += bytesRead
        filled += bytesRead
        if (filled < piece.length) continue
        yield piece
        left -= filled
        piece = Buffer.alloc(Math.min(SET_PIECE, left))
        filled = 0
      }
    } finally {
      await file.close()
    }
  }
}
