import type { Clock } from './clock.ts'

export interface TokenBucketOptions {
  /** Most that can be taken at once. */
  readonly burst: number
  readonly perSecond: number
  /** Keys remembered; the one asked longest ago is forgotten first. */
  readonly most: number
}

/**
 * A bound on how often something happens for each of many keys. A key that was forgotten starts with a full bucket: a
 * client that can use more than `most` keys is bounded by the limits on all clients together instead.
 */
export class TokenBuckets {
  readonly #options: TokenBucketOptions
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #buckets = new Map<string, { tokens: number; at: number }>()

  constructor(options: TokenBucketOptions, clock: Pick<Clock, 'monotonic'>) {
    this.#options = options
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
    return this.#buckets.get(key)?.tokens ?? this.#options.burst
  }

  /** Forgets all keys. */
  clear(): void {
    this.#buckets.clear()
  }

  #bucketOf(key: string): { tokens: number; readonly at: number } {
    const { burst, perSecond, most } = this.#options
    const now = this.#clock.monotonic()
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket) // last in order: asked just now
    if (this.#buckets.size > most) this.#buckets.delete(this.#buckets.keys().next().value ?? key)
    return bucket
  }
}
