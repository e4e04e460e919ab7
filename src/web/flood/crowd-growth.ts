import { MINUTE_MS } from '../../core/model/duration.ts'
import { FEWEST_FOR_GROWTH, FEWEST_USUAL, MOST_GROWTH, SPAN_SLOTS, type LimitSpan } from './limits.ts'
import type { PartRecords } from './records.ts'

const ANEW_MS = MINUTE_MS
/** Two days of three spans. */
const MOST_KNOWN = 1000

/**
 * How many times as often as usual everyone acts: a letter that the news names, a service that fails for all, an
 * evening. What the lower quarter of parts reaches, by the weight of what is usual for each: those who flood
 * move it only where three quarters of all that is usual came from them.
 */
export class CrowdGrowth {
  readonly #records: PartRecords
  readonly #start: number
  /** By span and slot. */
  readonly #known = new Map<string, { readonly at: number; readonly growth: number }>()

  constructor(records: PartRecords, start: number) {
    this.#records = records
    this.#start = start
  }

  /** At least 1; 1 where too few parts show it. Slot and time (milliseconds) of now. */
  of(span: LimitSpan, slot: number, now: number): number {
    const key = `${span} ${slot}`
    const known = this.#known.get(key)
    // Once a minute: it is a walk over all parts.
    if (known !== undefined && now - known.at < ANEW_MS) return known.growth
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    const growth = this.#measure(span, slot)
    this.#known.set(key, { at: now, growth })
    return growth
  }

  #measure(span: LimitSpan, slot: number): number {
    const from = slot - SPAN_SLOTS[span] + 1
    const parts: { readonly usual: number; readonly ratio: number }[] = []
    let all = 0
    for (const record of this.#records.parts()) {
      // Most are homes, which show nothing: passed over at once.
      if (record.allCounted < FEWEST_USUAL) continue
      const usual = record.usual(from, this.#start) * SPAN_SLOTS[span]
      if (usual < FEWEST_USUAL) continue
      parts.push({ usual, ratio: record.noted(from, slot) / usual })
      all += usual
    }
    if (parts.length < FEWEST_FOR_GROWTH) return 1
    parts.sort((a, b) => a.ratio - b.ratio)
    let below = 0
    const quarter = parts.find(({ usual }) => (below += usual) >= all / 4)
    return Math.min(MOST_GROWTH, Math.max(1, quarter?.ratio ?? 1))
  }
}
