import type { KeyRow, Registry } from '../../../store/registry/contract.ts'
import { beginLineage } from './lineage.ts'

/** New keys of one sender that are written down on a day. They share a lineage, so that more would tell nothing. */
const MOST_OF_SENDER = 5
/** New keys that are written down on a day in all: the disk does not belong to unknown senders. */
const MOST_OF_DAY = 20_000

/**
 * What is remembered of the senders of today, only in memory: which uninvited keys began behind each, and which of
 * them counts. A sender is a part of the network that shares an address (rate.ts).
 *
 * BUG: a restart forgets it, so that on the day of a restart one sender may begin a second lineage and count as two.
 */
export class Newcomers {
  readonly #registry: Registry
  #today = -1
  #born = 0
  #births = new Map<string, { readonly lineage: string; keys: number }>()
  #counting = new Map<string, string>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Begins a day. */
  turnDay(today: number): void {
    this.#today = today
    this.#born = this.#registry.bornOn(today)
    this.#births = new Map()
    this.#counting = new Map()
  }

  /**
   * Writes down a new key that came from the network it claims; undefined where it is not, because too many came today:
   * it may come again tomorrow. Keys of one sender and day are one lineage.
   */
  born(row: KeyRow, sender: string): KeyRow | undefined {
    const group = this.#births.get(sender)
    if (this.#born >= MOST_OF_DAY || (group !== undefined && group.keys >= MOST_OF_SENDER)) return undefined
    this.#born++
    return this.#registry.transaction(() => {
      const lineage = group?.lineage ?? beginLineage(this.#registry, this.#today)
      this.#births.set(sender, { lineage, keys: (group?.keys ?? 0) + 1 })
      const born = { ...row, lineage }
      this.#registry.save(born)
      return born
    })
  }

  /** Whether an uninvited device counts today behind a sender: the first of them does, the others do not. */
  counts(device: string, sender: string): boolean {
    const first = this.#counting.get(sender)
    if (first !== undefined) return first === device
    this.#counting.set(sender, device)
    return true
  }
}
