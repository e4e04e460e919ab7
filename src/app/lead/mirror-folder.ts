import { join } from 'node:path'
import { parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { tilePath } from '../../core/evidence/log/tile.ts'
import { logFolder } from '../../pipeline/log/log-folder.ts'
import { readState, writeState } from '../../pipeline/log/recover-log.ts'
import { tilesAfter } from '../../pipeline/log/ship-log.ts'
import { TileFiles, type NewTile } from '../../pipeline/log/tile-files.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { mirrorArchive, type Mirrored } from '../../store/archive/ship/mirror-archive.ts'

/** Tiles asked for at once. */
const AT_ONCE = 16
const JOURNAL = ['revisions.jsonl', 'acknowledged.json']

/**
 * Brings a data folder that no process has open to what the one that leads has shipped: archive, public log, journal of
 * incidents. What then is here is a data folder, without keys and registry. A round that meets a change of the store is
 * ended by the next one.
 */
export async function mirrorFolder(
  store: ObjectStore,
  folder: string,
  { generation }: { readonly generation: number },
): Promise<Mirrored> {
  const mirrored = await mirrorArchive(store, join(folder, 'archive'))
  await mirrorLog(store, join(folder, 'log'), generation)
  await REAL_DISK.makeFolder(join(folder, 'incidents'))
  for (const name of JOURNAL) await bringFile(store, `incidents/${name}`, join(folder, 'incidents', name))
  return mirrored
}

/** Tiles, then the state, then the checkpoint, as where it was signed. */
async function mirrorLog(store: ObjectStore, folder: string, generation: number): Promise<void> {
  const at = logFolder(folder)
  const found = await store.get('log/public/checkpoint')
  if (found === undefined || (await readWhole(at.checkpoint))?.equals(found.bytes) === true) return
  await REAL_DISK.makeFolder(at.served)
  const { size, root } = parseCheckpoint(found.bytes)
  const before = (await readState(at, REAL_DISK))?.size ?? 0
  if (before > size) return
  const tiles = new TileFiles(at.served, REAL_DISK)
  const wanted = tilesAfter(before, size)
  for (let nth = 0; nth < wanted.length; nth += AT_ONCE) {
    const brought = wanted.slice(nth, nth + AT_ONCE).map(async (tile): Promise<NewTile> => {
      const object = await store.get(`log/public/${tilePath(tile)}`)
      if (object === undefined) throw new Error(`"${tilePath(tile)}" is gone meanwhile`)
      return { tile, bytes: object.bytes }
    })
    await tiles.write(await Promise.all(brought))
  }
  await bringFile(store, 'log/log.json', at.identity)
  await writeState(at, { size, root, generation }, REAL_DISK)
  await writeDurable(at.checkpoint, found.bytes)
}

async function bringFile(store: ObjectStore, key: string, path: string): Promise<void> {
  const found = await store.get(key)
  if (found !== undefined && (await readWhole(path))?.equals(found.bytes) !== true)
    await writeDurable(path, found.bytes)
}
