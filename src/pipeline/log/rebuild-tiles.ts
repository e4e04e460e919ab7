import { encodeEntries } from '../../core/evidence/log/entry-bundle.ts'
import { hashLeaf, sameBytes } from '../../core/evidence/log/merkle.ts'
import { TreeEdge } from '../../core/evidence/log/tree-edge.ts'
import { Fault } from '../../core/model/errors.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'

import { logFolder, makeFolders } from './log-folder.ts'
import { readState } from './recover-log.ts'
import { encodeTile, partialTiles, TileFiles, type NewTile } from './tile-files.ts'

/** Tiles written before their folders are made certain. */
const TILES_AT_ONCE = 64

/**
 * Makes the tiles of a log again from its leaves, up to the size of its state. Gives that size; undefined where the
 * folder has no state. Throws Fault where the leaves are not those of the state: nothing that was signed fits them.
 */
export async function rebuildTiles(
  folder: string,
  leaves: (until: number) => AsyncIterable<Uint8Array>,
  disk: Disk = REAL_DISK,
): Promise<number | undefined> {
  const at = logFolder(folder)
  const state = await readState(at, disk)
  if (state === undefined) return undefined
  await makeFolders(folder, at.served, disk)
  const tiles = new TileFiles(at.served, disk)
  const edge = new TreeEdge(sha256)
  let tail: Uint8Array[] = []
  let waiting: NewTile[] = []
  for await (const leaf of leaves(state.size)) {
    if (edge.size === state.size) break
    tail.push(Uint8Array.from(leaf))
    for (const { tile, digests } of edge.push(hashLeaf(leaf, sha256))) {
      waiting.push({ tile, bytes: encodeTile(digests) })
      if (tile.level !== 0) continue
      waiting.push({ tile: { ...tile, level: 'entries' }, bytes: encodeEntries(tail) })
      tail = []
    }
    if (waiting.length < TILES_AT_ONCE) continue
    await tiles.write(waiting)
    waiting = []
  }
  await tiles.write([...waiting, ...partialTiles(0, edge, tail)])
  if (edge.size !== state.size || !sameBytes(edge.root(), state.root))
    throw new Fault(`Cannot make the tiles of "${folder}" again: the leaves are not those of its state`)
  return edge.size
}
