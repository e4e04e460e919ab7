import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { NamedEntry } from '../../core/text/sentence/episode.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Markup } from '../../web/html/markup.ts'
import { section } from '../../web/html/section.ts'
import { entryCards } from '../parts/entry-card.ts'
import type { Page } from '../parts/layout.ts'
import { SEARCH_EXAMPLES, searchForm } from '../parts/search-form.ts'
import { urls } from '../urls.ts'

/** One line of what was found. */
export interface SearchLink {
  readonly href: string
  readonly text: string
  readonly note: string
}

export interface SearchView {
  readonly typed: string
  /** What the words mean exactly, such as a day or a check code; first. */
  readonly exact: readonly SearchLink[]
  readonly links: readonly SearchLink[]
  /** Entries of the day, or of the service or network that fits best. */
  readonly entries: readonly NamedEntry[]
  readonly simulated: boolean
}

/** What a reader looks for, and what exists where nothing is found. */
export const searchPage = (lang: Lang, view: SearchView): Page => ({
  lang,
  title: `${say(lang, 'search.title')} · Kuager`,
  simulated: view.simulated,
  inLang: (other) => urls.search(other, view.typed),
  body: (frame) =>
    html`<div class="ttl"><h1>${say(lang, 'search.title')}</h1></div>
      ${frame.medium === 'live' ? searchForm(lang, view.typed, 'large') : ''} ${found(lang, view)}`,
})

function found(lang: Lang, { typed, exact, links, entries }: SearchView): Markup {
  const all = [...exact, ...links]
  const isEmpty = all.length === 0 && entries.length === 0
  return html`${
    typed === '' || isEmpty
      ? html`<div class="words prose">
          ${typed === '' ? '' : html`<p><b>${say(lang, 'search.none')}</b></p>`}
          <p>${say(lang, 'search.what')}</p>
          <ul class="points">
            ${(['service', 'network', 'day', 'code'] as const).map((kind) => html`<li>${say(lang, `search.what.${kind}`, SEARCH_EXAMPLES)}</li>`)}
          </ul>
        </div>`
      : ''
  }
  ${
    all.length === 0
      ? ''
      : section(
          'found',
          say(lang, 'search.found'),
          '',
          html`<ul class="dl">
            ${all.map(
              ({ href, text, note }) =>
                html`<li>
                  <a href="${href}">${text}<span>${note}</span></a>
                </li>`,
            )}
          </ul>`,
        )
  }
  ${entries.length === 0 ? '' : section('incidents', say(lang, 'incidents.title'), '', entryCards(lang, entries))}`
}
