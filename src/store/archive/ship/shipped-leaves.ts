import { Fault } from '../../../core/model/errors.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { decodeSidecarHead, entryPosition } from '../sidecar.ts'
import { sidecarKey } from './object-keys.ts'
import { readStoreState, unsealedRows } from './store-state.ts'

/** How many leaves are on a store, by the names of its objects and the last sidecar; nothing is compared with a folder. */
export async function shippedLeaves(store: ObjectStore): Promise<number> {
  const { sealed, pieces } = await readStoreState(store)
  const last = Math.max(0, ...sealed.keys())
  let leaves = last === 0 ? 0 : await leavesBefore(store, last)
  for (const { row } of unsealedRows(pieces, { last, leaves })) leaves = row.at(-1)?.until ?? leaves
  return leaves
}

/** Leaves up to the end of a sealed segment. */
async function leavesBefore(store: ObjectStore, number: number): Promise<number> {
  const found = await store.get(sidecarKey(number), { from: 0, length: entryPosition(0) })
  const head = found === undefined ? undefined : decodeSidecarHead(found.bytes)
  if (head?.number !== number) throw new Fault(`Cannot read "${sidecarKey(number)}" of ${store.name}: it does not fit`)
  return head.firstLeaf + head.count
}
