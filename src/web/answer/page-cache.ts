import { LRUCache } from 'lru-cache'
import type { Asn } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'
import { counter } from '../../runtime/metrics.ts'
import { Semaphore } from '../../runtime/semaphore.ts'
import { readSavingKey } from '../request/save-data.ts'
import { freshnessOf, type Freshness } from './freshness.ts'
import { holdAnswer, type HeldAnswer, type LongAnswer, type PassingAnswer } from './held-answer.ts'

/** More readers wait for pages that are being made than is good for any of them. */
export interface BusyAnswer {
  readonly kind: 'busy'
}

export type Answer = HeldAnswer | PassingAnswer | LongAnswer | BusyAnswer

export interface PageCacheOptions {
  /**
   * Asks the route table. `key` is a path with its query, or `#` and for whom the page is: no address then. Either is
   * marked for browsers that save data (request/save-data.ts).
   */
  readonly render: (key: string) => Promise<Response>
  /** Number of the last publication of incidents, or of one incident; absent: nothing is published here. */
  readonly published?: (incident?: string) => number
  /** Whether there is such a network; absent: none has a lasting place. */
  readonly isKnownNetwork?: (asn: Asn) => boolean
  readonly clock: Clock
  readonly limits?: CacheLimits
}

export interface CacheLimits {
  readonly ownBytes: number
  readonly passingBytes: number
  /** Pages made at once, and half as many again of those that anyone can make up. */
  readonly places: number
  /** Readers of other pages that wait for a place, of either kind. */
  readonly mostWaiting: number
}

/** A year of incidents in three languages is about 40 MB. */
const LIMITS: CacheLimits = { ownBytes: 96 * 2 ** 20, passingBytes: 32 * 2 ** 20, places: 4, mostWaiting: 64 }

const pages = counter('kuager_pages_total', 'Pages given from memory, made, or refused because too many wait.', 'how')
const [FROM_MEMORY, MADE, REFUSED] = [pages('memory'), pages('made'), pages('busy')]

interface Entry {
  readonly answer: HeldAnswer
  readonly freshness: Freshness
  /** Milliseconds of the monotonic clock. */
  readonly madeAt: number
  readonly freshMs: number
  readonly published: number
}

/**
 * Answers of the route table that everyone may be given, as bytes ready to be written. An address is asked once for all
 * who wait for it; one that is no longer fresh is made again while readers are given what there is, for as long as
 * freshness.ts allows; errors, private answers and long ones are never held. Bounded in bytes: what was asked for
 * longest ago goes first, and addresses that anyone can make up (queries, measurements) have a shelf and a queue of
 * their own, so that a client that asks for thousands of them takes none of the others' place and keeps no one from
 * them.
 */
export class PageCache {
  readonly #options: PageCacheOptions
  readonly #shelves: Readonly<Record<Freshness['shelf'], Shelf>>
  readonly #queues: Readonly<Record<Freshness['shelf'], Semaphore>>
  readonly #flights = new Map<string, Promise<Answer>>()

  constructor(options: PageCacheOptions) {
    this.#options = options
    const limits = options.limits ?? LIMITS
    this.#shelves = { own: openShelf(limits.ownBytes), passing: openShelf(limits.passingBytes) }
    const { places, mostWaiting } = limits
    this.#queues = {
      own: new Semaphore({ places, mostWaiting }),
      passing: new Semaphore({ places: Math.ceil(places / 2), mostWaiting }),
    }
  }

  /** What may be given at once; begins to make it again where it is no longer fresh. */
  held(key: string): HeldAnswer | undefined {
    const entry = this.#shelves.own.get(key) ?? this.#shelves.passing.get(key)
    if (entry === undefined || entry.published !== this.#publishedOf(entry.freshness)) return undefined
    const over = this.#options.clock.monotonic() - entry.madeAt - entry.freshMs
    if (over < 0) {
      FROM_MEMORY.inc()
      return entry.answer
    }
    if (over >= entry.freshness.staleMs) return undefined
    // Readers who have nothing come first, and an evening's pages are not all made again at once: an old answer stays a
    // little longer, and takes any free place only where it will soon be too old.
    const queue = this.#queues[entry.freshness.shelf]
    const mayRenew = over * 2 >= entry.freshness.staleMs ? queue.isIdle : queue.isEmpty
    if (mayRenew && !this.#flights.has(key)) void this.#fly(key, entry.freshness).catch(() => undefined)
    FROM_MEMORY.inc()
    return entry.answer
  }

  /** Has the address answered by the route table, together with everyone who asks for it meanwhile. */
  ask(key: string): Promise<Answer> {
    const flight = this.#flights.get(key)
    if (flight !== undefined) return flight
    const freshness = freshnessOf(key, this.#options.isKnownNetwork)
    if (!this.#queues[freshness.shelf].isFull) return this.#fly(key, freshness)
    REFUSED.inc()
    return Promise.resolve({ kind: 'busy' })
  }

  /** Kept when nothing is being made. */
  async settled(): Promise<void> {
    while (this.#flights.size > 0) await Promise.allSettled(this.#flights.values())
  }

  #fly(key: string, freshness: Freshness): Promise<Answer> {
    const flight = this.#queues[freshness.shelf]
      .run(() => this.#make(key, freshness))
      .finally(() => this.#flights.delete(key))
    this.#flights.set(key, flight)
    return flight
  }

  async #make(key: string, freshness: Freshness): Promise<Answer> {
    MADE.inc()
    // Before it is made: what is published meanwhile voids it.
    const published = this.#publishedOf(freshness)
    const options = { effort: freshness.effort, apart: readSavingKey(key).key.startsWith('#') }
    const answer = await holdAnswer(await this.#options.render(key), options)
    const shelf = this.#shelves[freshness.shelf]
    const before = shelf.get(key)
    if (answer.kind !== 'held') {
      shelf.delete(key)
      return answer
    }
    const same = before?.published === published && before.answer.forms.identity.etag === answer.forms.identity.etag
    const freshMs = same ? Math.min(before.freshMs * 2, freshness.mostFreshMs) : freshness.freshMs
    shelf.set(key, { answer, freshness, published, freshMs, madeAt: this.#options.clock.monotonic() })
    return answer
  }

  #publishedOf({ follows }: Freshness): number {
    const { published } = this.#options
    if (published === undefined || follows === 'nothing') return 0
    return follows === 'journal' ? published() : published(follows.incident)
  }
}

/** Entries bounded in bytes; the one that was asked for longest ago is dropped first. */
const openShelf = (maxSize: number): Shelf => new LRUCache({ maxSize, sizeCalculation: ({ answer }) => answer.size })
type Shelf = LRUCache<string, Entry>
