import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Markup } from '../../web/html/markup.ts'
import { urls } from '../urls.ts'

/** Examples of what may be typed. */
export const SEARCH_EXAMPLES = { service: 'Telegram', network: 'AS9198', site: 'www.youtube.com', code: 'K7M4-2Q9X' }

/** Letters that are read at most. */
export const MOST_TYPED = 100

/**
 * A field for what a reader looks for: `small` in the head of every page in a wide window, `foot` above the menu in a
 * narrow one, `large` on the page of the search itself.
 */
export const searchForm = (lang: Lang, typed: string, size: 'small' | 'foot' | 'large'): Markup =>
  html`<form
    class="search ${size}"
    method="get"
    action="${urls.search(lang)}"
    role="search"
    ${size === 'large' ? html` aria-label="${say(lang, 'search.title')}"` : ''}
  >
    <label class="vh" for="q-${size}">${say(lang, 'search.title')}</label>
    <input
      type="search"
      name="q"
      id="q-${size}"
      value="${typed}"
      maxlength="${MOST_TYPED}"
      placeholder="${size === 'small' ? say(lang, 'search.title') : say(lang, 'search.placeholder', SEARCH_EXAMPLES)}"
      autocomplete="off"
    />
    <button class="btn${size === 'large' ? ' first' : ''}" type="submit">${say(lang, 'search.button')}</button>
  </form>`
