import { dirname, join } from 'node:path'
import { decodeEntries, encodeEntries } from '../../core/evidence/log/entry-bundle.ts'
import { HASH_BYTES } from '../../core/evidence/log/merkle.ts'
import type { TreeEdge } from '../../core/evidence/log/tree-edge.ts'
import { TILE_WIDTH, tilePath, type Tile } from '../../core/evidence/log/tile.ts'
import { Fault } from '../../core/model/errors.ts'
import { isMissing, type Disk } from '../../runtime/files/disk.ts'
import { UNFINISHED, readWhole } from '../../runtime/files/durable-file.ts'
import { makeFolders } from './log-folder.ts'

export interface NewTile {
  readonly tile: Tile
  readonly bytes: Uint8Array
}

/** Bytes of a tile of digests. */
export const encodeTile = (digests: readonly Uint8Array[]): Uint8Array => Buffer.concat(digests)

/** Tiles of a log as files (docs/formats/log.md, "Folder"). */
export class TileFiles {
  readonly #folder: string
  readonly #disk: Disk
  readonly #made = new Set<string>()

  /** `folder` exists: what is served. */
  constructor(folder: string, disk: Disk) {
    this.#folder = folder
    this.#disk = disk
  }

  path(tile: Tile): string {
    return join(this.#folder, tilePath(tile))
  }

  /**
   * Writes tiles, durable when resolved: each next to its place, fsync, rename, then its folder. A tile that is there
   * already is of a tree that was not signed, and is replaced.
   */
  async write(tiles: readonly NewTile[]): Promise<void> {
    const folders = new Set<string>()
    for (const { tile } of tiles) {
      const folder = dirname(this.path(tile))
      if (!this.#made.has(folder)) await makeFolders(this.#folder, folder, this.#disk)
      this.#made.add(folder)
      folders.add(folder)
    }
    for (const { tile, bytes } of tiles) {
      const path = this.path(tile)
      const file = await this.#disk.open(`${path}${UNFINISHED}`, 'append')
      try {
        await file.truncate(0)
        await file.write(bytes, 0)
        await file.sync()
      } finally {
        await file.close()
      }
      await this.#disk.rename(`${path}${UNFINISHED}`, path)
    }
    for (const folder of folders) await this.#disk.syncFolder(folder)
  }

  /** Bytes of a tile; of a partial one that is gone, the beginning of the full one. Undefined where neither exists. */
  async read(tile: Tile): Promise<Buffer | undefined> {
    const bytes = await readWhole(this.path(tile), this.#disk)
    if (bytes !== undefined || tile.width === TILE_WIDTH) return bytes
    const full = await readWhole(this.path({ ...tile, width: TILE_WIDTH }), this.#disk)
    if (full === undefined) return undefined
    if (tile.level !== 'entries') return full.subarray(0, tile.width * HASH_BYTES)
    const leaves = decodeEntries(full, TILE_WIDTH)?.slice(0, tile.width)
    return leaves === undefined ? undefined : Buffer.from(encodeEntries(leaves))
  }

  /** Digests of a tile. Throws Fault that names a file which is gone or has another length. */
  async digests(tile: Tile): Promise<readonly Buffer[]> {
    const bytes = await this.read(tile)
    if (bytes?.length !== tile.width * HASH_BYTES) throw this.#damaged(tile, bytes)
    return Array.from({ length: tile.width }, (_, nth) => bytes.subarray(nth * HASH_BYTES, (nth + 1) * HASH_BYTES))
  }

  /** Leaves of an entry bundle of that place and width. Throws Fault that names a file which is gone or damaged. */
  async leaves({ index, width }: Pick<Tile, 'index' | 'width'>): Promise<readonly Uint8Array[]> {
    const tile: Tile = { level: 'entries', index, width }
    const bytes = await this.read(tile)
    const leaves = bytes === undefined ? undefined : decodeEntries(bytes, width)
    if (leaves === undefined) throw this.#damaged(tile, bytes)
    return leaves
  }

  /** Widths of the partial tiles that are at a place. */
  async partials({ level, index }: Tile): Promise<readonly number[]> {
    try {
      const names = await this.#disk.list(`${this.path({ level, index, width: TILE_WIDTH })}.p`)
      return names.filter((name) => /^[1-9]\d{0,2}$/.test(name)).map(Number)
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  /**
   * Removes the partial tiles of a place whose full tile a published checkpoint has. What a crash leaves of them is no
   * harm.
   */
  async removePartials({ level, index }: Tile): Promise<void> {
    const folder = `${this.path({ level, index, width: TILE_WIDTH })}.p`
    try {
      for (const name of await this.#disk.list(folder)) await this.#disk.remove(join(folder, name))
      await this.#disk.removeFolder(folder)
      this.#made.delete(folder)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  #damaged(tile: Tile, bytes: Buffer | undefined): Fault {
    const found = bytes === undefined ? 'it is gone' : `it has ${bytes.length} bytes and is not a tile of ${tile.width}`
    return new Fault(`Cannot read "${this.path(tile)}": ${found}`)
  }
}

/** Places of the tiles that were partial in a tree of `before` leaves and are full in one of `size`. */
export function filledTiles(before: number, size: number): readonly Tile[] {
  const filled: Tile[] = []
  for (let level = 0, old = before, now = size; now >= TILE_WIDTH; level++) {
    const index = Math.floor(old / TILE_WIDTH)
    old = index
    now = Math.floor(now / TILE_WIDTH)
    if (now <= index) continue
    filled.push({ level, index, width: TILE_WIDTH })
    if (level === 0) filled.push({ level: 'entries', index, width: TILE_WIDTH })
  }
  return filled
}

/** Partial tiles at the right edge of a tree that one of `before` leaves did not have. */
export function partialTiles(before: number, edge: TreeEdge, tail: readonly Uint8Array[]): readonly NewTile[] {
  const tiles: NewTile[] = []
  for (const [level, digests] of edge.levels.entries()) {
    const unit = TILE_WIDTH ** level
    const count = Math.floor(edge.size / unit)
    if (digests.length === 0 || count === Math.floor(before / unit)) continue
    const tile: Tile = { level, index: Math.floor(count / TILE_WIDTH), width: digests.length }
    tiles.push({ tile, bytes: encodeTile(digests) })
    if (level === 0) tiles.push({ tile: { ...tile, level: 'entries' }, bytes: encodeEntries(tail) })
  }
  return tiles
}
