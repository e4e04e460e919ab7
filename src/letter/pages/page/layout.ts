import { html } from 'hono/html'
import { finished, type Markup } from '../../../web/html/markup.ts'
import { say } from '../../../core/text/format.ts'
import { LANGS, type Lang } from '../../../core/text/lang.ts'
import { languageLink } from '../../../web/html/language-link.ts'
import type { LetterFrame } from '../options.ts'
import { letterUrls } from '../urls.ts'

/** A page before it is framed. */
export interface LetterPage {
  readonly lang: Lang
  /**
   * `plain`: what anyone reads; `own`: one person's signing, confirming, receipt. Titles name no letter, so that the
   * history of a browser does not: that of an own page says nothing but "Letter".
   */
  readonly kind: 'plain' | 'own'
  /** Whether the letter it is about is a trial: said on its first line. */
  readonly simulated: boolean
  /** Address of the same page in another language. */
  readonly inLang: (lang: Lang) => string
  /** Letter that the page belongs to. */
  readonly letter?: string
  /** Whether the script that seals runs here. */
  readonly seals?: boolean
  readonly body: Markup
}

/** A whole page of the letter service: its own head and foot, the type of the observatory, none of its names. */
export function renderLetterPage(page: LetterPage, frame: LetterFrame): Promise<Markup> {
  const { lang, kind, letter } = page
  return finished(
    html`<!doctype html>
      <html lang="${lang}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="robots" content="${kind === 'own' ? 'noindex' : 'index'}" />
          <title>${say(lang, kind === 'own' ? 'letter.tab' : 'letter.one')}</title>
          <link rel="icon" href="${letterUrls.asset('letter.svg', frame.assets)}" type="image/svg+xml" />
          <link rel="stylesheet" href="${letterUrls.asset('letter.css', frame.assets)}" />
          <link
            rel="preload"
            href="${letterUrls.asset(`fonts/kuager-${lang === 'en' ? 'latin' : 'cyrillic'}.woff2`, frame.assets)}"
            as="font"
            type="font/woff2"
            crossorigin
          />
          ${
            page.seals === true && frame.seals
              ? html`<script defer src="${letterUrls.asset('letter.js', frame.assets)}"></script>`
              : ''
          }
          ${LANGS.map((other) => html`<link rel="alternate" hreflang="${other}" href="${page.inLang(other)}" />`)}
        </head>
        <body class="letters">
          <a class="skip" href="#content">${say(lang, 'page.skip')}</a>
          ${page.simulated || frame.simulated?.() === true ? simulatedLine(lang) : ''}
          <header class="top">
            <div class="page">
              <a class="brand" href="${letterUrls.first(lang)}">${say(lang, 'letter.menu.letters')}</a>
              <nav class="langs" aria-label="${say(lang, 'page.language')}">
                ${LANGS.map((other) => languageLink(page, other))}
              </nav>
              <a class="tomenu" href="#menu">${say(lang, 'menu.menu')}</a>
            </div>
          </header>
          <main class="page" id="content">${page.body}</main>
          <footer class="foot" id="menu">
            <div class="page">
              <nav aria-label="${say(lang, 'letter.menu')}">
                <ul class="menu">
                  <li><a href="${letterUrls.first(lang)}">${say(lang, 'letter.menu.letters')}</a></li>
                  ${letter === undefined ? '' : ofLetter(lang, letter)}
                  <li><a href="${letterUrls.receipt(lang)}">${say(lang, 'letter.menu.receipt')}</a></li>
                  <li><a href="${letterUrls.safety(lang)}">${say(lang, 'letter.menu.safety')}</a></li>
                  <li><a href="${letterUrls.law(lang)}">${say(lang, 'letter.menu.law')}</a></li>
                </ul>
              </nav>
              <p class="sm q">${say(lang, 'letter.foot')}</p>
              ${frame.onion === undefined ? '' : html`<p class="sm q any">${frame.onion}</p>`}
            </div>
          </footer>
        </body>
      </html>`,
  )
}

const ofLetter = (lang: Lang, letter: string): Markup =>
  html`<li><a href="${letterUrls.letter(lang, letter)}">${say(lang, 'letter.menu.letter')}</a></li>
    <li><a href="${letterUrls.count(lang, letter)}">${say(lang, 'letter.count.title')}</a></li>
    <li><a href="${letterUrls.keys(lang, letter)}">${say(lang, 'letter.keys.title')}</a></li>`

const simulatedLine = (lang: Lang): Markup =>
  html`<aside class="sim" aria-label="${say(lang, 'page.notice')}">
    <p class="page"><b>${say(lang, 'page.simulated-tag')}.</b> ${say(lang, 'letter.simulated')}</p>
  </aside>`
