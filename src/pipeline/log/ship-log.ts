import { parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { TILE_WIDTH, tilePath, type Tile } from '../../core/evidence/log/tile.ts'
import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { logFolder } from './log-folder.ts'
import { TileFiles, filledTiles } from './tile-files.ts'

const PREFIX = 'log/'
const CHECKPOINT_KEY = `${PREFIX}public/checkpoint`
/** Tiles stored at once. */
const AT_ONCE = 8

/**
 * Copies the public part of a log to object storage: tiles first, then its identity, then the checkpoint that covers
 * them. What is there is known by the checkpoint there: nothing is remembered. Gives the size of the tree. Throws Fault
 * where the store has a longer log than this folder, or another one.
 */
export async function shipLog(store: ObjectStore, folder: string, disk: Disk = REAL_DISK): Promise<number> {
  const at = logFolder(folder)
  const checkpoint = await readWhole(at.checkpoint, disk)
  if (checkpoint === undefined) return 0
  const here = parseCheckpoint(checkpoint)
  const found = await store.get(CHECKPOINT_KEY)
  if (found?.bytes.equals(checkpoint) === true) return here.size
  const there = found === undefined ? undefined : parseCheckpoint(found.bytes)
  if (there !== undefined && (there.origin !== here.origin || there.size > here.size))
    throw new Fault(
      `Cannot ship the log to ${store.name}: "${there.origin}" with ${there.size} entries is there, and "${here.origin}" with ${here.size} here`,
    )
  const before = there?.size ?? 0
  const tiles = new TileFiles(at.served, disk)
  const wanted = tilesAfter(before, here.size)
  for (let nth = 0; nth < wanted.length; nth += AT_ONCE)
    await Promise.all(wanted.slice(nth, nth + AT_ONCE).map((tile) => shipTile(store, tiles, tile)))
  const identity = await readWhole(at.identity, disk)
  if (identity !== undefined) await shipFile(store, `${PREFIX}log.json`, identity)
  await store.put(CHECKPOINT_KEY, checkpoint)
  // Partial tiles that are full in the tree that is there now.
  for (const tile of filledTiles(before, here.size))
    for await (const { key } of store.list(`${PREFIX}public/${tilePath(tile)}.p/`)) await store.remove(key)
  return here.size
}

async function shipTile(store: ObjectStore, tiles: TileFiles, tile: Tile): Promise<void> {
  const bytes = await tiles.read(tile)
  if (bytes === undefined) throw new Fault(`Cannot ship "${tiles.path(tile)}": it is gone`)
  await store.put(`${PREFIX}public/${tilePath(tile)}`, bytes)
}

/** Stores a small file where the store has not these bytes. */
export async function shipFile(store: ObjectStore, key: string, bytes: Buffer): Promise<void> {
  if ((await store.get(key))?.bytes.equals(bytes) !== true) await store.put(key, bytes)
}

/** Tiles of a tree that one of `before` leaves does not have: full ones, and the partial ones at its edge. */
export function tilesAfter(before: number, size: number): readonly Tile[] {
  const tiles: Tile[] = []
  const add = (level: number, index: number, width: number): void => {
    tiles.push({ level, index, width })
    if (level === 0) tiles.push({ level: 'entries', index, width })
  }
  for (let level = 0, old = before, now = size; now > 0; level++) {
    const full = Math.floor(now / TILE_WIDTH)
    for (let index = Math.floor(old / TILE_WIDTH); index < full; index++) add(level, index, TILE_WIDTH)
    if (now % TILE_WIDTH > 0 && now > old) add(level, full, now % TILE_WIDTH)
    old = Math.floor(old / TILE_WIDTH)
    now = full
  }
  return tiles
}
