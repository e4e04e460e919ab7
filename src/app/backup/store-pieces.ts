import { appendFile, open, readFile, rm, type FileHandle } from 'node:fs/promises'
import { Fault } from '../../core/model/errors.ts'
import { eachOf } from '../../runtime/each-of.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import {
  PIECE_BYTES,
  formatPiece,
  parsePiece,
  backupPieceKey,
  hexSha256,
  type BackupFile,
  type BackupPiece,
} from './format.ts'
import type { PieceNames } from './names.ts'

/** Pieces that are read, sealed and sent at once: bounds memory to some 100 MB. */
const AT_ONCE = 3

export interface StoreParts {
  readonly objects: ObjectStore
  readonly names: PieceNames
  readonly seal: (bytes: Uint8Array) => Promise<Uint8Array>
  /** Pieces that the target holds, whole. */
  readonly known: Map<string, BackupPiece>
  /** File with what was sent by backups that did not end. */
  readonly sentFile: string
  readonly signal: AbortSignal
  /** Hears of bytes that were read. */
  readonly onBytes: (bytes: number) => void
}

/** What a file was when it was last read whole; the same again means the same bytes. */
export interface FileStamp {
  readonly bytes: string
  readonly changed: string
  readonly inode: string
}

/** A file whose stamp is younger than this when it is read may be written again without a change of it. */
const SETTLED_NS = 2_000_000_000n

/** Pieces of files that an earlier backup read, by path. */
export type Remembered = Map<string, { readonly stamp: FileStamp; readonly file: BackupFile }>

/** A file to be stored, as it is read. */
export interface PieceSource {
  readonly bytes: number
  readonly stamp: FileStamp
  /** When it was changed last, in nanoseconds; absent: its stamp names every state of it. */
  readonly changedNs?: bigint
  read(into: Uint8Array, position: number): Promise<number>
  close(): Promise<void>
}

/** Opens a file of this disk, of which only the first bytes where `most` is given; undefined where it is gone. */
export async function openPieceFile(path: string, most?: number): Promise<PieceSource | undefined> {
  let handle: FileHandle
  try {
    handle = await open(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  const stat = await handle.stat({ bigint: true })
  const bytes = most === undefined ? Number(stat.size) : most
  return {
    bytes,
    stamp: { bytes: String(bytes), changed: `${stat.mtimeNs} ${stat.ctimeNs}`, inode: String(stat.ino) },
    changedNs: stat.ctimeNs,
    read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
    close: () => handle.close(),
  }
}

/** Stores files as pieces, each content once. */
export class PieceStore {
  readonly #parts: StoreParts
  readonly #remembered: Remembered
  /** Pieces of this generation. */
  readonly used = new Map<string, BackupPiece>()
  sent = 0
  sentBytes = 0

  constructor(parts: StoreParts, remembered: Remembered) {
    this.#parts = parts
    this.#remembered = remembered
  }

  /** Stores a file under a path and closes it. `looked`: the time before it was opened: what is written later shows. */
  async store(path: string, source: PieceSource, looked: number): Promise<BackupFile> {
    try {
      const { bytes, stamp, changedNs } = source
      const known = this.#remembered.get(path)
      if (known !== undefined && sameStamp(known.stamp, stamp) && this.#reuse(known.file)) return known.file
      const count = Math.ceil(bytes / PIECE_BYTES)
      const nths = Array.from({ length: count }, (_, nth) => nth)
      let read = 0
      const pieces = await eachOf(nths, AT_ONCE, async (nth) => {
        this.#parts.signal.throwIfAborted()
        const piece = await readPiece(source, nth)
        read += piece.length
        this.#parts.onBytes(piece.length)
        return this.#put(piece, this.#parts.names.slot(path, nth))
      })
      if (read !== bytes) throw new Fault(`Cannot back up "${path}": it became shorter while it was read`)
      const file = { path, bytes, pieces: [...pieces] }
      if (changedNs === undefined || BigInt(Math.floor(looked)) * 1_000_000n - changedNs > SETTLED_NS)
        this.#remembered.set(path, { stamp, file })
      else this.#remembered.delete(path)
      return file
    } finally {
      await source.close()
    }
  }

  /** Takes the pieces of a file that did not change, if the target has them all. */
  #reuse(file: BackupFile): boolean {
    const pieces = file.pieces.map((name) => this.#parts.known.get(name))
    if (pieces.includes(undefined)) return false
    for (const [nth, name] of file.pieces.entries()) this.used.set(name, pieces[nth]!) // none is missing
    return true
  }

  async #put(bytes: Uint8Array, slot: string): Promise<string> {
    const { objects, names, seal, known, sentFile } = this.#parts
    const name = names.name(bytes)
    const there = known.get(name)
    if (there === undefined) {
      const sealed = await seal(bytes)
      const piece: BackupPiece = { slot, plain: bytes.length, bytes: sealed.length, sha256: hexSha256(sealed) }
      await objects.put(backupPieceKey(name), sealed)
      await appendFile(sentFile, `${formatPiece(name, piece)}\n`, { mode: 0o600 })
      known.set(name, piece)
      this.used.set(name, piece)
      this.sent++
      this.sentBytes += sealed.length
    } else this.used.set(name, there)
    return name
  }
}

const sameStamp = (a: FileStamp, b: FileStamp): boolean =>
  a.bytes === b.bytes && a.changed === b.changed && a.inode === b.inode

async function readPiece(source: PieceSource, nth: number): Promise<Uint8Array> {
  const from = nth * PIECE_BYTES
  const into = Buffer.alloc(Math.min(PIECE_BYTES, source.bytes - from))
  for (let done = 0; done < into.length;) {
    const read = await source.read(into.subarray(done), from + done)
    if (read === 0) return into.subarray(0, done)
    done += read
  }
  return into
}

/** What earlier backups sent that never ended; a line that is not whole is none. */
export async function readSent(path: string): Promise<ReadonlyMap<string, BackupPiece>> {
  const sent = new Map<string, BackupPiece>()
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return ''
    throw error
  })
  for (const line of text.split('\n')) {
    const found = parsePiece(line)
    if (found !== undefined) sent.set(found.name, found.piece)
  }
  return sent
}

export const forgetSent = (path: string): Promise<void> => rm(path, { force: true })
