import { eachOf } from '../../runtime/each-of.ts'
import type { Log } from '../../runtime/log.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { PIECES_PREFIX, VIEW_KEY } from './view-format.ts'

/** Pieces that are removed by one call: the caller has more to do. */
const MOST = 1000
const AT_ONCE = 8

/**
 * Removes what was shipped for readers, first what names all of it; gives whether nothing is left. A centre that ships
 * nothing for readers calls it until then: no erasure would reach what stays.
 */
export async function removeView(store: ObjectStore, log: Pick<Log, 'warn'>): Promise<boolean> {
  if ((await store.head(VIEW_KEY)) !== undefined) {
    log.warn({ store: store.name }, 'what was shipped for readers is removed, because --for-readers is missing')
    await store.remove(VIEW_KEY)
  }
  const keys: string[] = []
  for await (const { key } of store.list(PIECES_PREFIX)) {
    keys.push(key)
    if (keys.length === MOST) break
  }
  await eachOf(keys, AT_ONCE, (key) => store.remove(key))
  return keys.length < MOST
}
