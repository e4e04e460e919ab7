import { HOUR_MS } from '../../core/model/duration.ts'
import { SLOT_MS } from '../../core/model/people/report.ts'
import { randomInt } from 'node:crypto'

/**
 * Reports of one part of the network (IPv4 /32, IPv6 /56) that people send at most, in an hour
 * (docs/methods/reports.md).
 */
export const HOURLY = { worked: 120, plain: 20 } as const
const HOUR_SLOTS = HOUR_MS / SLOT_MS
/** Slots over which a part is compared with others of its network. */
const PEER_SLOTS = 6 * HOUR_SLOTS
/** A part that sent fewer is compared with no one. */
const LEAST_COMPARED = 20
const LEAST_PEERS = 8
/** So many times the lower quartile of the others is more than chance and differing sizes make. */
const PEER_FACTOR = 8
/** What a part counts for on its own in one slot and service: fewer than are ever shown. */
const ALONE = 4
/** Parts remembered at once; the one that was silent longest is forgotten first. */
const MOST_PARTS = 200_000

interface Part {
  network: number
  /** Reports by slot: with work, without. */
  readonly slots: Map<number, { worked: number; plain: number }>
}

/** Forgets what was put in longest ago. */
export function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

/**
 * What is known, in memory, of the parts of the network that send reports: how many in which slot. Parts are known by a
 * daily name that is made elsewhere; nothing here leads to an address, and nothing is written.
 */
export class PartBook {
  readonly #parts = new Map<string, Part>()
  /** Rows that may still be held, by part and whether work came with them. */
  #open = new Map<string, HeldEntry[]>()
  #openCount = 0
  /** Rows that were written as counted and no longer count. */
  #toHold: string[] = []
  /** Rows that were held and count all the same. */
  #toCount: string[] = []
  readonly #lots = new HeldLots()

