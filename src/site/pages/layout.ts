import { html, raw } from 'hono/html'
import { say } from '../../text/format.ts'
import { LANGS, type Lang } from '../../text/lang.ts'
import { urls } from '../urls.ts'
import { MARK_SYMBOLS, type Markup } from './mark.ts'

export interface Page {
  readonly lang: Lang
  readonly title: string
  /** Whether anything on the page is simulated: said on its first line and in its title. */
  readonly simulated: boolean
  /** Address of the same page in another language. */
  readonly inLang: (lang: Lang) => string
  /** Address of the page's data. */
  readonly data?: string
  readonly body: Markup
}

/** Own name of each language, with its short form. */
const NAMES = {
  kk: { short: 'Қаз', name: 'Қазақша' },
  ru: { short: 'Рус', name: 'Русский' },
  en: { short: 'Eng', name: 'English' },
} satisfies Record<Lang, { short: string; name: string }>

const languageLink = (page: Page, lang: Lang): Markup =>
  lang === page.lang
    ? html`<span aria-current="true" lang="${lang}">${NAMES[lang].short}</span>`
    : html`<a href="${page.inLang(lang)}" lang="${lang}" hreflang="${lang}" title="${NAMES[lang].name}"
        >${NAMES[lang].short}</a
      >`

const simulatedLine = (lang: Lang): Markup =>
  html`<aside class="sim" aria-label="${say(lang, 'page.notice')}">
    <p class="page"><b>${say(lang, 'sentence.simulated')}.</b> ${say(lang, 'page.simulated-networks')}</p>
  </aside>`

/** Tag inside a figure or a table head, so that a part taken out of the page still says what it is. */
export const simulatedTag = (lang: Lang, simulated: boolean): Markup =>
  simulated ? html`<span class="tag">${say(lang, 'page.simulated-tag')}</span> ` : raw('')

/** The parts of the site, in the order of the menu. */
const SECTIONS = [
  { key: 'incidents.title', url: (lang: Lang) => urls.incidents(lang) },
  { key: 'claims.title', url: (lang: Lang) => urls.claims(lang) },
  { key: 'corrections.title', url: (lang: Lang) => urls.corrections(lang) },
] as const

/** A whole page. It works without scripts and holds none; everything it needs comes from its own origin. */
export function renderPage(page: Page): Markup {
  const { lang } = page
  const title = page.simulated ? `${say(lang, 'page.simulated-tag')}: ${page.title}` : page.title
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <meta name="description" content="${say(lang, 'page.description')}" />
        <link rel="icon" href="${urls.asset('icon.svg')}" type="image/svg+xml" />
        <link
          rel="preload"
          href="${urls.asset(`fonts/kuager-${lang === 'en' ? 'latin' : 'cyrillic'}.woff2`)}"
          as="font"
          type="font/woff2"
          crossorigin
        />
        <link rel="stylesheet" href="${urls.asset('tokens.css')}" />
        <link rel="stylesheet" href="${urls.asset('pages.css')}" />
        <link rel="stylesheet" href="${urls.asset('print.css')}" media="print" />
        ${LANGS.map((other) => html`<link rel="alternate" hreflang="${other}" href="${page.inLang(other)}" />`)}
      </head>
      <body>
        <a class="skip" href="#content">${say(lang, 'page.skip')}</a>
        ${MARK_SYMBOLS}${page.simulated ? simulatedLine(lang) : ''}
        <header class="top">
          <div class="page">
            <a class="brand" href="${urls.first(lang)}"
              ><svg viewBox="0 0 22 22" aria-hidden="true" focusable="false">
                <path d="M7 3H2.5v16H7M15 3h4.5v16H15M11 1v20"></path></svg
              >Kuager</a
            >
            <nav class="menu" aria-label="${say(lang, 'incidents.menu')}">
              ${SECTIONS.map(({ key, url }) => html`<a href="${url(lang)}">${say(lang, key)}</a>`)}
            </nav>
            <nav class="langs" aria-label="${say(lang, 'page.language')}">
              ${LANGS.map((other) => languageLink(page, other))}
            </nav>
          </div>
        </header>
        <main class="page" id="content">${page.body}</main>
        <footer class="foot">
          <div class="page">
            <nav aria-label="${say(lang, 'page.sections')}">
              <ul class="menu">
                <li><a href="${urls.first(lang)}">${say(lang, 'page.home')}</a></li>
                ${SECTIONS.map(({ key, url }) => html`<li><a href="${url(lang)}">${say(lang, key)}</a></li>`)}
                ${
                  page.data === undefined
                    ? ''
                    : html`<li><a href="${page.data}">${say(lang, 'page.data-of-page')}</a></li>`
                }
              </ul>
            </nav>
            <p class="sm q">${say(lang, 'page.foot')}</p>
          </div>
        </footer>
      </body>
    </html>`
}
