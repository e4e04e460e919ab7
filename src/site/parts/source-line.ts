import { html } from 'hono/html'
import type { Markup } from '../../web/html/markup.ts'
import type { Source } from '../../core/model/tables/record.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatMoment } from '../../core/text/moment.ts'

/** A source with its link, its day and its copy; what is weak about it follows it. */
export function sourceLine(lang: Lang, { url, title, published, archived, checked }: Source): Markup {
  const name = url === undefined ? html`${title}` : outside(url, title)
  const copy =
    archived === undefined
      ? ''
      : /^https?:/.test(archived)
        ? html`, ${outside(archived, say(lang, 'claims.source-archived'))}`
        : html`, ${say(lang, 'claims.source-archived')}: <span class="mono">${archived}</span>`
  const weak = [
    ...(url === undefined && !checked ? [say(lang, 'claims.source-unknown')] : []),
    ...(checked ? [] : [say(lang, 'claims.source-unchecked')]),
  ]
  return html`${name}${published === undefined ? '' : `, ${formatMoment(lang, published)}`}${copy}${
    weak.length === 0 ? '' : ` (${weak.join('; ')})`
  }`
}

/** A link to another site, which does not learn where the reader came from. */
export const outside = (url: string, words: string): Markup =>
  html`<a href="${url}" rel="noreferrer noopener external">${words}</a>`
