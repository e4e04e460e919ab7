import { LRUCache } from 'lru-cache'
import { canonicalAddress } from '../core/model/address.ts'
import { HOUR_MS } from '../core/model/duration.ts'
import type { Clock } from '../runtime/clock.ts'
import { TokenBuckets, type TokenBucketOptions } from '../runtime/token-buckets.ts'

/** Different ports of one address within an hour: services have few, a scan has many. */
export const MOST_PORTS = 8
/** Ports on which services are asked, never counted: else a third party could use them up before a probe asks. */
const USUAL_PORTS: ReadonlySet<number> = new Set([80, 443, 5222])
const REMEMBERED_MS = HOUR_MS

/**
 * What is done to one destination address, for all clients together: how often, and on how many ports. A control dials
 * what unknown clients name, and must not scan for open ports on their behalf.
 */
export class Destinations {
  readonly #often: TokenBuckets
  readonly #mostPorts: number
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #ports: LRUCache<string, { readonly since: number; readonly ports: Set<number> }>

  /** `mostPorts`: a test lab may have all its services behind one address. */
  constructor(options: TokenBucketOptions & { readonly mostPorts: number }, clock: Pick<Clock, 'monotonic'>) {
    this.#mostPorts = options.mostPorts
    this.#often = new TokenBuckets(options, clock)
    this.#ports = new LRUCache({ maxSize: options.most, sizeCalculation: () => 1 })
    this.#clock = clock
  }

  /** Claims one connection; gives 0 where it may be made, else the seconds until it may. */
  take(address: string, port: number): number {
    const key = canonicalAddress(address) ?? address
    const now = this.#clock.monotonic()
    const known = this.#ports.peek(key)
    const seen =
      known === undefined || now - known.since > REMEMBERED_MS ? { since: now, ports: new Set<number>() } : known
    const isUsual = USUAL_PORTS.has(port)
    if (!isUsual && !seen.ports.has(port) && seen.ports.size >= this.#mostPorts)
      return Math.max(1, Math.ceil((seen.since + REMEMBERED_MS - now) / 1000))
    const wait = this.#often.take(key)
    if (wait > 0) return wait
    if (!isUsual) seen.ports.add(port)
    this.#ports.set(key, seen)
    return 0
  }
}
