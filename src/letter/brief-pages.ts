import type { Context, Hono } from 'hono'
import type { Clock } from '../sys/clock.ts'
import type { Lang } from '../text/lang.ts'
import { answerLetter, sayOrigin } from './answer.ts'
import type { LetterFrame } from './letter-options.ts'
import { letterUrls } from './letter-urls.ts'
import type { LetterPage } from './pages/letter-page.ts'
import { saidPage } from './pages/own.ts'

/** Long enough to load the page again where a line broke. */
const SHOWN_MS = 120_000
/** Beyond it the oldest is forgotten. */
const MOST_PAGES = 20_000
const NAME = /^[A-Za-z0-9_-]{22}$/

/**
 * Pages that answer what one person typed, for two minutes, in memory alone. The answer to a form is the address of one
 * and no page: a browser that gets a page writes what was sent with it to its disk, with the page, to load it again
 * (Chromium: `Sessions/`), where whoever takes the device finds name and receipt. The address is random and soon leads
 * nowhere.
 */
export class BriefPages {
  readonly #clock: Clock
  readonly #random: (bytes: number) => Uint8Array
  readonly #addressOf: (name: string) => string
  readonly #pages = new Map<string, { readonly page: LetterPage; readonly until: number }>()

  constructor(
    { clock, random }: { readonly clock: Clock; readonly random: (bytes: number) => Uint8Array },
    addressOf: (name: string) => string,
  ) {
    this.#clock = clock
    this.#random = random
    this.#addressOf = addressOf
  }

  /** Answers with the address at which a page stands for a while. */
  answer(c: Context, page: LetterPage): Response {
    this.#forget()
    const name = Buffer.from(this.#random(16)).toString('base64url')
    this.#pages.set(name, { page, until: this.#clock.monotonic() + SHOWN_MS })
    c.header('cache-control', 'no-store')
    return c.redirect(this.#addressOf(name), 303)
  }

  /** Undefined for what is not there, or not any more. */
  find(name: string): LetterPage | undefined {
    this.#forget()
    return NAME.test(name) ? this.#pages.get(name)?.page : undefined
  }

  #forget(): void {
    const now = this.#clock.monotonic()
    for (const [name, { until }] of this.#pages) {
      if (until > now && this.#pages.size < MOST_PAGES) return
      this.#pages.delete(name)
    }
  }
}

/** Serves brief pages at their addresses; of one that is gone it is said that it is. */
export function addBriefPages(
  site: Hono,
  {
    lang,
    brief,
    path,
    frame,
  }: { readonly lang: Lang; readonly brief: BriefPages; readonly path: string; readonly frame: LetterFrame },
): void {
  site.get(path, (c) => {
    sayOrigin(c)
    const page = brief.find(c.req.param('name') ?? '')
    if (page !== undefined) return answerLetter(c, page, frame)
    return answerLetter(c, saidPage(lang, ['letter.gone', 'letter.gone-about'], letterUrls.receipt), frame, 410)
  })
}
