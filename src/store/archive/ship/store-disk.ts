import { basename } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '../../../core/model/errors.ts'
import type { Disk, DiskFile } from '../../../runtime/files/disk.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { layoutOf, type Layout } from '../layout.ts'
import { decodeSidecarHead } from '../sidecar.ts'
import { ERASURES_KEY, leavesKey, pieceKey, segmentKey, sidecarKey } from './object-keys.ts'
import { isWhole, piecesInRow, readStoreState, type StoredPiece } from './store-state.ts'

/** Sidecars kept in memory, in bytes: one of some 50,000 measurements has 2 MB. */
const SIDECAR_BYTES = 64 * 1024 * 1024

/** Time before what was listed is read a third time, and twice of it before the last. */
const AGAIN_MS = 200

/** A stretch of a file, in an object from its beginning on. */
interface Stretch {
  readonly key: string
  readonly bytes: number
}

/**
 * The files of an archive that is on object storage, for what reads an archive from a disk: a segment that is not sealed
 * is its pieces one behind the other. Only reading is done. Listing the segments takes in what is new.
 */
export class StoreDisk implements Disk {
  readonly layout: Layout
  readonly #store: ObjectStore
  /** Length of the segment by number, of the segments whose sidecar is there. */
  readonly #sealed = new Map<number, number>()
  #pieces: ReadonlyMap<number, readonly StoredPiece[]> = new Map()
  /** Those that were asked for last are at the end. */
  readonly #sidecars = new Map<number, Buffer>()

  constructor(store: ObjectStore, folder = 'archive') {
    this.#store = store
    this.layout = layoutOf(folder)
  }

  async list(folder: string): Promise<readonly string[]> {
    if (folder === this.layout.leaves) return this.#numbers().map((number) => basename(this.layout.leafFile(number)))
    if (folder !== this.layout.segments) return []
    await this.#follow()
    const numbers = this.#numbers()
    return numbers.map((number) => basename(this.layout.segment(number)))
  }

  #numbers(): readonly number[] {
    const numbers = [...this.#sealed.keys()]
    for (let next = numbers.length + 1; this.#pieces.has(next); next++) numbers.push(next)
    return numbers
  }

  async #follow(): Promise<void> {
    const state = await readStoreState(this.#store, this.#sealed.size)
    for (const [number, { segmentBytes }] of state.sealed) {
      if (number !== this.#sealed.size + 1) break
      if (segmentBytes === 0) throw new Fault(`Cannot read ${this.#store.name}: segment ${number} is missing`)
      this.#sealed.set(number, segmentBytes)
    }
    const pieces = state.pieces.filter(isWhole).filter(({ segment }) => !this.#sealed.has(segment))
    this.#pieces = new Map(
      [...Map.groupBy(pieces, ({ segment }) => segment)].map(([segment, all]) => [
        segment,
        piecesInRow(all, Math.min(...all.map(({ from }) => from))),
      ]),
    )
  }

  async open(path: string): Promise<DiskFile> {
    const { layout } = this
    const [, digits, ending] = /^(\d{8})\.(segment|index|leaves)$/.exec(basename(path)) ?? []
    const number = Number(digits ?? 0)
    if (path === layout.erasures) return this.#whole(path, await this.#bytesOf(ERASURES_KEY))
    if (ending === undefined) throw missing(path)
    if (ending === 'index') return this.#whole(path, await this.#sidecar(number))
    if (!this.#sealed.has(number) && !this.#pieces.has(number)) throw missing(path)
    return this.#file(path, number, ending === 'leaves' ? 'leaves' : 'segment')
  }

  async #bytesOf(key: string): Promise<Buffer | undefined> {
    return (await this.#store.get(key))?.bytes
  }

  async #sidecar(number: number): Promise<Buffer | undefined> {
    if (!this.#sealed.has(number)) return undefined
    const bytes = this.#sidecars.get(number) ?? (await this.#bytesOf(sidecarKey(number)))
    if (bytes === undefined) return undefined
    this.#sidecars.delete(number)
    this.#sidecars.set(number, bytes)
    let held = [...this.#sidecars.values()].reduce((sum, { length }) => sum + length, 0)
    for (const [oldest, { length }] of this.#sidecars) {
      if (held <= SIDECAR_BYTES || oldest === number) break
      this.#sidecars.delete(oldest)
      held -= length
    }
    return bytes
  }

  #whole(path: string, bytes: Buffer | undefined): DiskFile {
    if (bytes === undefined) throw missing(path)
    return readOnly(
      path,
      async () => bytes.length,
      async (into, at) => bytes.copy(into, 0, at),
    )
  }

  #file(path: string, number: number, ending: 'segment' | 'leaves'): DiskFile {
    const size = async (): Promise<number> =>
      (await this.#stretches(number, ending)).reduce((sum, { bytes }) => sum + bytes, 0)
    return readOnly(path, size, async (into, position) => {
      for (let tries = 0; ; tries++) {
        const done = await this.#read(await this.#stretches(number, ending), into, position)
        if (done !== undefined) return done
        // Pieces were made one, or sealed, since they were listed.
        if (tries > 2) throw new Fault(`Cannot read "${path}" of ${this.#store.name}: its objects are gone`)
        if (tries > 0) await pause(tries * AGAIN_MS)
        await this.#follow()
      }
    })
  }

  async #stretches(number: number, ending: 'segment' | 'leaves'): Promise<readonly Stretch[]> {
    const sealed = this.#sealed.get(number)
    if (sealed !== undefined && ending === 'segment') return [{ key: segmentKey(number), bytes: sealed }]
    if (sealed !== undefined) {
      const sidecar = await this.#sidecar(number)
      const head = sidecar === undefined ? undefined : decodeSidecarHead(sidecar)
      return [{ key: leavesKey(number), bytes: head?.leavesEnd ?? 0 }]
    }
    return (this.#pieces.get(number) ?? []).map((piece) => ({
      key: pieceKey(piece, ending),
      bytes: ending === 'leaves' ? piece.leavesBytes : piece.segmentBytes,
    }))
  }

  /** Undefined where an object is gone. */
  async #read(stretches: readonly Stretch[], into: Uint8Array, position: number): Promise<number | undefined> {
    let done = 0
    let begin = 0
    for (const { key, bytes } of stretches) {
      const from = position + done - begin
      if (done < into.length && from < bytes) {
        const got = await this.#store.get(key, { from, length: Math.min(into.length - done, bytes - from) })
        if (got === undefined) return undefined
        into.set(got.bytes, done)
        done += got.bytes.length
      }
      begin += bytes
    }
    return done
  }

  makeFolder(): Promise<void> {
    return refuse()
  }
  rename(): Promise<void> {
    return refuse()
  }
  remove(): Promise<void> {
    return refuse()
  }
  removeFolder(): Promise<void> {
    return refuse()
  }
  syncFolder(): Promise<void> {
    return refuse()
  }
}

const refuse = (): Promise<never> => Promise.reject(new Fault('Cannot write: object storage is read'))

/** The error of a disk for a file that is not there (`isMissing`). */
const missing = (path: string): Error => Object.assign(new Error(`"${path}" is not there`), { code: 'ENOENT' })

/** A file that is read and never written. */
export const readOnly = (
  path: string,
  size: () => Promise<number>,
  read: (into: Uint8Array, position: number) => Promise<number>,
): DiskFile => ({
  ...{ path, size, read },
  write: refuse,
  sync: refuse,
  truncate: refuse,
  close: async () => undefined,
})
