/**
 * What waits, in one row for each sender: the senders take turns, so that many items of one of them, however costly, keep
 * an item of another waiting for no more than one of theirs.
 */
export class FairQueue<Item> {
  readonly #keyOf: (item: Item) => string
  /** In the order of their turns; no row is empty. */
  readonly #rows = new Map<string, Item[]>()
  #length = 0

  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf
  }

  get length(): number {
    return this.#length
  }

  push(item: Item): void {
    const key = this.#keyOf(item)
    const row = this.#rows.get(key)
    if (row === undefined) this.#rows.set(key, [item])
    else row.push(item)
    this.#length++
  }

  /** Puts items that were taken and not tried in front of those of their senders, in their order. */
  putBack(items: readonly Item[]): void {
    for (const item of items.toReversed()) {
      const key = this.#keyOf(item)
      this.#rows.set(key, [item, ...(this.#rows.get(key) ?? [])])
      this.#length++
    }
  }

  /** Takes one item of each sender in turn, until `fits` refuses one or none is left. */
  take(fits: (item: Item, taken: number) => boolean): Item[] {
    const taken: Item[] = []
    for (let next = this.#first(); next !== undefined && fits(next.item, taken.length); next = this.#first()) {
      taken.push(next.item)
      this.#length--
      this.#rows.delete(next.key)
      next.row.shift()
      // At the end of the turns.
      if (next.row.length > 0) this.#rows.set(next.key, next.row)
    }
    return taken
  }

  /** Takes all items of one sender. */
  takeAllOf(key: string): readonly Item[] {
    const row = this.#rows.get(key) ?? []
    this.#rows.delete(key)
    this.#length -= row.length
    return row
  }

  #first(): { readonly key: string; readonly row: Item[]; readonly item: Item } | undefined {
    for (const [key, row] of this.#rows) return { key, row, item: row[0]! } // no row is empty
    return undefined
  }
}
