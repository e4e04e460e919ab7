import type { Hono } from 'hono'
import { LANGS } from '../text/lang.ts'
import type { Board } from './board.ts'
import { checkView } from './check-view.ts'
import { choiceOf, parseFirstChoice } from './first-choice.ts'
import { PRIVATE } from './first-pages.ts'
import { checkPage } from './pages/check.ts'
import { reportPage } from './pages/report.ts'
import { answerPage } from './respond.ts'
import type { SiteOptions } from './site-options.ts'
import { visitorOf } from './visitor.ts'

/** "Is it only me?" and "report", in every language. */
export function addCheckPages(site: Hono, options: SiteOptions, board: () => Promise<Board>): void {
  const { names, frame } = options
  for (const lang of LANGS) {
    site.get(`/${lang}/check`, async (c) => {
      const chosen = parseFirstChoice(c.req.query())
      const choice = chosen ?? choiceOf(visitorOf(c, options.visitor))
      const answer = await answerPage(c, checkPage(lang, checkView(await board(), { choice, names })), frame)
      if (chosen === undefined) answer.headers.set('cache-control', PRIVATE)
      return answer
    })
    site.get(`/${lang}/report`, (c) => answerPage(c, reportPage(lang), frame))
  }
}
