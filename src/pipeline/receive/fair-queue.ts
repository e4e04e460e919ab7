/** One in so many times a heavy item comes first although light ones wait. */
const HEAVY_TURN = 4

/**
 * What waits, in one row for each sender: the senders take turns, so that many items of one of them, however costly, keep
 * an item of another waiting for no more than one of theirs. Light items come before heavy ones, of all senders, except
 * every fourth time: many senders with heavy items hold up no light one, and no heavy one waits without end.
 */
export class FairQueue<Item> {
  readonly #keyOf: (item: Item) => string
  readonly #isHeavy: (item: Item) => boolean
  /** In the order of their turns; no row is empty. */
  readonly #light = new Map<string, Item[]>()
  readonly #heavy = new Map<string, Item[]>()
  #length = 0
  #turn = 0

  constructor(keyOf: (item: Item) => string, isHeavy: (item: Item) => boolean = () => false) {
    this.#keyOf = keyOf
    this.#isHeavy = isHeavy
  }

  get length(): number {
    return this.#length
  }

  push(item: Item): void {
    const key = this.#keyOf(item)
    const rows = this.#rowsOf(item)
    const row = rows.get(key)
    if (row === undefined) rows.set(key, [item])
    else row.push(item)
    this.#length++
  }

  /** Puts items that were taken and not tried in front of those of their senders, in their order. */
  putBack(items: readonly Item[]): void {
    for (const item of items.toReversed()) {
      const key = this.#keyOf(item)
      const rows = this.#rowsOf(item)
      rows.set(key, [item, ...(rows.get(key) ?? [])])
      this.#length++
    }
  }

  /**
   * Takes one item of each sender in turn, until `fits` refuses one or none is left. Light items and heavy ones are never
   * taken together: what is taken together is answered together.
   */
  take(
    fits: (item: Item, taken: number) => boolean,
    { heavy = true }: { readonly heavy?: boolean } = {},
  ): readonly Item[] {
    const heavyFirst = heavy && ++this.#turn % HEAVY_TURN === 0
    const rows = this.#heavy.size > 0 && (heavyFirst || (heavy && this.#light.size === 0)) ? this.#heavy : this.#light
    const taken: Item[] = []
    for (let next = firstOf(rows); next !== undefined && fits(next.item, taken.length); next = firstOf(rows)) {
      taken.push(next.item)
      this.#length--
      rows.delete(next.key)
      next.row.shift()
      // At the end of the turns.
      if (next.row.length > 0) rows.set(next.key, next.row)
    }
    return taken
  }

  /** Takes all items of one sender. */
  takeAllOf(key: string): readonly Item[] {
    const all = [this.#light, this.#heavy].flatMap((rows) => {
      const row = rows.get(key) ?? []
      rows.delete(key)
      return row
    })
    this.#length -= all.length
    return all
  }

  #rowsOf(item: Item): Map<string, Item[]> {
    return this.#isHeavy(item) ? this.#heavy : this.#light
  }
}

function firstOf<Item>(
  rows: ReadonlyMap<string, Item[]>,
): { readonly key: string; readonly row: Item[]; readonly item: Item } | undefined {
  for (const [key, row] of rows) return { key, row, item: row[0]! } // no row is empty
  return undefined
}
