import { html } from 'hono/html'
import type { Source } from '../../model/record.ts'
import { say } from '../../text/format.ts'
import type { Lang } from '../../text/lang.ts'
import { formatMoment } from '../../text/moment.ts'
import type { Markup } from './mark.ts'

/** A source with its link and what is weak about it. Links leave without telling where the reader came from. */
export function sourceLine(lang: Lang, source: Source): Markup {
  const { url, title, published, archived, checked } = source
  const name =
    url === undefined ? html`${title}` : html`<a href="${url}" rel="noreferrer noopener external">${title}</a>`
  const copy =
    archived === undefined
      ? ''
      : /^https?:/.test(archived)
        ? html`, <a href="${archived}" rel="noreferrer noopener external">${say(lang, 'claims.source-archived')}</a>`
        : html`, ${say(lang, 'claims.source-archived')}: <span class="mono">${archived}</span>`
  return html`${name}${published === undefined ? '' : `, ${formatMoment(lang, published)}`}${copy}${
    checked ? '' : html` <span class="unread">(${say(lang, 'claims.source-unchecked')})</span>`
  }`
}
