import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { urls } from '../urls.ts'
import { section } from '../../web/html/section.ts'
import type { Markup } from '../../web/html/markup.ts'
import type { Page } from './layout.ts'

/** A page that a reader of a missing address may have wanted. */
export interface Suggestion {
  readonly href: string
  readonly text: string
}

/** A page that cannot be shown: what happened, in the reader's language, and the way back. */
export interface ProblemView {
  readonly heading: string
  readonly lines: readonly string[]
  /** Pages that were perhaps meant; absent: nothing is suggested. */
  readonly suggestions?: readonly Suggestion[]
}

/** Page for 400, 404, 410 and 500. It says nothing of the request but what the view holds, so nothing is echoed. */
export const problemPage = (lang: Lang, view: ProblemView): Page => ({
  lang,
  title: `${view.heading} · Kuager`,
  simulated: false,
  inLang: (other) => urls.first(other),
  body: () =>
    html`<div class="ttl">
        <h1>${view.heading}</h1>
        ${view.lines.map((line) => html`<p>${line}</p>`)}
      </div>
      ${suggestions(lang, view)}
      <p class="back"><a class="btn" href="${urls.first(lang)}">${say(lang, 'problem.back')}</a></p>`,
})

/** Pages of the site that lead on from nowhere: those that were perhaps meant, and those that list everything. */
function suggestions(lang: Lang, { suggestions: found }: ProblemView): Markup {
  if (found === undefined) return html``
  const link = (href: string, text: string): Markup => html`<li><a class="tap" href="${href}">${text}</a></li>`
  return html`${
    found.length === 0
      ? ''
      : section(
          'meant',
          say(lang, 'problem.meant'),
          '',
          html`<ul class="plain">
            ${found.map(({ href, text }) => link(href, text))}
          </ul>`,
        )
  }
  ${section(
    'lists',
    say(lang, 'problem.lists'),
    '',
    html`<ul class="plain">
      ${link(urls.incidents(lang), say(lang, 'menu.incidents'))} ${link(urls.matrix(lang), say(lang, 'first.matrix'))}
      ${link(urls.check(lang), say(lang, 'check.title'))} ${link(urls.plain(lang, 'verify'), say(lang, 'menu.verify'))}
    </ul>`,
  )}`
}
