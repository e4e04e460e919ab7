import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { LocalSegments } from './local-segments.ts'
import { StoreDisk } from './store-disk.ts'
import { isWhole, piecesInRow, readStoreState } from './store-state.ts'

/** How many leaves are on a store, by the names of its objects and the last sidecar; nothing is compared with a folder. */
export async function shippedLeaves(store: ObjectStore): Promise<number> {
  const { sealed, pieces } = await readStoreState(store)
  const last = Math.max(0, ...sealed.keys())
  let leaves = 0
  if (last > 0) {
    const disk = new StoreDisk(store)
    await disk.list(disk.layout.segments)
    leaves = (await new LocalSegments(disk.layout, disk).extentOf(last)).until
  }
  const bySegment = Map.groupBy(pieces.filter(isWhole), ({ segment }) => segment)
  for (let number = last + 1; bySegment.has(number); number++)
    leaves = piecesInRow(bySegment.get(number) ?? [], leaves).at(-1)?.until ?? leaves
  return leaves
}
