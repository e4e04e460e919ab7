import { html } from 'hono/html'
import { say } from '../../text/format.ts'
import { LANGS, type Lang } from '../../text/lang.ts'
import type { Markup } from '../../site/pages/mark.ts'
import { points, titled } from '../../site/pages/prose.ts'
import { section } from '../../site/pages/section.ts'
import { letterUrls } from '../letter-urls.ts'
import type { LetterPage } from './letter-page.ts'
import type { LetterView, ShownKey } from './letter-view.ts'

/** Who can open what was sealed, with what is compared before signing. */
export const keysPage = (lang: Lang, view: LetterView): LetterPage => ({
  lang,
  kind: 'plain',
  simulated: view.letter.simulated,
  inLang: (other) => letterUrls.keys(other, view.letter.id),
  letter: view.letter.id,
  body: html`${titled(say(lang, 'letter.keys.title'), say(lang, 'letter.keys.lead'))}
    ${section('holders', say(lang, 'letter.keys.holder'), '', keyTable(lang, view))}
    ${section(
      'compare',
      say(lang, 'letter.keys.compare'),
      '',
      points(lang, ['letter.keys.compare.print', 'letter.keys.compare.make', 'letter.keys.compare.seized']),
    )}
    <p class="back">
      <a class="tap" href="${letterUrls.letter(lang, view.letter.id)}">${say(lang, 'letter.back')}</a>
    </p>`,
})

/** Holders with their fingerprints; the whole keys are folded away, and are what the script of the form compares. */
export const keyTable = (lang: Lang, { layers }: LetterView): Markup =>
  html`<p class="after">${say(lang, layers.length > 1 ? 'letter.keys.together' : 'letter.keys.any')}</p>
    ${layers.map(
      (layer, index) =>
        html`${layers.length > 1 ? html`<h3 class="group">${say(lang, 'letter.keys.group', { number: String(index + 1) })}</h3>` : ''}
          <ul class="lines keys">
            ${layer.map((key) => keyLine(lang, key, index))}
          </ul>`,
    )}`

const keyLine = (lang: Lang, { holder, fingerprint, recipient }: ShownKey, layer: number): Markup =>
  html`<li>
    <p>${namesOf(lang, holder)}</p>
    <p class="sm q">
      ${LANGS.map(
        (other, at) =>
          html`${at === 0 ? '' : ' · '}<span lang="${other}">${say(other, 'letter.keys.fingerprint')}</span>`,
      )}
    </p>
    <p class="print" translate="no">${fingerprint}</p>
    <details class="tab">
      <summary>${say(lang, 'letter.keys.recipient')}</summary>
      <p class="mono" translate="no" data-recipient="${layer}">${recipient}</p>
    </details>
  </li>`

/** The holder in three languages, the reader's first: the same line is compared by readers of all three. */
function namesOf(lang: Lang, holder: ShownKey['holder']): Markup {
  const names = [lang, ...LANGS.filter((other) => other !== lang)]
  return html`${names.map((other, at) =>
    at === 0
      ? html`<b lang="${other}">${holder[other]}</b>`
      : holder[other] === holder[lang]
        ? ''
        : html` · <span class="q" lang="${other}">${holder[other]}</span>`,
  )}`
}
