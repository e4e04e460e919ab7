import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Markup } from '../../web/html/markup.ts'
import { urls } from '../urls.ts'

/** A page that another one leads to, by its name. */
export interface NamedPage {
  readonly href: string
  readonly text: string
}

/** The way back from a page below the first level: pages above it, the farthest first. */
export const crumbs = (lang: Lang, above: readonly NamedPage[] = [homePage(lang)]): Markup =>
  html`<nav
    class="crumb"
    aria-label="${say(lang, 'page.crumbs')}"
    itemscope
    itemtype="https://schema.org/BreadcrumbList"
  >
    ${above.map(
      ({ href, text }, index) =>
        html`<span itemprop="itemListElement" itemscope itemtype="https://schema.org/ListItem"
          ><a itemprop="item" href="${href}"><span itemprop="name">${text}</span></a
          ><meta itemprop="position" content="${String(index + 1)}"
        /></span> `,
    )}
  </nav>`

/** The first screen, from which every way begins. */
export const homePage = (lang: Lang): NamedPage => ({ href: urls.first(lang), text: say(lang, 'page.home') })

/** Pages about the same as a page, for its end; a copy answers no question, and has only pages without one. */
export const related = (lang: Lang, pages: readonly NamedPage[], { medium }: { readonly medium: string }): Markup => {
  const shown = medium === 'live' ? pages : pages.filter(({ href }) => !href.includes('?'))
  return shown.length === 0
    ? html``
    : html`<nav class="related" aria-labelledby="related">
        <h2 id="related">${say(lang, 'page.related')}</h2>
        <ul>
          ${shown.map(({ href, text }) => html`<li><a href="${href}">${text}</a></li>`)}
        </ul>
      </nav>`
}
