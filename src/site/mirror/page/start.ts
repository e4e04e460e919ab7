import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import { LANG_NAMES, LANGS, type Lang } from '../../../core/text/lang.ts'
import { formatDateTime } from '../../../core/text/time.ts'
import type { Frame } from '../../../web/html/frame.ts'

export interface CopyStart {
  readonly frame: Frame
  readonly madeAt: Instant
  readonly simulated: boolean
  /** Address of the first page in a language, and of what every page needs. */
  readonly links: { readonly first: (lang: Lang) => string; readonly style: string; readonly icon: string }
}

/**
 * The door of a copy: three languages, how old it is, and where fresh pages are. A folder on a USB stick opens here.
 */
export const copyStartPage = ({ frame, madeAt, simulated, links }: CopyStart): Markup =>
  html`<!doctype html>
    <html lang="kk">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>Kuager</title>
        <link rel="icon" href="${links.icon}" type="image/svg+xml" />
        <link rel="stylesheet" href="${links.style}" />
      </head>
      <body>
        <main class="page door" id="content">
          <h1>
            <svg class="door-mark" viewBox="0 0 22 22" aria-hidden="true" focusable="false">
              <path d="M7 3H2.5v16H7M15 3h4.5v16H15M11 1v20"></path></svg
            >Kuager
          </h1>
          ${LANGS.map(
            (lang) =>
              html`<section lang="${lang}">
                <h2><a href="${links.first(lang)}" hreflang="${lang}">${LANG_NAMES[lang].name}</a></h2>
                <p>${say(lang, 'page.description')}</p>
                ${simulated ? html`<p><b>${say(lang, 'sentence.simulated')}.</b></p>` : ''}
                <p class="sm q">
                  ${say(lang, 'frame.copy-made', { at: formatDateTime(lang, madeAt) })}
                  ${frame.origin === undefined ? '' : say(lang, 'frame.copy-live', { address: frame.origin })}
                </p>
              </section>`,
          )}
        </main>
      </body>
    </html>`
