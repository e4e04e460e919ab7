import { WorkerLost, type LostReason } from './worker-pool.ts'

/** What became of the items of a batch, as far as it was tried. */
export interface BatchOutcome<Item, Reply> {
  /** Answers, each with the items that it is of; together in the order of the batch. */
  readonly parts: readonly { readonly items: readonly Item[]; readonly reply: Reply }[]
  /** Items that ended their thread. */
  readonly lost: readonly { readonly item: Item; readonly reason: LostReason }[]
  /** Items behind one that was lost, not tried yet: to be called again. */
  readonly rest: readonly Item[]
}

/**
 * Calls a worker with a batch. Where one item ends its thread, by memory or by time, that item is left out: those before it
 * are called again, since they passed, and those behind it are given back. Throws what `call` throws besides WorkerLost.
 */
export async function callBatch<Item, Reply>(
  items: readonly Item[],
  call: (items: readonly Item[]) => Promise<Reply>,
): Promise<BatchOutcome<Item, Reply>> {
  try {
    return { parts: [{ items, reply: await call(items) }], lost: [], rest: [] }
  } catch (error) {
    if (!(error instanceof WorkerLost)) throw error
    if (!error.served) return callBatch(items, call)
    const nth = items.length === 1 ? 0 : error.item
    const lost = nth === undefined ? undefined : items[nth]
    // It ended between two items: which of them is to blame is found by trying fewer.
    const until = lost === undefined ? Math.ceil(items.length / 2) : (nth ?? 0)
    const before = until === 0 ? NOTHING : await callBatch(items.slice(0, until), call)
    if (lost === undefined) return { ...before, rest: [...before.rest, ...items.slice(until)] }
    return {
      parts: before.parts,
      lost: [...before.lost, { item: lost, reason: error.reason }],
      rest: [...before.rest, ...items.slice(until + 1)],
    }
  }
}

const NOTHING = { parts: [], lost: [], rest: [] } as const
