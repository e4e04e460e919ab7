import type { Hono } from 'hono'
import { LANGS } from '../../core/text/lang.ts'
import { SECURITY_HEADERS } from '../../web/request/headers.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'
import { MINE_SCRIPT, minePage } from './page.ts'

/** The script of this page may ask its own site, for files that are the same for every reader. */
const POLICY = `${SECURITY_HEADERS['content-security-policy'] ?? ''}; connect-src 'self'`

/** The page of own measurements: one page for all, since what it is about never reaches the server. */
export function addMinePages(
  site: Hono,
  { names, assets, frame }: Pick<SiteOptions, 'names' | 'assets' | 'frame'>,
): void {
  const hasScript = assets.some(({ path }) => path === MINE_SCRIPT)
  for (const lang of LANGS)
    site.get(urls.plain(lang, 'mine'), async (c) => {
      const answer = await answerPage(c, minePage(lang, { services: names.services, hasScript }), frame)
      answer.headers.set('content-security-policy', POLICY)
      return answer
    })
}
