import { related, type NamedPage } from './crumbs.ts'
import { html, raw } from 'hono/html'
import { finished, type Markup } from '../../web/html/markup.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { urls } from '../urls.ts'
import { PLAIN_PAGES } from '../../core/text/plain-pages.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { instant } from '../../core/model/units.ts'
import { publicUrl, type Frame, type SimulatedTime } from '../../web/html/frame.ts'
import { languageLink } from '../../web/html/language-link.ts'
import { MARK_SYMBOLS } from './mark.ts'
import { searchForm } from './search-form.ts'

/** A page before it is framed: what it says, in any frame. */
export interface Page {
  readonly lang: Lang
  readonly title: string
  /** Whether anything on the page is simulated: said on its first line and in its title. */
  readonly simulated: boolean
  /** Address of the same page in another language. */
  readonly inLang: (lang: Lang) => string
  /** Address of the page's data. */
  readonly data?: string
  /** One sentence for those who list the page; absent: that of the site. */
  readonly description?: string
  /** Address of its share card (PNG, 1200 by 630). */
  readonly card?: string
  /** Address of an Atom feed that is about the same. */
  readonly feed?: string
  /** Address that a reader may hand on: of the same page, and nothing of the reader. */
  readonly share?: string
  /** Pages about the same, named at the end of the page. */
  readonly related?: readonly NamedPage[]
  /** Names of assets that make the page handier where scripts run; the page is whole without them. */
  readonly scripts?: readonly string[]
  /** Made for a frame: a form, and everything else that asks the server, is in a live page only. */
  readonly body: (frame: Frame) => Markup
}

/** The first line of a page on which anything is simulated. */
export const simulatedLine = (lang: Lang, time?: SimulatedTime): Markup =>
  html`<aside class="sim" aria-label="${say(lang, 'page.notice')}">
    <p class="page">
      <b>${say(lang, 'sentence.simulated')}.</b> ${say(lang, 'page.simulated-networks')}
      ${time === undefined ? '' : say(lang, `page.simulated-${time.kind}`, { until: formatDateTime(lang, time.until) })}
    </p>
  </aside>`

/** Tag inside a figure or a table head, so that a part taken out of the page still says what it is. */
export const simulatedTag = (lang: Lang, simulated: boolean): Markup =>
  simulated ? html`<span class="tag">${say(lang, 'page.simulated-tag')}</span> ` : raw('')

/** A line that says first that what it is about is simulated; of what is not, the line alone. */
export const tagged = (lang: Lang, simulated: boolean, line: string): string | Markup =>
  simulated ? html`${simulatedTag(lang, true)}${line}` : line

/** Pages named at the head of a wide window, after those of the reader's own connection; all of them are at the foot. */
const HEAD_PAGES = ['explore', 'incidents', 'method'] as const

/**
 * Only a copy says it in its page, since no server says it in a header: there it would overrule the header of pages
 * with a form, and browsers that name the sending page by `Origin` alone would send their form as if from a foreign
 * one.
 */
const NO_REFERRER = html`<meta name="referrer" content="no-referrer" />`

/** A whole page. It works without scripts; everything it needs comes from its own origin. */
export async function renderPage(asked: Page, frame: Frame): Promise<Markup> {
  const page = asked.simulated || (await frame.isSimulated?.()) !== true ? asked : { ...asked, simulated: true }
  const { lang } = page
  const title = page.simulated ? `${say(lang, 'page.simulated-tag')}: ${page.title}` : page.title
  const description = page.description ?? say(lang, 'page.description')
  return finished(
    html`<!doctype html>
      <html lang="${lang}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          ${frame.medium === 'live' ? '' : NO_REFERRER}
          <title>${title}</title>
          <meta name="description" content="${description}" />
          <link rel="icon" href="${urls.asset('icon.svg', frame.assets)}" type="image/svg+xml" />
          ${styles(lang, frame)}
          ${frame.medium === 'live' ? html`<link rel="manifest" href="${urls.manifest(lang)}" />` : ''}
          ${script(page, frame)}
          ${LANGS.map((other) => html`<link rel="alternate" hreflang="${other}" href="${page.inLang(other)}" />`)}
          ${
            page.feed === undefined
              ? ''
              : html`<link rel="alternate" type="application/atom+xml" href="${page.feed}" title="Kuager" />`
          }
          ${page.card === undefined ? '' : shared({ ...page, title, description, card: page.card }, frame)}
        </head>
        <body>
          <a class="skip" href="#content">${say(lang, 'page.skip')}</a>
          ${MARK_SYMBOLS}${page.simulated ? simulatedLine(lang, frame.simulatedTime?.()) : ''}${copyLine(lang, frame)}${staleLine(lang, frame)}
          <header class="top">
            <div class="page">
              <a class="brand" href="${urls.first(lang)}"
                ><svg viewBox="0 0 22 22" aria-hidden="true" focusable="false">
                  <path d="M7 3H2.5v16H7M15 3h4.5v16H15M11 1v20"></path></svg
                >Kuager</a
              >
              <nav class="menu" aria-label="${say(lang, 'incidents.menu')}">
                <a href="${urls.check(lang)}">${say(lang, 'board.only-me')}</a>
                <a href="${urls.report(lang)}">${say(lang, 'board.report')}</a>
                ${HEAD_PAGES.map((one) => html`<a href="${urls.plain(lang, one)}">${say(lang, `menu.${one}`)}</a>`)}
                <a href="#menu">${say(lang, 'menu.menu')}</a>
              </nav>
              ${frame.medium === 'live' ? searchForm(lang, '', 'small') : ''}
              <nav class="langs" aria-label="${say(lang, 'page.language')}">
                ${LANGS.map((other) => languageLink(page, other))}
              </nav>
              <a class="tomenu" href="#menu">${say(lang, 'menu.menu')}</a>
            </div>
          </header>
          <main class="page" id="content">${page.body(frame)}</main>
          <footer class="foot" id="menu">
            <div class="page">
              ${related(lang, page.related ?? [], frame)} ${shareWay(page, frame)}
              ${frame.medium === 'live' ? searchForm(lang, '', 'foot') : ''}
              <nav aria-label="${say(lang, 'menu.all')}">
                <ul class="menu">
                  <li><a href="${urls.first(lang)}">${say(lang, 'page.home')}</a></li>
                  <li><a href="${urls.check(lang)}">${say(lang, 'board.only-me')}</a></li>
                  <li><a href="${urls.report(lang)}">${say(lang, 'board.report')}</a></li>
                  ${PLAIN_PAGES.map((one) => html`<li><a href="${urls.plain(lang, one)}">${say(lang, `menu.${one}`)}</a></li>`)}
                  ${
                    page.data === undefined
                      ? ''
                      : html`<li><a href="${page.data}">${say(lang, 'page.data-of-page')}</a></li>`
                  }
                </ul>
              </nav>
              ${elsewhere(lang, frame)} ${asOfLine(lang, frame)}
              <p class="sm q">${say(lang, 'page.foot')}</p>
            </div>
          </footer>
        </body>
      </html>`,
  )
}

