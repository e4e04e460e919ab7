import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Frame } from '../../web/html/frame.ts'
import { finished, type Markup } from '../../web/html/markup.ts'
import { MARK_SYMBOLS } from '../parts/mark.ts'
import { urls } from '../urls.ts'

/** Any page may embed it; it takes style and fonts of this site, and nothing else from anywhere. */
export const EMBED_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *",
  'cross-origin-resource-policy': 'cross-origin',
  'content-type': 'text/html; charset=utf-8',
}

/** What a page for others to embed says. */
export interface Embedded {
  readonly title: string
  readonly simulated: boolean
  readonly body: Markup
  /** Address of the page that says more. */
  readonly more: string
}

/**
 * A page of its own, without script, form or anything that leads the reader's browser elsewhere: it opens the site in
 * a new window. The site that embeds it learns nothing of its readers, and it learns nothing of them.
 */
export const embedded = (lang: Lang, { title, simulated, body, more }: Embedded, frame: Frame): Promise<Markup> =>
  finished(
    html`<!doctype html>
      <html lang="${lang}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="referrer" content="no-referrer" />
          <meta name="robots" content="noindex" />
          <title>${simulated ? `${say(lang, 'page.simulated-tag')}: ` : ''}${title}</title>
          <link rel="stylesheet" href="${urls.asset('site.css', frame.assets)}" />
        </head>
        <body class="embed">
          ${MARK_SYMBOLS}
          <main>
            ${simulated ? html`<p class="sim">${say(lang, 'sentence.simulated')}.</p>` : ''}
            <h1>${title}</h1>
            ${body}
            <p><a href="${more}" target="_blank" rel="noopener">${say(lang, 'embed.more')}</a></p>
          </main>
        </body>
      </html>`,
  )
