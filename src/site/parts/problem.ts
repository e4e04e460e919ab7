import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { urls } from '../urls.ts'
import type { Page } from './layout.ts'

/** A page that cannot be shown: what happened, in the reader's language, and the way back. */
export interface ProblemView {
  readonly heading: string
  readonly lines: readonly string[]
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
      <p class="back"><a class="btn" href="${urls.first(lang)}">${say(lang, 'problem.back')}</a></p>`,
})
