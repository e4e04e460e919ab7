import { randomBytes } from 'node:crypto'
import type { Clock } from '../../runtime/clock.ts'
import type { SenderOf } from '../../runtime/sender/sender.ts'
import type { FloodGuard } from './contract.ts'
import {
  FILLING,
  KEPT_SLOTS,
  NEVER_A_FLOOD,
  OWN_GROWTH,
  SLOT_MS,
  SPANS,
  SPAN_SLOTS,
  WAITS,
  ordinaryOf,
  upperOf,
  type PeopleBehind,
  type LimitSpan,
  FEWEST_FOR_GROWTH,
  FEWEST_USUAL,
  MOST_GROWTH,
} from './limits.ts'
import type { Flood, PartRecord } from './record.ts'
import { PartRecords, type SenderRecords } from './records.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'

/** Acts that wait to be settled; beyond it those that come are held unseen. */
const MOST_ACTS = 1_000_000

interface Act {
  readonly place: SenderRecords
  readonly at: number
  /**
   * When it may be judged if it is known to be of a flood, when in any case, and whether at the first if nothing speaks
   * for one.
   */
  readonly soon: number
  readonly ripe: number
  readonly quick: boolean
  /** Its lot: the lowest of a part are let through. */
  readonly lot: number
  held?: string
}

export interface FloodGuardOptions {
  readonly clock: Clock
  readonly senderOf: SenderOf
  /** From a table of networks; `some` where it is left out. */
  readonly peopleBehind?: (address: string) => PeopleBehind
  readonly mostActs?: number
  /** At least 0, below 1; of the machine where left out. */
  readonly random?: () => number
}

/** Opens a guard that has seen nothing: docs/methods/floods.md. */
export function openFloodGuard(options: FloodGuardOptions): FloodGuard {
  const { clock, senderOf, peopleBehind = () => 'some', mostActs = MOST_ACTS, random = machineRandom } = options
  const start = Math.floor(clock.now() / SLOT_MS)
  const records = new PartRecords(peopleBehind)
  const growth = new CrowdGrowth(records, start)
  const acts = new Map<string, Act>()
  /** Label of all that came while too many waited. */
  let overflow: string | undefined

  const lookFor = (record: PartRecord, slot: number): void => {
    for (const span of SPANS) if (isTooFull(record, span, slot)) record.flooded(span, slot)
  }
  const isTooFull = (record: PartRecord, span: LimitSpan, slot: number, share = 1): boolean => {
    const count = record.inSpan(span, slot)
    if (count <= NEVER_A_FLOOD[record.level][record.people][span] * share) return false
    const usual = record.usual(slot - SPAN_SLOTS[span] + 1, start) * SPAN_SLOTS[span]
    return count > upperOf(OWN_GROWTH * growth.of(span, slot, clock.now()) * usual)
  }
  /** Whether the hour of a part is one of its ordinary ones. */
  const isUsual = (record: PartRecord, slot: number): boolean => {
    const usual = record.usual(slot - SPAN_SLOTS.hour + 1, start) * SPAN_SLOTS.hour
    const mean = usual && usual * growth.of('hour', slot, clock.now())
    return record.inSpan('hour', slot) <= ordinaryOf(mean)
  }

  /** How many more of a part may count in a flood: as many as it would have sent without it, by all that is known. */
  const roomIn = (record: PartRecord, flood: Flood): number => {
    const usual = record.usual(flood.from, start) * growth.of(flood.short ? 'hour' : 'day', flood.to, clock.now())
    const expected = usual * (flood.to - flood.from + 1)
    return Math.floor(expected + random()) - record.counted(flood.from, flood.to)
  }

  /** Those are not asked about any more, such as signatures that no mailbox confirmed. */
  const forgetBefore = (slot: number): void => {
    for (const [id, { at }] of acts) {
      if (at >= slot) return
      acts.delete(id)
    }
  }

  return {
    note(from, id) {
      if (acts.has(id)) return
      const now = clock.now()
      const slot = Math.floor(now / SLOT_MS)
      forgetBefore(slot - KEPT_SLOTS)
      if (acts.size >= mostActs) return void (overflow ??= randomBytes(6).toString('hex'))
      const place = records.of(senderOf(from.socket, from.forwardedFor), now)
      const before = place.part.note(slot)
      place.group?.note(slot)
      const { first, soon, late } = WAITS[place.part.people]
      const quick = before < first || isUsual(place.part, slot)
      acts.set(id, { place, at: slot, soon: now + soon, ripe: now + late, quick, lot: random() })
      lookFor(place.part, slot)
      if (place.group !== undefined) lookFor(place.group, slot)
    },
    early(ids) {
      const now = clock.now()
      const slot = Math.floor(now / SLOT_MS)
      const known = new Map<PartRecord, boolean>()
      const fills = (record: PartRecord): boolean => {
        const found = known.get(record) ?? isTooFull(record, 'short', slot, FILLING)
        known.set(record, found)
        return found
      }
      const waitsOn = ({ place, quick }: Act): boolean =>
        !quick || fills(place.part) || (place.group !== undefined && fills(place.group))
      const isEarly = (act: Act): boolean =>
        act.ripe > now && (act.soon > now || (floodOf(act) === undefined && waitsOn(act)))
      return new Set(
        ids.filter((id) => {
          const act = acts.get(id)
          return act !== undefined && isEarly(act)
        }),
      )
    },
    judge(ids) {
      const held = new Map<string, string>()
      const drawn = new Map<Flood, { readonly record: PartRecord; readonly acts: [string, Act][] }>()
      for (const id of ids) {
        const act = acts.get(id)
        if (act?.held !== undefined) held.set(id, act.held)
        else if (act !== undefined) {
          const found = floodOf(act)
          if (found === undefined) continue
          const draw = drawn.get(found.flood) ?? { record: found.record, acts: [] }
          draw.acts.push([id, act])
          drawn.set(found.flood, draw)
        } else if (overflow !== undefined) held.set(id, overflow)
      }
      for (const [flood, { record, acts: asked }] of drawn) {
        asked.sort(([, a], [, b]) => a.lot - b.lot)
        for (const [id, act] of asked.slice(Math.max(0, roomIn(record, flood)))) {
          act.held = flood.label
          held.set(id, flood.label)
        }
      }
      return held
    },
    knows: (id) => acts.has(id) || overflow !== undefined,
    settle(ids) {
      for (const id of ids) {
        const act = acts.get(id)
        if (act === undefined) continue
        acts.delete(id)
        if (act.held !== undefined) continue
        act.place.part.count(act.at)
        act.place.group?.count(act.at)
      }
      if (acts.size < mostActs / 2) overflow = undefined
    },
  }
}

/** The flood in which an act came, of its part or of the group around it. */
function floodOf({ place, at }: Act): { readonly record: PartRecord; readonly flood: Flood } | undefined {
  for (const record of [place.part, place.group]) {
    const flood = record?.floodAt(at)
    if (record !== undefined && flood !== undefined) return { record, flood }
  }
  return undefined
}

const machineRandom = (): number => randomBytes(6).readUIntBE(0, 6) / 2 ** 48

const ANEW_MS = MINUTE_MS
/** Two days of three spans. */
const MOST_KNOWN = 1000

/**
 * How many times as often as usual everyone acts: a letter that the news names, a service that fails for all, an
 * evening. What the lower quarter of parts reaches, by the weight of what is usual for each: those who flood
 * move it only where three quarters of all that is usual came from them.
 */
class CrowdGrowth {
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
