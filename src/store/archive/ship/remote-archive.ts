import type { Sha256 } from '../../../core/model/units.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import type { Archive, Archived } from '../contract.ts'
import { openReadArchive, type ReadArchive } from '../read-segments.ts'
import { readSidecar } from '../sidecar.ts'
import { StoreDisk } from './store-disk.ts'

/** An archive as it is on object storage, for reading. `follow()` takes in what is new. */
export interface RemoteArchive extends ReadArchive, Pick<Archive, 'read' | 'leafOf' | 'scan'> {}

/**
 * Opens an archive that is shipped to object storage, with no file of it here. A leaf takes one request for a range of
 * its segment; sidecars are kept in memory within a bound. `leafOf` and `read` look through sidecars, newest first, and
 * through the records of what is not sealed: who knows the leaf asks `readLeaf`.
 */
export async function openRemoteArchive(store: ObjectStore): Promise<RemoteArchive> {
  const disk = new StoreDisk(store)
  const { layout } = disk
  const inner = await openReadArchive(layout.folder, disk)

  async function search(id: Sha256): Promise<number | undefined> {
    const wanted = Buffer.from(id, 'hex')
    let sealedEnd = 0
    const sealed = (await disk.list(layout.segments)).map((_, nth) => nth + 1)
    for (const number of sealed.toReversed()) {
      const sidecar = await readSidecar(layout.sidecar(number), disk)
      if (sidecar === undefined) continue
      sealedEnd = Math.max(sealedEnd, sidecar.firstLeaf + sidecar.count)
      let leaf = sidecar.firstLeaf
      let found: number | undefined
      sidecar.each((one) => {
        if (wanted.equals(one)) found = leaf
        leaf++
      })
      if (found !== undefined) return found
    }
    for await (const one of inner.scan(sealedEnd))
      if (one.kind === 'blob' && one.provenance.id === id) return one.leafIndex
    return undefined
  }

  // A sidecar that is kept may name what was erased since.
  async function read(id: Sha256): Promise<Archived | undefined> {
    const leaf = await search(id)
    const found = leaf === undefined ? undefined : await inner.readLeaf(leaf)
    return found?.kind === 'blob' ? found : undefined
  }

  return {
    get size() {
      return inner.size
    },
    follow: () => inner.follow(),
    readLeaf: (leaf) => inner.readLeaf(leaf),
    leaves: (from, until) => inner.leaves(from, until),
    scan: (from) => inner.scan(from),
    read,
    leafOf: async (id) => (await read(id))?.leafIndex,
  }
}
