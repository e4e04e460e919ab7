import { randomBytes } from 'node:crypto'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import type { ReportState } from '../../core/model/people/report.ts'
import type { Clock } from '../../runtime/clock.ts'
import { openShortHmac, type ShortHmac } from '../../runtime/sender/short-hmac.ts'

/**
 * Results for one service that one part of the network has counted within an hour. Source: reference, "User reports".
 */
export const MOST_OF_PART = 20
/** Keys remembered; beyond it nothing new counts until an hour is over. */
const MOST_KEYS = 500_000

/**
 * Says which results count: of one page the first for a service in an hour, of one part of the network (an address of
 * IPv4, a /56 of IPv6) twenty, since thousands are behind an address of a mobile operator. Pages and parts are known by
 * an HMAC whose key is only in memory and new every day.
 */
export class OnceAnHour {
  readonly #clock: Clock
  #day = -1
  #hmac: ShortHmac = openShortHmac(randomBytes(32))
  #seen = new Map<string, number>()
  #parts = new Map<string, number[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** State of a result of the page `token` in the part `part`, for what `about` names. */
  take(part: string, token: string, about: string): ReportState {
    const now = this.#clock.monotonic()
    this.#forget(now)
    const page = this.#keyOf(`${token} ${part} ${about}`)
    if (this.#seen.has(page)) return 'repeat'
    const place = this.#keyOf(`${part} ${about}`)
    const counted = (this.#parts.get(place) ?? []).filter((at) => now - at < HOUR_MS)
    if (counted.length >= MOST_OF_PART || this.#seen.size >= MOST_KEYS) return 'held'
    this.#seen.set(page, now)
    this.#parts.set(place, [...counted, now])
    return 'counted'
  }

  #keyOf(text: string): string {
    return this.#hmac(Buffer.from(text)).toString('base64', 0, 12)
  }

  /** Old keys come first: they were added in the order of time. */
  #forget(now: number): void {
    const day = Math.floor(this.#clock.now() / DAY_MS)
    if (day !== this.#day) {
      this.#day = day
      this.#hmac = openShortHmac(randomBytes(32))
      this.#seen = new Map()
      this.#parts = new Map()
    }
    for (const [key, at] of this.#seen) {
      if (now - at < HOUR_MS) break
      this.#seen.delete(key)
    }
    if (this.#parts.size > MOST_KEYS)
      for (const [key, times] of this.#parts) if (times.every((at) => now - at >= HOUR_MS)) this.#parts.delete(key)
  }
}
