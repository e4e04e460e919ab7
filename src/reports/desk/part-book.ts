import { HOUR_MS } from '../../core/model/duration.ts'
import { SLOT_MS } from '../../core/model/people/report.ts'
import { HeldLots, partKey as keyOf, type HeldEntry } from './held-lots.ts'

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
    const key = keyOf(entry)
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
    this.#open = Map.groupBy(later, keyOf)
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
    const open = this.#open.get(keyOf(entry)) ?? []
    for (const one of open) {
      this.#toHold.push(one.id)
      this.#lots.hold(one)
    }
    this.#open.delete(keyOf(entry))
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
