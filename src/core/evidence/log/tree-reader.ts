import { consistencyStretches, hashNode, inclusionStretches, rootOf, type Hash, type SubtreeRange } from './merkle.ts'
import { TILE_WIDTH, type Tile } from './tile.ts'

/** Where tiles are read: on the disk of the log itself, or from a server. */
export interface TileDigests {
  /** Digests of a tile, `width` of them. */
  digests(tile: Tile & { readonly level: number }): Promise<readonly Uint8Array[]>
}

/** Subtrees, and tiles, that are remembered: 32 bytes each and 8 KB each. */
const MOST_SUBTREES = 100_000
const MOST_TILES = 256

/** Digests of a tree from its tiles, for proofs. It trusts the tiles: who uses a proof checks it. */
export class TreeReader {
  readonly #tiles: TileDigests
  readonly #hash: Hash
  readonly #subtrees = new Map<string, Uint8Array>()
  readonly #digests = new Map<string, readonly Uint8Array[]>()

  constructor(tiles: TileDigests, hash: Hash) {
    this.#tiles = tiles
    this.#hash = hash
  }

  /** Root of the first `size` leaves of a tree of `stored`. */
  root(size: number, stored: number): Promise<Uint8Array> {
    return this.#stretch({ from: 0, until: size }, stored)
  }

  /** Path from a leaf to the root of the first `size` leaves. */
  inclusion(index: number, size: number, stored: number): Promise<readonly Uint8Array[]> {
    return this.#all(inclusionStretches(index, size), stored)
  }

  /** Hashes that show that a tree begins with an older one; empty for an older one of no leaves. */
  consistency(older: number, newer: number, stored: number): Promise<readonly Uint8Array[]> {
    return this.#all(older === 0 ? [] : consistencyStretches(older, newer), stored)
  }

  async #all(stretches: readonly SubtreeRange[], stored: number): Promise<readonly Uint8Array[]> {
    const digests: Uint8Array[] = []
    for (const stretch of stretches) digests.push(await this.#stretch(stretch, stored))
    return digests
  }

  /**
   * A stretch that begins where a subtree of its length can is made from whole subtrees, each at most half the last.
   */
  async #stretch({ from, until }: SubtreeRange, stored: number): Promise<Uint8Array> {
    const whole: Uint8Array[] = []
    for (let at = from; at < until;) {
      let width = 1
      while (width * 2 <= until - at && at % (width * 2) === 0) width *= 2
      whole.push(await this.#subtree(at, width, stored))
      at += width
    }
    return whole.length === 0
      ? rootOf([], this.#hash)
      : whole.reduceRight((right, left) => hashNode(left, right, this.#hash))
  }

  async #subtree(from: number, width: number, stored: number): Promise<Uint8Array> {
    const name = `${from}+${width}`
    const known = this.#subtrees.get(name)
    if (known !== undefined) return known
    let level = 0
    let unit = 1
    for (; unit * TILE_WIDTH <= width; unit *= TILE_WIDTH) level++
    const first = from / unit
    const index = Math.floor(first / TILE_WIDTH)
    const here = Math.min(TILE_WIDTH, Math.floor(stored / unit) - index * TILE_WIDTH)
    const digests = await this.#tile(level, index, here)
    const nth = first - index * TILE_WIDTH
    const made = rootOf(digests.slice(nth, nth + width / unit), this.#hash)
    if (this.#subtrees.size >= MOST_SUBTREES) this.#subtrees.clear()
    this.#subtrees.set(name, made)
    return made
  }

  async #tile(level: number, index: number, width: number): Promise<readonly Uint8Array[]> {
    const name = `${level}/${index}/${width}`
    const known = this.#digests.get(name)
    if (known !== undefined) return known
    const digests = await this.#tiles.digests({ level, index, width })
    if (this.#digests.size >= MOST_TILES) this.#digests.clear()
    this.#digests.set(name, digests)
    return digests
  }
}
