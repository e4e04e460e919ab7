import type { Context } from 'hono'
import type { Clock } from '../sys/clock.ts'

/** Long enough to load the page again where a line broke. */
const SHOWN_MS = 120_000
/** Beyond these the oldest is forgotten. */
const MOST_PAGES = 20_000
const MOST_TYPED = 2 ** 24
const NAME = /^[A-Za-z0-9_-]{22}$/

/** What brief pages are made over. */
export interface BriefParts {
  readonly clock: Clock
  /** Random bytes, as many as asked for. */
  readonly random: (bytes: number) => Uint8Array
  /** Address of the page of a name. */
  readonly addressOf: (name: string) => string
}

/**
 * Pages that answer what one person typed, for two minutes, in memory alone. The answer to a form is the address of one
 * and no page: a browser that gets a page writes what was sent with it to its disk, with the page, to load it again
 * (Chromium: `Sessions/`), where whoever takes the device finds it. The address is random and soon leads nowhere.
 */
export class BriefPages<P> {
  readonly #parts: BriefParts
  readonly #pages = new Map<string, { readonly page: P; readonly typed: number; readonly until: number }>()
  #typed = 0

  constructor(parts: BriefParts) {
    this.#parts = parts
  }

  /** Answers with the address at which a page stands for a while; `typed`: so many characters of it were typed. */
  answer(c: Context, page: P, typed = 0): Response {
    const { clock, random, addressOf } = this.#parts
    const name = Buffer.from(random(16)).toString('base64url')
    this.#pages.set(name, { page, typed, until: clock.monotonic() + SHOWN_MS })
    this.#typed += typed
    this.#forget()
    c.header('cache-control', 'no-store')
    return c.redirect(addressOf(name), 303)
  }

  /** Undefined for what is not there, or not any more. */
  find(name: string): P | undefined {
    this.#forget()
    return NAME.test(name) ? this.#pages.get(name)?.page : undefined
  }

  #forget(): void {
    const now = this.#parts.clock.monotonic()
    for (const [name, { until, typed }] of this.#pages) {
      if (until > now && this.#pages.size <= MOST_PAGES && this.#typed <= MOST_TYPED) return
      this.#pages.delete(name)
      this.#typed -= typed
    }
  }
}
