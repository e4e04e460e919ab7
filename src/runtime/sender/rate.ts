import { randomBytes } from 'node:crypto'
import { DAY_MS } from '../../core/model/duration.ts'
import { TokenBuckets } from '../token-buckets.ts'
import { openShortHmac, type ShortHmac } from './short-hmac.ts'
import { senderPrefix } from './sender-prefix.ts'
import type { Clock } from '../clock.ts'

/** Senders remembered at once. */
const MOST_SENDERS = 200_000

export interface Rate {
  /** Submissions a second that one prefix may send for long. */
  readonly perSecond: number
  /** Submissions it may send at once. */
  readonly burst: number
}

/**
 * Behind one address of a mobile operator stand thousands of people: one core run of a probe sends some twenty
 * measurements in 15 minutes, so this lets two thousand probes send from one address.
 */
export const DEFAULT_RATE: Rate = { perSecond: 50, burst: 3000 }

/**
 * A token bucket for each prefix of addresses. A prefix is known by its HMAC under a key that is in memory alone and new
 * every day: nothing here leads back to an address once the day, or the process, has ended.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #buckets: TokenBuckets
  #hmac: ShortHmac = openShortHmac(randomBytes(32))
  #day = -1

  constructor(clock: Clock, rate: Rate = DEFAULT_RATE) {
    this.#clock = clock
    this.#buckets = new TokenBuckets({ ...rate, most: MOST_SENDERS }, clock)
  }

  /** Stands for the prefix of an address today; undefined for a text that is no address. */
  prefixOf(address: string): string | undefined {
    const prefix = senderPrefix(address)
    if (prefix === undefined) return undefined
    this.#turnDay()
    return this.#hmac(prefix).toString('base64', 0, 12)
  }

  /** Takes one submission, or what a question costs, from the bucket; gives the seconds to wait where that is not in it, else 0. */
  take(prefix: string, cost = 1): number {
    return this.#buckets.take(prefix, cost)
  }

  /**
   * Takes what a submission turned out to cost on top, though the bucket may not hold it: the debt, of at most one burst,
   * is waited for by the next sender.
   */
  charge(prefix: string, cost: number): void {
    this.#buckets.charge(prefix, cost)
  }

  /** What is in the bucket; less than nothing where more was charged. */
  left(prefix: string): number {
    return this.#buckets.left(prefix)
  }

  #turnDay(): void {
    const day = Math.floor(this.#clock.now() / DAY_MS)
    if (day === this.#day) return
    this.#day = day
    this.#hmac = openShortHmac(randomBytes(32))
    this.#buckets.clear()
  }
}
