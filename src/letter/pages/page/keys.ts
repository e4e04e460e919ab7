import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { say } from '../../../core/text/format.ts'
import { LANGS, type Lang } from '../../../core/text/lang.ts'
import { points, titled } from '../../../web/html/prose.ts'
import { section } from '../../../web/html/section.ts'
import { letterUrls } from '../urls.ts'
import type { LetterPage } from './layout.ts'
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
    <p class="sm q after">
      ${LANGS.map(
        (other, at) =>
          html`${at === 0 ? '' : ' · '}<span lang="${other}">${say(other, 'letter.keys.fingerprint')}</span>`,
      )}:
    </p>
    ${layers.map(
      (layer, index) =>
        html`${layers.length > 1 ? html`<h3 class="group">${say(lang, 'letter.keys.group', { number: String(index + 1) })}</h3>` : ''}
          <ul class="lines keys">
            ${layer.map((key) => keyLine(lang, key, index))}
          </ul>`,
    )}`

const keyLine = (lang: Lang, { holder, fingerprint, recipient }: ShownKey, layer: number): Markup =>
  html`<li>
    ${namesOf(lang, holder)}
    <p class="print" translate="no">${halves(fingerprint)}</p>
    <details class="tab">
      <summary>${say(lang, 'letter.keys.recipient')}</summary>
      <p class="mono" translate="no" data-recipient="${layer}">${recipient}</p>
    </details>
  </li>`

/** Groups of a fingerprint, so that a narrow window breaks it in the middle and nowhere else. */
function halves(fingerprint: string): Markup {
  const groups = fingerprint.split(' ')
  const half = Math.ceil(groups.length / 2)
  return html`<span class="nw">${groups.slice(0, half).join(' ')}</span>
    <span class="nw">${groups.slice(half).join(' ')}</span>`
}

/** The holder in three languages, the reader's first: the same line is compared by readers of all three. */
function namesOf(lang: Lang, holder: ShownKey['holder']): Markup {
  const others = LANGS.filter((other, at) => {
    const isNew = LANGS.slice(0, at).every((before) => before === lang || holder[before] !== holder[other])
    return other !== lang && holder[other] !== holder[lang] && isNew
  })
  return html`<p><b>${holder[lang]}</b></p>
    ${
      others.length === 0
        ? ''
        : html`<p class="sm q">
            ${others.map((other, at) => html`${at === 0 ? '' : ' · '}<span lang="${other}">${holder[other]}</span>`)}
          </p>`
    }`
}
