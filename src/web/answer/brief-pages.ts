import type { Context } from 'hono'
import type { Clock } from '../../runtime/clock.ts'
import { overwriteGarbage } from '../../runtime/collect-garbage.ts'

/** Long enough to load the page again where a line broke. */
const SHOWN_MS = 120_000
/** How long after an answer, and how often while answers are kept, the heap is cleared of those that are over. */
const SWEEP_MS = SHOWN_MS + 1000
/** Beyond these the oldest is forgotten. */
const MOST_PAGES = 20_000
const MOST_TYPED = 2 ** 24
/** One part of the network may hold so much of both: a flood makes its own pages go. */
const SHARE = 1 / 4
const NAME = /^[A-Za-z0-9_-]{22}$/

/** What brief pages are made over. */
export interface BriefParts {
  readonly clock: Clock
  /** Random bytes, as many as asked for. */
  readonly random: (bytes: number) => Uint8Array
  /** Address of the page of a name. */
  readonly addressOf: (name: string) => string
}

/** What a page takes of the room. */
export interface BriefSize {
  /** So many characters of it were typed. */
  readonly typed?: number
  /**
   * Name of the sender's part of the network, only in memory; absent where it cannot be determined: all of those are
   * one part.
   */
  readonly part?: string | undefined
}

interface Kept<P> {
  readonly page: P
  readonly typed: number
  /** Absent: of none, so that no part's flood makes it go. */
  readonly part: string | undefined
  readonly until: number
}

/** Names of pages that are kept, the oldest first, and how many characters of them were typed. */
interface Held {
  readonly names: Set<string>
  typed: number
}

/**
 * Pages that answer what one person typed, for two minutes, only in memory. The answer to a form is the address of one
 * and no page: a browser that gets a page writes what was sent with it to its disk, with the page, to load it again
 * (Chromium: `Sessions/`), where a person who takes the device finds it. The address is random and soon leads nowhere.
 */
export class BriefPages<P> {
  readonly #parts: BriefParts
  readonly #pages = new Map<string, Kept<P>>()
  readonly #all: Held = { names: new Set(), typed: 0 }
  readonly #ofPart = new Map<string, Held>()
  #sweep: NodeJS.Timeout | undefined

  constructor(parts: BriefParts) {
    this.#parts = parts
  }

  /**
   * Answers with the address at which a page stands for a while. Without a size it is of no part of the network: for
   * what costs its sender so much that there is never a flood of it, such as a receipt that is shown once.
   */
  answer(c: Context, page: P, size?: BriefSize): Response {
    const { clock, random, addressOf } = this.#parts
    const name = Buffer.from(random(16)).toString('base64url')
    const part = size === undefined ? undefined : (size.part ?? '')
    this.#keep(name, { page, typed: size?.typed ?? 0, part, until: clock.monotonic() + SHOWN_MS })
    c.header('cache-control', 'no-store')
    return c.redirect(addressOf(name), 303)
  }

  /** Undefined for what is not there, or not any more. */
  find(name: string): P | undefined {
    this.#forget()
    return NAME.test(name) ? this.#pages.get(name)?.page : undefined
  }

  #keep(name: string, kept: Kept<P>): void {
    this.#pages.set(name, kept)
    const { typed, part } = kept
    const own = part === undefined ? undefined : (this.#ofPart.get(part) ?? { names: new Set(), typed: 0 })
    if (part !== undefined && own !== undefined) this.#ofPart.set(part, own)
    for (const held of [this.#all, own]) {
      if (held === undefined) continue
      held.names.add(name)
      held.typed += typed
    }
    if (own !== undefined) this.#dropOldest(own, () => isOver(own, SHARE))
    this.#forget()
    this.#sweepLater()
  }

  /** What is forgotten is taken off the heap, too, once it is due: the next request may come hours later. */
  #sweepLater(): void {
    if (this.#sweep !== undefined) return
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined
      this.#forget()
      if (this.#pages.size > 0) this.#sweepLater()
      void overwriteGarbage()
    }, SWEEP_MS).unref()
  }

  /** What has stood long enough, and the oldest where there is too much. */
  #forget(): void {
    const now = this.#parts.clock.monotonic()
    this.#dropOldest(this.#all, ({ until }) => until <= now || isOver(this.#all, 1))
  }

  #dropOldest({ names }: Held, isToGo: (page: Kept<P>) => boolean): void {
    for (const name of names) {
      const page = this.#pages.get(name)
      if (page === undefined || !isToGo(page)) return
      this.#drop(name, page)
    }
  }

  #drop(name: string, { typed, part }: Kept<P>): void {
    this.#pages.delete(name)
    const own = part === undefined ? undefined : this.#ofPart.get(part)
    for (const held of [this.#all, own]) {
      if (held === undefined) continue
      held.names.delete(name)
      held.typed -= typed
    }
    if (part !== undefined && own?.names.size === 0) this.#ofPart.delete(part)
  }
}

const isOver = ({ names, typed }: Held, share: number): boolean =>
  names.size > MOST_PAGES * share || typed > MOST_TYPED * share