/** The style sheet, and the font of the language before the style sheet names it; without fonts for who saves data. */
const styles = (lang: Lang, { assets, savesData }: Frame): Markup =>
  savesData === true
    ? html`<link rel="stylesheet" href="${urls.asset('site-without-fonts.css', assets)}" />`
    : html`<link rel="stylesheet" href="${urls.asset('site.css', assets)}" />
        <link
          rel="preload"
          href="${urls.asset(`fonts/kuager-${lang === 'en' ? 'latin' : 'cyrillic'}.woff2`, assets)}"
          as="font"
          type="font/woff2"
          crossorigin
        />`

/** Runs after the page is read; a single file has nothing next to it. */
const script = ({ scripts = [], share }: Page, frame: Frame): Markup =>
  frame.medium === 'one-file'
    ? html``
    : html`${[...scripts, ...(share === undefined || frame.medium !== 'live' ? [] : [SHARE_SCRIPT])].map((name) => html`<script defer src="${urls.asset(name, frame.assets)}"></script>`)}`

const SHARE_SCRIPT = 'share.js'

/** Where the script puts its button, first at the foot of a page; without scripts the address is in the browser. */
function shareWay({ lang, share }: Page, frame: Frame): Markup {
  if (share === undefined || frame.medium !== 'live') return html``
  const words = {
    share: say(lang, 'phone.share'),
    copy: say(lang, 'phone.share-copy'),
    copied: say(lang, 'phone.share-copied'),
  }
  return html`<p class="ways share" data-share="${publicUrl(frame, share)}" data-words="${JSON.stringify(words)}"></p>`
}

/** What a messenger shows of a link. Without a public address the card could not be fetched, so then there is none. */
const shared = (
  { title, description, card }: Pick<Page, 'title'> & { readonly description: string; readonly card: string },
  frame: Frame,
): Markup =>
  frame.origin === undefined
    ? html``
    : html`<meta property="og:title" content="${title}" />
        <meta property="og:description" content="${description}" />
        <meta property="og:image" content="${publicUrl(frame, card)}" />
        <meta property="og:image:width" content="1200" />
        <meta property="og:image:height" content="630" />
        <meta name="twitter:card" content="summary_large_image" />`

/** A copy says on its first line how old it is and where fresh pages are. */
const copyLine = (lang: Lang, { madeAt, origin }: Frame): Markup =>
  madeAt === undefined
    ? html``
    : html`<aside class="copy" aria-label="${say(lang, 'page.notice')}">
        <p class="page">
          <b>${say(lang, 'frame.copy-made', { at: formatDateTime(lang, madeAt) })}</b>
          ${origin === undefined ? '' : say(lang, 'frame.copy-live', { address: origin })}
        </p>
      </aside>`

/** A server that only reads and has had nothing new for too long says so first. */
function staleLine(lang: Lang, { asOf }: Frame): Markup {
  const { at, isStale } = asOf?.() ?? { at: 0, isStale: false }
  if (!isStale) return html``
  return html`<aside class="copy" aria-label="${say(lang, 'page.notice')}">
    <p class="page"><b>${say(lang, 'page.stale', { at: formatDateTime(lang, instant(at)) })}</b></p>
  </aside>`
}

/** One line, so that a page is the same as that of the server that writes but for it. */
const asOfLine = (lang: Lang, { asOf }: Frame): Markup =>
  asOf === undefined
    ? html``
    : html`<p class="sm q">${say(lang, 'page.as-of', { at: formatDateTime(lang, asOf().at) })}</p>`

/** Where the same pages are found when this address no longer opens: to be written down before it is needed. */
const elsewhere = (lang: Lang, { mirrors, onion }: Frame): Markup =>
  mirrors.length === 0 && onion === undefined
    ? html``
    : html`<div class="elsewhere">
        <h2>${say(lang, 'frame.elsewhere')}</h2>
        <ul>
          ${mirrors.map((address) => html`<li><a href="${address}" rel="noreferrer">${address}</a></li>`)}
          ${onion === undefined ? '' : html`<li>${say(lang, 'frame.onion')}: <a class="mono" href="${onion}" rel="noreferrer">${onion}</a></li>`}
        </ul>
      </div>`
