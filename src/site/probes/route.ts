import type { Hono } from 'hono'
import { LANGS } from '../../core/text/lang.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'

const HOUR = 'public, max-age=3600'

/** The poster of each language. A site without a public address has none: its code would lead nowhere. */
export function addPosters(site: Hono, { poster, frame }: Pick<SiteOptions, 'poster' | 'frame'>): void {
  const { origin } = frame
  if (poster === undefined || origin === undefined) return
  for (const lang of LANGS)
    site.get(urls.poster(lang), async (c) => {
      const pdf = await poster(lang, `${origin}${urls.plain(lang, 'join')}`)
      if (pdf === undefined) return c.notFound()
      return c.body(Uint8Array.from(pdf), 200, {
        'content-type': 'application/pdf',
        'content-disposition': `inline; filename="kuager-poster-${lang}.pdf"`,
        'cache-control': HOUR,
      })
    })
}
