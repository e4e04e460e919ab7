import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Letter } from '../../core/letter.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { section } from '../../../web/html/section.ts'
import { letterUrls } from '../urls.ts'
import type { LetterPage } from './layout.ts'
import { letterDay, letterParagraphs } from './letter-text.ts'
import type { LetterView } from './letter-view.ts'
import { confirmed, countedNumber, regions, removed, tiers } from './numbers.ts'

/** The letter itself: to whom, from whom, its words, how many signed and how one knows. */
export function letterPage(lang: Lang, view: LetterView, inLang: (lang: Lang) => string): LetterPage {
  const { letter } = view
  return {
    lang,
    kind: 'plain',
    simulated: letter.simulated,
    inLang,
    letter: letter.id,
    body: html`<article class="open">
        <header class="heads">
          <p class="l">${say(lang, 'letter.to')}</p>
          <ul class="to">
            ${letter.addressees.map((one) => html`<li>${one[lang]}</li>`)}
          </ul>
          <h1>${letter.title[lang]}</h1>
          <p class="short">
            <span>${say(lang, 'letter.counted')}: <b>${formatNumber(lang, view.count?.total ?? 0)}</b></span>
            <span class="q">${say(lang, 'letter.counted.confirmed', { count: confirmed(view) })}</span>
            ${
              view.signing === 'open'
                ? html`<a class="tap" href="${letterUrls.sign(lang, letter.id)}">${say(lang, 'letter.sign')}</a>`
                : ''
            }
          </p>
        </header>
        <div class="words">
          ${letterParagraphs(letter.text[lang])}
          <p class="by"><span class="q">${say(lang, 'letter.by')}</span> <b>${letter.publisher.name[lang]}</b></p>
        </div>
        <aside class="stand" aria-label="${say(lang, 'letter.counted')}">
          ${countedNumber(lang, view)}${act(lang, view)}
        </aside>
      </article>
      ${section('tiers', say(lang, 'letter.tiers'), '', tiers(lang, view))}
      ${section('regions', say(lang, 'letter.regions'), '', regions(lang, view))}
      ${section('removed', say(lang, 'letter.removed'), '', removed(lang, view))}
      ${letter.cites.length === 0 ? '' : section('cites', say(lang, 'letter.cites'), '', cites(lang, letter))}
      ${section('dates', say(lang, 'letter.dates'), '', dates(lang, letter))}
      ${section('versions', say(lang, 'letter.versions'), '', versions(lang, view))}
      ${section('by', say(lang, 'letter.by'), '', publisher(lang, letter))}
      ${section('law', say(lang, 'letter.law'), '', law(lang))}`,
  }
}

/** What can be done today: sign, or why not. */
export function act(lang: Lang, { letter, state, signing }: LetterView): Markup {
  const keys = html`<a class="tap" href="${letterUrls.keys(lang, letter.id)}">${say(lang, 'letter.keys.link')}</a>`
  if (state === 'destroyed') return html`<p class="act">${say(lang, 'letter.destroyed')}</p>`
  switch (signing) {
    case 'open':
      return html`<p class="act">
          <a class="btn first" href="${letterUrls.sign(lang, letter.id)}">${say(lang, 'letter.sign')}</a>
        </p>
        <p>${keys}</p>`
    case 'not-yet':
      return html`<p class="act">${say(lang, 'letter.not-yet', { day: letterDay(lang, letter.opens) })}</p>
        <p>${keys}</p>`
    case 'over':
      return html`<p class="act">${say(lang, 'letter.closed')}</p>
        <p>${keys}</p>`
  }
}

const cites = (lang: Lang, letter: Letter): Markup =>
  html`<ul class="lines">
      ${letter.cites.map(
        ({ url, title }) =>
          html`<li>
            <a href="${url}" rel="noreferrer noopener">${title[lang]}</a>
            <p class="sm q any">${url}</p>
          </li>`,
      )}
    </ul>
    <p class="sm q after">${say(lang, 'letter.cites.about')}</p>`

export const dates = (lang: Lang, letter: Letter): Markup =>
  html`<dl class="pairs">
    ${(['opens', 'closes', 'destroys'] as const).map(
      (name) =>
        html`<div>
          <dt>${say(lang, `letter.${name}`)}</dt>
          <dd>${letterDay(lang, letter[name])}</dd>
        </div>`,
    )}
  </dl>`

function versions(lang: Lang, { letter, sha256, count }: LetterView): Markup {
  const logged = count?.versions ?? []
  const all = logged.some(({ version }) => version === letter.version)
    ? logged
    : [...logged, { version: letter.version, sha256 }]
  return html`<ul class="lines">
      ${all.toReversed().map(
        (one) =>
          html`<li>
            <p>
              <b>${say(lang, 'letter.version', { version: String(one.version) })}</b>
            </p>
            <p class="sm q">${say(lang, 'letter.version.digest')}</p>
            <p class="mono" translate="no">${one.sha256}</p>
            <p>
              <a class="tap" href="${letterUrls.document(letter.id, one.version)}"
                >${say(lang, 'letter.version.file')}</a
              >
            </p>
          </li>`,
      )}
    </ul>
    <p class="sm q after">${say(lang, 'letter.versions.about')}</p>`
}

/** Contacts are text: what is typed into a letter is not a link that a reader should follow unasked. */
const publisher = (lang: Lang, letter: Letter): Markup =>
  html`<p><b>${letter.publisher.name[lang]}</b></p>
    <dl class="pairs">
      ${letter.publisher.contacts.map(
        ({ kind, value }) =>
          html`<div>
            <dt>${say(lang, `letter.contact.${kind}`)}</dt>
            <dd class="any">${value}</dd>
          </div>`,
      )}
    </dl>`

const law = (lang: Lang): Markup =>
  html`<p>${say(lang, 'letter.law.not.paper')} ${say(lang, 'letter.law.not.answer')}</p>
    <p><a class="tap" href="${letterUrls.law(lang)}">${say(lang, 'letter.law')}</a></p>`
