import type { TreeHead } from '../../core/evidence/log/checkpoint.ts'
import { HASH_BYTES, hashLeaf, sameBytes, verifyConsistency, verifyInclusion } from '../../core/evidence/log/merkle.ts'
import { TILE_WIDTH, tilePath, type Tile } from '../../core/evidence/log/tile.ts'
import { InputError } from '../../core/model/errors.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { TreeReader } from '../../core/evidence/log/tree-reader.ts'

/** Fetches a file below the address of a log, of at most so many bytes; undefined where the server has none. */
export type GetLogFile = (path: string, most: number) => Promise<Uint8Array | undefined>

/** A file that a log owes to every reader and does not serve. */
export const withheld = (path: string): InputError =>
  new InputError(`Cannot read the log: the server does not serve "${path}" whole`, {
    code: 'log.withheld',
    path,
    expected: 'every tile and entry that the newest checkpoint covers (C2SP tlog-tiles)',
  })

/**
 * The tree of a log as its server hands it out. No tile is believed: every answer here is checked against the roots of
 * two checkpoints by a proof of RFC 6962, never by two roots that are each computed from tiles. A server that lies may
 * serve a lower tile of one history and a higher tile of another, from which both roots come out.
 */
export class ServedTree {
  readonly #reader: TreeReader
  readonly #newest: TreeHead

  constructor(newest: TreeHead, get: GetLogFile) {
    this.#newest = newest
    this.#reader = new TreeReader({ digests: (tile) => servedDigests(tile, get) }, sha256)
  }

  /** Whether the tiles at the right edge give the root that is signed: a server that damaged them is found at once. */
  async givesRoot(): Promise<boolean> {
    const { size, root } = this.#newest
    return sameBytes(await this.#reader.root(size, size), root)
  }

  /** Whether the tree continues from an older one (RFC 6962, 2.1.2). Throws InputError where tiles are withheld. */
  async goesOnFrom({ size, root }: TreeHead): Promise<boolean> {
    const { size: newerSize, root: newerRoot } = this.#newest
    if (size === newerSize) return sameBytes(root, newerRoot)
    if (size > newerSize) return false
    if (size === 0) return true
    const path = await this.#reader.consistency(size, newerSize, newerSize)
    const sizes = { olderSize: BigInt(size), newerSize: BigInt(newerSize) }
    return verifyConsistency({ ...sizes, olderRoot: root, newerRoot, path }, sha256)
  }

  /** Whether the tree holds a leaf at a place (RFC 6962, 2.1.1). Throws InputError where tiles are withheld. */
  async holds(index: number, leaf: Uint8Array): Promise<boolean> {
    const { size, root } = this.#newest
    if (index >= size) return false
    const path = await this.#reader.inclusion(index, size, size)
    const claim = { index: BigInt(index), size: BigInt(size), leaf: hashLeaf(leaf, sha256), path, root }
    return verifyInclusion(claim, sha256)
  }
}

/** Digests of a tile; a partial one may have become full meanwhile, and then begins with them. */
async function servedDigests(tile: Tile, get: GetLogFile): Promise<readonly Buffer[]> {
  const most = TILE_WIDTH * HASH_BYTES
  const bytes =
    (await get(tilePath(tile), most)) ??
    (tile.width === TILE_WIDTH ? undefined : await get(tilePath({ ...tile, width: TILE_WIDTH }), most))
  if (bytes === undefined || bytes.length < tile.width * HASH_BYTES) throw withheld(tilePath(tile))
  return Array.from({ length: tile.width }, (_, nth) =>
    Buffer.from(bytes.subarray(nth * HASH_BYTES, (nth + 1) * HASH_BYTES)),
  )
}