  /** Takes note that a report comes in; whether its part sends no more than people do. */
  admit({ slot, network, worked, part }: Omit<HeldEntry, 'id'>): 'counted' | 'held' {
    const known: Part = this.#parts.get(part) ?? { network, slots: new Map() }
    this.#parts.delete(part)
    this.#parts.set(part, known)
    if (this.#parts.size > MOST_PARTS) dropOldest(this.#parts)
    known.network = network
    const count = known.slots.get(slot) ?? { worked: 0, plain: 0 }
    count[worked ? 'worked' : 'plain']++
    known.slots.set(slot, count)
    if (known.slots.size > PEER_SLOTS)
      for (const old of known.slots.keys()) if (old <= slot - PEER_SLOTS * SLOT_MS) known.slots.delete(old)
    if (!this.#floods(part, slot, worked)) return 'counted'
    this.#holdOpen({ part, worked })
    return 'held'
  }

  /** A row that was written as counted; it may be held until its slot is settled. */
  landed(entry: HeldEntry): void {
    if (this.#floods(entry.part, entry.slot, entry.worked)) {
      this.#toHold.push(entry.id)
      this.#lots.hold(entry)
      return
    }
    const key = partKey(entry)
    const open = this.#open.get(key)
    if (open === undefined) this.#open.set(key, [entry])
    else open.push(entry)
    this.#openCount++
  }

  /** A row that was written as held. */
  held(entry: HeldEntry): void {
    this.#lots.hold(entry)
  }

  /** Ids that count from now on; each is given once. */
  takeCounted(): readonly string[] {
    return this.#toCount.splice(0)
  }

  /** Ids that are to be held now; each is given once. */
  takeHeld(): readonly string[] {
    return this.#toHold.splice(0)
  }

  /** Rows that may still be held, of slots before `before`. */
  openBefore(before: number): readonly HeldEntry[] {
    return [...this.#open.values()].flat().filter(({ slot }) => slot < before)
  }

  /** How many rows may still be held. */
  get open(): number {
    return this.#openCount
  }

  /**
   * Looks at the slots before `before` together; everything that is not held then counts. `flooded`: ids held for
   * another reason.
   */
  settle(before: number, flooded: (id: string) => boolean = () => false): void {
    const due = this.openBefore(before)
    const drawn = this.#lots.draw(before)
    if (due.length === 0 && drawn.length === 0) return
    const later = [...this.#open.values()].flat().filter(({ slot }) => slot >= before)
    this.#open = Map.groupBy(later, partKey)
    this.#openCount = later.length
    const outliers = new Map<number, ReadonlySet<string>>()
    const outliersAt = (slot: number): ReadonlySet<string> => {
      const found = outliers.get(slot) ?? this.#outliers(slot)
      outliers.set(slot, found)
      return found
    }
    // Behind an address of a carrier there are many: a sender who brings work is compared with no one.
    const isHeld = ({ id, slot, part, worked }: HeldEntry): boolean =>
      flooded(id) || (!worked && outliersAt(slot).has(part))
    const kept: HeldEntry[] = []
    for (const entry of due)
      if (isHeld(entry)) this.#toHold.push(entry.id)
      else kept.push(entry)
    const mayCount = [...kept, ...drawn]
    const surplus = new Set(
      [...Map.groupBy(mayCount, ({ slot, service }) => `${slot} ${service}`).values()].flatMap(surplusOf),
    )
    for (const entry of kept) if (surplus.has(entry)) this.#toHold.push(entry.id)
    for (const entry of drawn) if (!surplus.has(entry)) this.#toCount.push(entry.id)
    for (const entry of mayCount) if (!surplus.has(entry)) this.#lots.count(entry)
  }

  #floods(part: string, slot: number, worked: boolean): boolean {
    const kind = worked ? 'worked' : 'plain'
    let sum = 0
    for (let k = 0; k < HOUR_SLOTS; k++) sum += this.#parts.get(part)?.slots.get(slot - k * SLOT_MS)?.[kind] ?? 0
    return sum > HOURLY[kind]
  }

  #holdOpen(entry: Pick<HeldEntry, 'part' | 'worked'>): void {
    const open = this.#open.get(partKey(entry)) ?? []
    for (const one of open) {
      this.#toHold.push(one.id)
      this.#lots.hold(one)
    }
    this.#open.delete(partKey(entry))
    this.#openCount -= open.length
  }

  /** Parts that sent far more without work than the others of their network in the six hours to the end of a slot. */
  #outliers(slot: number): ReadonlySet<string> {
    const since = slot - (PEER_SLOTS - 1) * SLOT_MS
    const sums = [...this.#parts].flatMap(([part, { network, slots }]) => {
      let sum = 0
      let all = 0
      for (const [at, { worked, plain }] of slots)
        if (at >= since && at <= slot) {
          sum += plain
          all += worked + plain
        }
      return all === 0 ? [] : [{ part, network, sum, all }]
    })
    const found = new Set<string>()
    for (const group of Map.groupBy(sums, ({ network }) => network).values()) {
      if (group.length <= LEAST_PEERS) continue
      const sorted = group.map(({ all }) => all).toSorted((a, b) => a - b)
      const quartile = sorted[Math.floor((sorted.length - 1) / 4)] ?? 0
      for (const { part, sum } of group) if (sum > LEAST_COMPARED && sum > PEER_FACTOR * quartile) found.add(part)
    }
    return found
  }
}

/** A part counts for as many as there are other parts, and four. */
function surplusOf(group: readonly HeldEntry[]): readonly HeldEntry[] {
  const byPart = Map.groupBy(group, ({ part }) => part)
  const most = ALONE + byPart.size - 1
  return [...byPart.values()].flatMap((entries) => entries.slice(most))
}

/** Slots before one from which it is taken what is usual for a part: six hours. */
const USUAL_SLOTS = 24
/** A desk that was open for less knows of nothing what is usual. */
const LEAST_SLOTS = 4
/** Of what one part sent in one slot and is held: so many take part in the draw. */
const MOST_DRAWN = 500
const SCALE = 2 ** 32

/** A report that may still be held. */
interface HeldEntry {
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
const partKey = ({ part, worked }: Pick<HeldEntry, 'part' | 'worked'>): string =>
  `${part} ${worked ? 'worked' : 'plain'}`

/**
 * Draws, out of what is held of a part in one slot, as many as usually count of it: the sum stays what it would be
 * without the flood, although it is not known which of them are people (docs/methods/floods.md). Only in memory.
 */
class HeldLots {
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
