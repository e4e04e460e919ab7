import type { Hono } from 'hono'
import type { BriefPages } from '../../web/answer/brief-pages.ts'
import type { Lang } from '../../core/text/lang.ts'
import { answerLetter, sayOrigin } from './answer.ts'
import type { LetterFrame } from './options.ts'
import { letterUrls } from './urls.ts'
import type { LetterPage } from './page/layout.ts'
import { saidPage } from './page/own.ts'

/** What answers a form of the letter. */
export interface LetterAnswer {
  /** Made when it is opened: what was typed is smaller than its page. */
  readonly page: () => LetterPage
  /** Where nothing was taken. */
  readonly status?: 400 | 403 | 429 | 500 | 503
  /** Seconds until it is worth another try. */
  readonly wait?: number
}

/** Serves brief pages at their addresses; of one that is gone it is said that it is. */
export function addBriefPages(
  site: Hono,
  {
    lang,
    brief,
    path,
    frame,
  }: {
    readonly lang: Lang
    readonly brief: BriefPages<LetterAnswer>
    readonly path: string
    readonly frame: LetterFrame
  },
): void {
  site.get(path, (c) => {
    sayOrigin(c)
    const found = brief.find(c.req.param('name') ?? '')
    if (found === undefined)
      return answerLetter(c, saidPage(lang, ['letter.gone', 'letter.gone-about'], letterUrls.receipt), frame, 410)
    if (found.wait !== undefined) c.header('retry-after', String(found.wait))
    return answerLetter(c, found.page(), frame, found.status)
  })
}
