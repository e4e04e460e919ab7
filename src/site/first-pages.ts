import type { Hono } from 'hono'
import { LANGS, negotiateLang } from '../text/lang.ts'
import type { SiteOptions } from './site-options.ts'
import { urls } from './urls.ts'

/** The first screen in every language, and the way to it. */
export function addFirstPages(site: Hono, _options: SiteOptions): void {
  site.get('/', (c) => {
    c.header('vary', 'accept-language')
    return c.redirect(urls.first(negotiateLang(c.req.header('accept-language'))), 302)
  })
  for (const lang of LANGS) {
    site.get(`/${lang}`, (c) => c.redirect(urls.first(lang), 301))
    site.get(`/${lang}/`, (c) => c.redirect(urls.matrix(lang), 302))
  }
}
