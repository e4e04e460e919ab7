import { createHmac, randomBytes } from 'node:crypto'
import { parseAddress } from '../core/model/address.ts'
import type { Clock } from '../runtime/clock.ts'

export interface TokenBucketOptions {
  /** Most that can be taken at once. */
  readonly burst: number
  readonly perSecond: number
  /** Keys remembered; the one asked longest ago is forgotten first. */
  readonly most: number
}

/**
 * A bound on how often something happens for each of many keys. A key that was forgotten starts with a full bucket:
 * whoever can use more than `most` addresses is bounded by the limits on everybody together instead.
 */
export class TokenBuckets {
  readonly #options: TokenBucketOptions
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #held = new Map<string, { tokens: number; at: number }>()

  constructor(options: TokenBucketOptions, clock: Pick<Clock, 'monotonic'>) {
    this.#options = options
    this.#clock = clock
  }

  /** Takes tokens; gives 0 where they were there, else the seconds until they are. */
  take(key: string, tokens = 1): number {
    const { burst, perSecond, most } = this.#options
    const now = this.#clock.monotonic()
    const held = this.#held.get(key) ?? { tokens: burst, at: now }
    held.tokens = Math.min(burst, held.tokens + ((now - held.at) / 1000) * perSecond)
    held.at = now
    this.#held.delete(key)
    this.#held.set(key, held) // last in order: asked just now
    if (this.#held.size > most) this.#held.delete(this.#held.keys().next().value ?? key)
    if (held.tokens < tokens) return Math.ceil((tokens - held.tokens) / perSecond)
    held.tokens -= tokens
    return 0
  }
}

/**
 * Turns an address into a key that leads back to nobody: HMAC-SHA-256 of its prefix (24 bits of IPv4, 48 of IPv6)
 * under a key that lives in this process's memory alone.
 */
export function openPrefixKeys(): (address: string) => string {
  const secret = randomBytes(32)
  return (address) => {
    const bytes = plainBytes(address)
    const prefix = bytes === undefined ? [] : bytes.length === 4 ? bytes.slice(0, 3) : bytes.slice(0, 6)
    return createHmac('sha256', secret).update(Uint8Array.from(prefix)).digest('base64')
  }
}

/** Bytes of an address, those of version 4 where it is written as one of version 6. */
function plainBytes(address: string): readonly number[] | undefined {
  const bytes = parseAddress(address)
  const mapped = bytes?.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255
  return mapped ? bytes?.slice(12) : bytes
}
