import { hashNode, rootOf, type Hash } from './merkle.ts'
import { TILE_WIDTH, type Tile } from './tile.ts'

/** A tile that has become full, with its 256 digests. */
export interface FullTile {
  readonly tile: Tile
  readonly digests: readonly Uint8Array[]
}

/** What a root is made of: of each level of tiles the digests at its right edge, fewer than 256. */
export type EdgeLevels = readonly (readonly Uint8Array[])[]

/** Root of a tree from its right edge: every level's digests are subtrees 256 times as large as those of the one below. */
export function rootOfEdge(levels: EdgeLevels, hash: Hash): Uint8Array {
  const perfect: Uint8Array[] = []
  for (const digests of levels.toReversed()) {
    let from = 0
    for (let width = TILE_WIDTH / 2; width >= 1; width /= 2)
      if ((digests.length & width) !== 0) {
        perfect.push(rootOf(digests.slice(from, from + width), hash))
        from += width
      }
  }
  return perfect.length === 0 ? rootOf([], hash) : perfect.reduceRight((right, left) => hashNode(left, right, hash))
}

/** A tree that grows leaf by leaf, of which only the right edge is held: some 8 KB a level. */
export class TreeEdge {
  readonly #hash: Hash
  readonly #levels: Uint8Array[][]
  #size: number

  constructor(hash: Hash, size = 0, levels: EdgeLevels = []) {
    this.#hash = hash
    this.#size = size
    this.#levels = levels.map((digests) => [...digests])
  }

  get size(): number {
    return this.#size
  }

  get levels(): EdgeLevels {
    return this.#levels
  }

  root(): Uint8Array {
    return rootOfEdge(this.#levels, this.#hash)
  }

  copy(): TreeEdge {
    return new TreeEdge(this.#hash, this.#size, this.#levels)
  }

  /** Adds the digest of the next leaf; gives the tiles that it fills, lowest level first. */
  push(leaf: Uint8Array): readonly FullTile[] {
    const full: FullTile[] = []
    this.#size++
    let digest = leaf
    for (let level = 0, size = this.#size; ; level++, size /= TILE_WIDTH) {
      const digests = (this.#levels[level] ??= [])
      digests.push(digest)
      if (digests.length < TILE_WIDTH) return full
      this.#levels[level] = []
      full.push({ tile: { level, index: size / TILE_WIDTH - 1, width: TILE_WIDTH }, digests })
      digest = rootOf(digests, this.#hash)
    }
  }
}
