import { randomInt } from 'node:crypto'
import { SLOT_MS } from '../../core/model/people/report.ts'

/** Slots before one from which it is taken what is usual for a part: six hours. */
const USUAL_SLOTS = 24
/** A desk that was open for less knows of nothing what is usual. */
const LEAST_SLOTS = 4
/** Of what one part sent in one slot and is held: so many take part in the draw. */
const MOST_DRAWN = 500
const MOST_PARTS = 200_000
const SCALE = 2 ** 32

/** A report that may still be held. */
export interface HeldEntry {
  readonly id: string
  readonly slot: number
  readonly service: string
  /** Network that the address shows, 0 where none. */
  readonly network: number
  readonly worked: boolean
  readonly part: string
}

interface Sample {
  readonly slot: number
  readonly entries: HeldEntry[]
  seen: number
}

/** A part, those with work and without apart. */
export const partKey = ({ part, worked }: Pick<HeldEntry, 'part' | 'worked'>): string =>
  `${part} ${worked ? 'worked' : 'plain'}`

/**
 * Draws, out of what is held of a part in one slot, as many as usually count of it: the sum stays what it would be
 * without the flood, although it is not known which of them are people (docs/methods/floods.md). Only in memory.
 */
export class HeldLots {
  readonly #samples = new Map<string, Sample>()
  /** What counted, by part and slot. */
  readonly #counted = new Map<string, Map<number, number>>()
  #first: number | undefined

  /** One is held. Of many in one slot each has the same chance to be in the draw. */
  hold(entry: HeldEntry): void {
    const key = `${partKey(entry)} ${entry.slot}`
    const sample = this.#samples.get(key) ?? { slot: entry.slot, entries: [], seen: 0 }
    this.#samples.set(key, sample)
    sample.seen++
    if (sample.entries.length < MOST_DRAWN) sample.entries.push(entry)
    else {
      const place = randomInt(sample.seen)
      if (place < MOST_DRAWN) sample.entries[place] = entry
    }
  }

  /** Those of slots before `before` that are drawn; the others are forgotten. */
  draw(before: number): readonly HeldEntry[] {
    const drawn: HeldEntry[] = []
    for (const [key, { slot, entries }] of this.#samples) {
      if (slot >= before) continue
      this.#samples.delete(key)
      const [one] = entries
      if (one === undefined) continue
      for (let left = this.#room(one); left > 0 && entries.length > 0; left--)
        drawn.push(...entries.splice(randomInt(entries.length), 1))
    }
    return drawn
  }

  /** One counts for good. */
  count(entry: HeldEntry): void {
    this.#first ??= entry.slot
    const key = partKey(entry)
    const slots = this.#counted.get(key) ?? new Map<number, number>()
    this.#counted.delete(key)
    this.#counted.set(key, slots)
    slots.set(entry.slot, (slots.get(entry.slot) ?? 0) + 1)
    for (const slot of slots.keys()) if (slot < entry.slot - USUAL_SLOTS * SLOT_MS) slots.delete(slot)
    if (this.#counted.size > MOST_PARTS)
      for (const oldest of this.#counted.keys()) return void this.#counted.delete(oldest)
  }

  /** How many usually count in a slot, a part of one by chance. */
  #room(entry: HeldEntry): number {
    const seen = this.#first === undefined ? 0 : Math.min(USUAL_SLOTS, (entry.slot - this.#first) / SLOT_MS)
    if (seen < LEAST_SLOTS) return 0
    let sum = 0
    for (const [slot, count] of this.#counted.get(partKey(entry)) ?? [])
      if (slot < entry.slot && slot >= entry.slot - seen * SLOT_MS) sum += count
    return Math.floor(sum / seen + randomInt(SCALE - 1) / SCALE)
  }
}
