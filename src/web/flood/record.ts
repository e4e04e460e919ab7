import { randomBytes } from 'node:crypto'
import { KEPT_SLOTS, SPAN_SLOTS, type Level, type PeopleBehind, type LimitSpan } from './limits.ts'

interface Slot {
  noted: number
  /** Those noted while no short flood ran: a flood that was seen once is not seen again for a whole day. */
  calm: number
  /** Those that counted. */
  counted: number
}

/** A time in which a part acted more often than people do; slots, both inside. */
export interface Flood {
  from: number
  to: number
  readonly short: boolean
  readonly label: string
}

const DAY = SPAN_SLOTS.day

/** What is known of a part of the network, or of a group of parts: numbers by slot, no name. */
export class PartRecord {
  readonly level: Level
  readonly people: PeopleBehind
  readonly #slots = new Map<number, Slot>()
  #floods: Flood[] = []
  #allCounted = 0

  constructor(level: Level, people: PeopleBehind) {
    this.level = level
    this.people = people
  }

  /** Takes note of an act; gives how many there were within the day before it. */
  note(slot: number): number {
    const at = this.#slotAt(slot)
    const before = this.noted(slot - DAY + 1, slot)
    at.noted += 1
    if (!this.#floods.some((flood) => flood.short && isIn(flood, slot))) at.calm += 1
    return before
  }

  count(slot: number): void {
    this.#slotAt(slot).counted += 1
    this.#allCounted += 1
  }

  /** Those that counted in all that is remembered. */
  get allCounted(): number {
    return this.#allCounted
  }

  noted(from: number, to: number): number {
    return this.#sum(from, to, 'noted')
  }

  counted(from: number, to: number): number {
    return this.#sum(from, to, 'counted')
  }

  /** Acts of a span that ends with a slot, as they speak for a flood. */
  inSpan(span: LimitSpan, slot: number): number {
    return this.#sum(slot - SPAN_SLOTS[span] + 1, slot, span === 'day' ? 'calm' : 'noted')
  }

  /** Acts that counted in a slot, on the average of the day before `from`; of that the guard has seen slots since `start`. */
  usual(from: number, start: number): number {
    const seen = Math.min(DAY, from - start)
    return seen < SPAN_SLOTS.hour ? 0 : this.counted(from - seen, from - 1) / seen
  }

  /** Notes that the span which ends with a slot is too full. */
  flooded(span: LimitSpan, slot: number): void {
    const short = span !== 'day'
    const from = slot - SPAN_SLOTS[span] + 1
    const going = this.#floods.find((flood) => flood.short === short && flood.to >= from - 1)
    if (going === undefined) this.#floods.push({ from, to: slot, short, label: randomBytes(6).toString('hex') })
    else {
      // A longer span may show that what a shorter one found began earlier.
      going.from = Math.min(going.from, from)
      going.to = slot
    }
  }

  floodAt(slot: number): Flood | undefined {
    return this.#floods.find((flood) => isIn(flood, slot))
  }

  #slotAt(slot: number): Slot {
    const found = this.#slots.get(slot)
    if (found !== undefined) return found
    for (const [old, { counted }] of this.#slots)
      if (old <= slot - KEPT_SLOTS) {
        this.#slots.delete(old)
        this.#allCounted -= counted
      }
    this.#floods = this.#floods.filter(({ to }) => to > slot - KEPT_SLOTS)
    const made = { noted: 0, calm: 0, counted: 0 }
    this.#slots.set(slot, made)
    return made
  }

  #sum(from: number, to: number, what: keyof Slot): number {
    let sum = 0
    for (const [slot, numbers] of this.#slots) if (slot >= from && slot <= to) sum += numbers[what]
    return sum
  }
}

const isIn = ({ from, to }: Flood, slot: number): boolean => slot >= from && slot <= to
