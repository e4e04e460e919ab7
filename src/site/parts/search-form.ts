import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Markup } from '../../web/html/markup.ts'
import { urls } from '../urls.ts'

/** Letters that are read at most. */
export const MOST_TYPED = 100

/**
 * A field for what a reader looks for: `small` in the head of every page in a wide window, `foot` above the menu in a
 * narrow one, `large` on the page of the search itself.
 */
export const searchForm = (lang: Lang, typed: string, size: 'small' | 'foot' | 'large'): Markup =>
  html`<form class="search ${size}" method="get" action="${urls.search(lang)}" role="search">
    <label class="vh" for="q-${size}">${say(lang, 'search.title')}</label>
    <input
      type="search"
      name="q"
      id="q-${size}"
      value="${typed}"
      maxlength="${MOST_TYPED}"
      placeholder="${say(lang, size === 'small' ? 'search.title' : 'search.placeholder')}"
      autocomplete="off"
    />
    <button class="btn${size === 'large' ? ' first' : ''}" type="submit">${say(lang, 'search.button')}</button>
  </form>`
