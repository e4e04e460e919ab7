import { setImmediate as afterFinalizers } from 'node:timers/promises'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options?: { readonly type: 'minor' }) => void
let collect: Collect | undefined

/**
 * Collects garbage now, and lets go of what it held outside the heap of JavaScript. For a library in native code that
 * frees its memory with its objects: the collector sees small objects there, finds no reason to begin, and a process that
 * uses the library again and again grows by hundreds of megabytes. Nothing where the runtime does not offer it.
 */
export async function collectGarbage(): Promise<void> {
  collect ??= exposed()
  collect()
  await afterFinalizers()
}

/**
 * Gives a function for the moments at which hardly anything of what was made last is still in use: it collects that, once
 * it is more than so many bytes. The collector's own moments are in the middle of the work, where it copies all that the
 * work holds.
 */
export function openYoungCollector(mostBytes: number): () => void {
  const now = (collect ??= exposed())
  let before = getHeapStatistics().used_heap_size
  return () => {
    const used = getHeapStatistics().used_heap_size
    if (used - before >= mostBytes) now({ type: 'minor' })
    else if (used >= before) return
    before = getHeapStatistics().used_heap_size
  }
}

/** More than both halves of the space in which new objects are made. */
const YOUNG_ITEMS = 6_000_000

/**
 * Collects garbage, then fills the space of new objects, which a collection empties without overwriting it. Takes some
 * tens of milliseconds.
 */
export async function overwriteGarbage(): Promise<void> {
  await collectGarbage()
  for (let made = 0; made < YOUNG_ITEMS; made += 1000) new Array<number>(1000).fill(0)
}

/**
 * From now on the runtime overwrites memory of its own heap that it frees, so that a text of which nothing is left in use
 * is gone with the next collection. What native code and the system allocate is not overwritten.
 */
export const clearFreedMemory = (): void => setFlagsFromString('--clear-free-memory')

function exposed(): Collect {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('globalThis.gc')
  return typeof gc === 'function' ? (...how): void => void Reflect.apply(gc, undefined, how) : (): void => undefined
}
