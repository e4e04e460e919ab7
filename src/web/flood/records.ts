import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { parseAddress } from '../../core/model/address.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { isLocalAddress } from '../../runtime/sender/local-address.ts'
import { openShortHmac, type ShortHmac } from '../../runtime/sender/short-hmac.ts'
import type { Level, PeopleBehind } from './limits.ts'
import { PartRecord } from './record.ts'

/** Records of each level; beyond it the one that acted longest ago is forgotten. */
const MOST_RECORDS = 200_000
/** Bytes of an address that name a part, and a group of parts: /32 and /24, /56 and /48. */
const BYTES = { 4: { part: 4, group: 3 }, 16: { part: 7, group: 6 } } as const

interface Day {
  readonly hmac: ShortHmac
  readonly records: Readonly<Record<Level, LRUCache<string, PartRecord>>>
}
const newRecords = (): LRUCache<string, PartRecord> => new LRUCache({ maxSize: MOST_RECORDS, sizeCalculation: () => 1 })
const newDay = (): Day => ({
  hmac: openShortHmac(randomBytes(32)),
  records: { part: newRecords(), group: newRecords() },
})

/** The records of one sender. */
export interface SenderRecords {
  readonly part: PartRecord
  /** Absent for those without an address, or with one that leads to no one outside. */
  readonly group?: PartRecord
}

/**
 * The records by a keyed name. The key is only in memory and replaced every day; who acts on the next day too is found
 * under the old one once and continues under the new, and the old key is gone after that day.
 */
export class PartRecords {
  readonly #peopleBehind: (address: string) => PeopleBehind
  #day = -1
  #today = newDay()
  #before: Day | undefined
  /** Of all whose address is not known. */
  readonly #nowhere = new PartRecord('part', 'many')

  constructor(peopleBehind: (address: string) => PeopleBehind) {
    this.#peopleBehind = peopleBehind
  }

  of(address: string | undefined, now: number): SenderRecords {
    this.#turn(now)
    const bytes = address === undefined ? undefined : parseAddress(address)
    if (address === undefined || bytes === undefined) return { part: this.#nowhere }
    // The onion service, a proxy that is not configured, a private network: many people, and no groups.
    if (isLocalAddress(address)) return { part: this.#find('part', bytes, 'many') }
    const people = this.#peopleBehind(address)
    const { part, group } = BYTES[bytes.length === 4 ? 4 : 16]
    return {
      part: this.#find('part', bytes.slice(0, part), people),
      group: this.#find('group', bytes.slice(0, group), people),
    }
  }

  /** Those of parts whose growth tells of everyone's. */
  *parts(): Iterable<PartRecord> {
    yield* this.#today.records.part.values()
    if (this.#before !== undefined) yield* this.#before.records.part.values()
  }

  #find(level: Level, prefix: readonly number[], people: PeopleBehind): PartRecord {
    const bytes = Uint8Array.of(prefix.length, ...prefix)
    const records = this.#today.records[level]
    const name = nameOf(this.#today, bytes)
    const record = records.get(name) ?? this.#takeOver(level, bytes) ?? new PartRecord(level, people)
    records.set(name, record)
    return record
  }

  #takeOver(level: Level, bytes: Uint8Array): PartRecord | undefined {
    if (this.#before === undefined) return undefined
    const name = nameOf(this.#before, bytes)
    const record = this.#before.records[level].get(name)
    this.#before.records[level].delete(name)
    return record
  }

  #turn(now: number): void {
    const day = Math.floor(now / DAY_MS)
    if (day === this.#day) return
    this.#before = day === this.#day + 1 ? this.#today : undefined
    this.#today = newDay()
    this.#day = day
  }
}

const nameOf = ({ hmac }: Day, bytes: Uint8Array): string => hmac(bytes).toString('base64', 0, 12)
