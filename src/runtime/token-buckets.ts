import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.ts'

export interface TokenBucketOptions {
  /** Most that can be taken at once. */
  readonly burst: number
  readonly perSecond: number
  /** Keys remembered; the one asked longest ago is forgotten first. */
  readonly most: number
}

interface Bucket {
  tokens: number
  /** Milliseconds of the monotonic clock. */
  at: number
}

/**
 * A bound on how often something happens for each of many keys. A key that was forgotten starts with a full bucket: a
 * client that can use more than `most` keys is bounded by the limits on all clients together instead.
 */
export class TokenBuckets {
  readonly #options: TokenBucketOptions
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #buckets: LRUCache<string, Bucket>

  constructor(options: TokenBucketOptions, clock: Pick<Clock, 'monotonic'>) {
    this.#options = options
    // A bound by size, not by number: for a number all of its places are allocated at once.
    this.#buckets = new LRUCache({ maxSize: options.most, sizeCalculation: () => 1 })
    this.#clock = clock
  }

  /** Takes tokens; gives 0 where they were there, else the seconds until they are. */
  take(key: string, tokens = 1): number {
    const bucket = this.#bucketOf(key)
    if (bucket.tokens < tokens) return Math.ceil((tokens - bucket.tokens) / this.#options.perSecond)
    bucket.tokens -= tokens
    return 0
  }

  /** Takes tokens although the bucket may not hold them: the next call waits for the debt, which is one burst at most. */
  charge(key: string, tokens: number): void {
    const bucket = this.#bucketOf(key)
    bucket.tokens = Math.max(-this.#options.burst, bucket.tokens - tokens)
  }

  /** Tokens that were in the bucket after the last call for the key; less than 0 where it is in debt. */
  left(key: string): number {
    return this.#buckets.peek(key)?.tokens ?? this.#options.burst
  }

  /** Forgets all keys. */
  clear(): void {
    this.#buckets.clear()
  }

  #bucketOf(key: string): Bucket {
    const { burst, perSecond } = this.#options
    const now = this.#clock.monotonic()
    const known = this.#buckets.get(key)
    if (known === undefined) {
      const full = { tokens: burst, at: now }
      this.#buckets.set(key, full)
      return full
    }
    known.tokens = Math.min(burst, known.tokens + ((now - known.at) / 1000) * perSecond)
    known.at = now
    return known
  }
}
