import { html } from 'hono/html'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { titled } from '../../../web/html/prose.ts'
import { letterUrls } from '../urls.ts'
import { letterDay } from './letter-text.ts'
import type { LetterPage } from './layout.ts'
import type { LetterView } from './letter-view.ts'

/** All letters, or that there is none yet. */
export const lettersPage = (lang: Lang, views: readonly LetterView[]): LetterPage => ({
  lang,
  kind: 'plain',
  simulated: views.length > 0 && views.every(({ letter }) => letter.simulated),
  inLang: letterUrls.first,
  body: html`${titled(say(lang, 'letter.all'), say(lang, views.length === 0 ? 'letter.all.none' : 'letter.all.lead'))}
  ${
    views.length === 0
      ? ''
      : html`<ul class="lines all">
          ${views.map(
            ({ letter, count, signing }) =>
              html`<li>
                <h2><a href="${letterUrls.letter(lang, letter.id)}">${letter.title[lang]}</a></h2>
                <p class="q">${say(lang, 'letter.to')}: ${letter.addressees.map((one) => one[lang]).join('; ')}</p>
                <p>
                  <span class="v">${say(lang, 'letter.counted')}: <b>${formatNumber(lang, count?.total ?? 0)}</b></span>
                  <span class="v q"
                    >${
                      signing === 'over'
                        ? say(lang, 'letter.closed')
                        : html`${say(lang, 'letter.closes')}: ${letterDay(lang, letter.closes)}`
                    }</span
                  >
                </p>
              </li>`,
          )}
        </ul>`
  }`,
})
