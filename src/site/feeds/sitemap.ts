import type { Hono } from 'hono'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { PLAIN_PAGES } from '../../core/text/plain-pages.ts'
import { entriesOf } from '../../core/model/incident/entries.ts'
import { publicUrl } from '../../web/html/frame.ts'
import { answerBytes } from '../api/respond-api.ts'
import type { Board } from '../now/board.ts'
import { TILES } from '../map/tiles.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'
import { escapeText } from '../cards/card-text.ts'

/** Addresses of one sitemap at most, as its protocol says; the newest incidents are named. */
const MOST_PAGES = 16_000

/**
 * Adds `/sitemap.xml` (sitemaps.org 0.9): every lasting page with its other languages. There is none where the public
 * address is not known, because addresses in it are whole.
 */
export function addSitemap(site: Hono, options: SiteOptions, board: () => Promise<Board>): void {
  const { frame, names, incidents } = options
  if (frame.origin === undefined) return
  site.get('/sitemap.xml', async (c) => {
    const { services, networks } = await board()
    const known = new Set([...names.services.map(({ id }) => id), ...services.map(({ id }) => id)])
    const current = ((await incidents?.current()) ?? []).toSorted((a, b) => b.revisedAt - a.revisedAt)
    const entries = entriesOf(current, (await incidents?.episodes()) ?? []).flatMap(({ episode }) => episode ?? [])
    const pages: readonly ((lang: Lang) => string)[] = [
      (lang) => urls.first(lang),
      (lang) => urls.check(lang),
      (lang) => urls.report(lang),
      ...PLAIN_PAGES.map((page) => (lang: Lang) => urls.plain(lang, page)),
      (lang) => urls.methodInFull(lang),
      ...[...known].map((id) => (lang: Lang) => urls.service(lang, id)),
      ...networks.map(
        ({ asn }) =>
          (lang: Lang) =>
            urls.network(lang, asn),
      ),
      ...TILES.map(
        ([region]) =>
          (lang: Lang) =>
            urls.region(lang, region),
      ),
      ...entries.map((id) => (lang: Lang) => urls.episode(lang, id)),
      ...current.map(
        ({ id }) =>
          (lang: Lang) =>
            urls.incident(lang, id),
      ),
    ]
    const whole = (path: string): string => escapeText(publicUrl(frame, path))
    const entry = (page: (lang: Lang) => string, lang: Lang): string =>
      `<url><loc>${whole(page(lang))}</loc>${LANGS.map((other) => `<xhtml:link rel="alternate" hreflang="${other}" href="${whole(page(other))}"/>`).join('')}</url>`
    const list = pages.slice(0, MOST_PAGES).flatMap((page) => LANGS.map((lang) => entry(page, lang)))
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n${list.join('\n')}\n</urlset>\n`
    return answerBytes(c, text, { 'content-type': 'application/xml; charset=utf-8' })
  })
}
