import type { Hono } from 'hono'
import { LANGS, negotiateLang } from '../../core/text/lang.ts'
import type { Board } from '../now/board.ts'
import { choiceOf, parseFirstChoice } from './choice.ts'
import { firstStripChart, firstView } from './view.ts'
import { firstPage } from './page/first.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'
import { visitorOf } from '../visitor.ts'
import type { Pictures } from '../cards/pictures.ts'
import { addPageChart, takePageChart, type ChartRoute } from '../take/page-chart.ts'

/** Sent with a page that was made for the network of its reader: no cache on the way may keep it. */
export const PRIVATE = 'private, no-store'

/** The first screen in every language, and the way to it. */
export function addFirstPages(site: Hono, options: SiteOptions, { board, pictures }: FirstSources): void {
  const { names, frame } = options
  const find: ChartRoute['find'] = async (lang, c) =>
    firstStripChart(
      lang,
      firstView(await board(), { lang, choice: parseFirstChoice(c.req.query()) ?? { kind: 'all' }, names }),
    )
  addPageChart(site, { pattern: 'days/first', find }, { frame, pictures })
  site.get('/', (c) => {
    c.header('vary', 'accept-language')
    return c.redirect(urls.first(negotiateLang(c.req.header('accept-language'))), 302)
  })
  for (const lang of LANGS) {
    site.get(`/${lang}`, (c) => c.redirect(urls.first(lang), 301))
    site.get(`/${lang}/`, async (c) => {
      const chosen = parseFirstChoice(c.req.query())
      const choice = chosen ?? choiceOf(visitorOf(c, options.visitor))
      const view = firstView(await board(), { lang, choice, names })
      const takeDays = await takePageChart(lang, firstStripChart(lang, view), { frame, pictures })
      const answer = await answerPage(c, firstPage(lang, { ...view, takeDays }), frame)
      if (chosen === undefined) answer.headers.set('cache-control', PRIVATE)
      return answer
    })
  }
}

interface FirstSources {
  readonly board: () => Promise<Board>
  readonly pictures: Pictures | undefined
}
