import { relative, sep } from 'node:path'
import { isMissing, REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { readOnly } from '../../store/archive/ship/store-disk.ts'

/** Tiles in memory: at most 32 MB. */
const MOST_TILES = 512

/** The disk of a log whose tiles are on object storage: a file below `log/public/tile` that is not here is read there. */
export function tileDisk(store: ObjectStore, folder: string): Disk {
  /** Those that were asked for last are at the end. */
  const held = new Map<string, Buffer>()
  const tile = async (key: string): Promise<Buffer | undefined> => {
    const bytes = held.get(key) ?? (await store.get(key))?.bytes
    if (bytes === undefined) return undefined
    held.delete(key)
    held.set(key, bytes)
    for (const oldest of held.keys()) {
      if (held.size <= MOST_TILES) break
      held.delete(oldest)
    }
    return bytes
  }
  return {
    ...{ list: REAL_DISK.list, makeFolder: REAL_DISK.makeFolder, rename: REAL_DISK.rename, remove: REAL_DISK.remove },
    ...{ removeFolder: REAL_DISK.removeFolder, syncFolder: REAL_DISK.syncFolder },
    async open(path, mode) {
      try {
        return await REAL_DISK.open(path, mode)
      } catch (error) {
        const key = relative(folder, path).split(sep).join('/')
        if (!isMissing(error) || mode !== 'read' || !key.startsWith('log/public/tile/')) throw error
        const bytes = await tile(key)
        if (bytes === undefined) throw error
        return readOnly(
          path,
          async () => bytes.length,
          async (into, at) => bytes.copy(into, 0, at),
        )
      }
    },
  }
}
