import { html, raw } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Markup } from '../../web/html/markup.ts'

const CROSS = raw(
  '<svg viewBox="0 0 18 18" aria-hidden="true" focusable="false"><path d="M3 3l12 12M15 3L3 15"></path></svg>',
)

const crossed = (list: readonly string[]): Markup =>
  html`<ul>
    ${list.map((sentence) => html`<li>${CROSS}<span>${sentence}</span></li>`)}
  </ul>`

/** Sentences not to be written that are open on a phone. */
const MOST_NEVER = 2

/** What the measurements do not allow anyone to write, next to a text to copy. */
export function renderNever(lang: Lang, never: readonly string[]): Markup {
  // A single one is never folded away.
  const shown = never.length <= MOST_NEVER + 1 ? never.length : MOST_NEVER
  return html`<div class="not">
    <h3>${say(lang, 'incident.do-not')}</h3>
    ${crossed(never.slice(0, shown))}
    ${
      never.length === shown
        ? ''
        : html`<details class="tab every">
            <summary>${say(lang, 'incident.do-not-more', { count: never.length - shown })}</summary>
            ${crossed(never.slice(shown))}
          </details>`
    }
  </div>`
}
