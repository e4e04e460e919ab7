import { html } from 'hono/html'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { fold } from '../../../web/html/fold.ts'
import { parts, points, titled } from '../../../web/html/prose.ts'
import { letterUrls } from '../urls.ts'
import type { LetterPage } from './layout.ts'
import type { LetterView } from './letter-view.ts'

/** What a letter is in law, what it is not, and a second step that leads elsewhere. */
export const lawPage = (lang: Lang, views: readonly LetterView[]): LetterPage => ({
  lang,
  kind: 'plain',
  simulated: false,
  inLang: letterUrls.law,
  body: html`${titled(say(lang, 'letter.law'), say(lang, 'letter.law.lead'))}
  ${parts(lang, [
    { id: 'is', heading: 'letter.law.is', body: points(lang, ['letter.law.is.letter', 'letter.law.is.who']) },
    {
      id: 'not',
      heading: 'letter.law.not',
      body: points(lang, ['letter.law.not.paper', 'letter.law.not.answer', 'letter.law.not.checked']),
    },
    {
      id: 'second',
      heading: 'letter.law.second',
      body: html`${points(lang, ['letter.law.second.portal', 'letter.law.second.other'])}
      ${
        views.length === 0
          ? ''
          : html`<p>${say(lang, 'letter.law.second.copy')}</p>
              ${views.map(({ letter }) =>
                fold(
                  letter.title[lang],
                  html`<pre class="copying" tabindex="0">
${letter.title[lang]}

${letter.text[lang]}</pre>`,
                ),
              )}`
      }`,
    },
    {
      id: 'data',
      heading: 'letter.law.data',
      body: points(lang, [
        'letter.law.data.purpose',
        'letter.law.data.answers',
        'letter.law.data.withdraw',
        'letter.law.data.end',
      ]),
    },
  ])}`,
})
