import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { REGIONS } from '../../../core/model/region.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { section } from '../../../web/html/section.ts'
import { letterUrls } from '../urls.ts'
import { keyTable } from './keys.ts'
import type { LetterPage } from './layout.ts'
import { letterDay, letterParagraphs } from './letter-text.ts'
import type { LetterView } from './letter-view.ts'
import { titled } from '../../../web/html/prose.ts'
import { signedHere } from './own.ts'

/** What is wrong with a form that came back, each named by its field. */
export const WRONG_FIELDS = ['name', 'region', 'mail', 'comment', 'consent'] as const
export type WrongField = (typeof WRONG_FIELDS)[number]
/** Why it came back although no field is to be corrected. */
export type SignFormWord = 'early' | 'changed' | 'busy' | 'many' | 'foreign' | 'broken' | 'fault'

/** What a person typed, given back where the form could not be taken: nothing typed is lost. */
export interface Typed {
  readonly name: string
  readonly region: string
  readonly mail: string
  readonly comment: string
  readonly show: boolean
  readonly keep: boolean
  readonly consent: boolean
}
export const NOTHING_TYPED: Typed = {
  name: '',
  region: '',
  mail: '',
  comment: '',
  show: false,
  keep: false,
  consent: false,
}

export interface SignFormView {
  readonly view: LetterView
  readonly typed: Typed
  readonly wrong: readonly WrongField[]
  readonly word?: SignFormWord | undefined
  /** Seconds until it is worth another try. */
  readonly wait?: number | undefined
  /** Says when the form was shown; not of whom. */
  readonly ticket: string
  /** Whether the service sends mails: without them the form without scripts takes nothing. */
  readonly takesMail: boolean
}

/**
 * The form of signing. As it comes it is sent to the server, which seals; the script of the page makes another of it,
 * which seals here (browser/letter/). `data-when` says in which of the two a part is shown.
 */
export function signPage(lang: Lang, form: SignFormView): LetterPage {
  const { letter, sha256 } = form.view
  return {
    lang,
    kind: 'own',
    simulated: letter.simulated,
    inLang: (other) => letterUrls.sign(other, letter.id),
    letter: letter.id,
    seals: true,
    body: html`<div
      data-sign="${letter.id}"
      data-version="${letter.version}"
      data-digest="${sha256}"
      data-document="${letterUrls.document(letter.id, letter.version)}"
      data-lang="${lang}"
      data-words="${JSON.stringify(toolWords(lang))}"
    >
      <div data-before>
        ${titled(say(lang, 'letter.form.title'), letter.title[lang])}
        <div class="sec side">
          <div class="head">
            <p class="notice" data-when="here" hidden>${say(lang, 'letter.form.lead')}</p>
            <p class="notice" data-when="there">
              ${say(lang, form.takesMail ? 'letter.form.lead-server' : 'letter.form.lead-none')}
            </p>
          </div>
          <div>${toldFirst(lang, form)} ${fields(lang, form)}</div>
        </div>
        ${section('what', say(lang, 'letter.form.what'), '', what(lang, form))}
        ${section(
          'keys',
          say(lang, 'letter.form.keys'),
          '',
          html`<p>${say(lang, 'letter.form.keys-about')}</p>
            ${keyTable(lang, form.view)}`,
        )}
        <p class="back"><a class="tap" href="${letterUrls.letter(lang, letter.id)}">${say(lang, 'letter.back')}</a></p>
      </div>
      <div data-done hidden>${signedHere(lang)}</div>
    </div>`,
  }
}

/** Said first and focused when the form comes back: why, and what is wrong, each with the way to its field. */
const toldFirst = (lang: Lang, { wrong, word, wait = 0 }: SignFormView): Markup | '' =>
  wrong.length === 0 && word === undefined
    ? ''
    : html`<div class="wrongs" role="alert" tabindex="-1" autofocus>
        ${word === undefined ? '' : html`<p>${say(lang, `letter.wrong.${word}`, { seconds: wait })}</p>`}
        ${
          wrong.length === 0
            ? ''
            : html`<p><b>${say(lang, 'letter.wrong')}</b></p>
                <ul>
                  ${wrong.map((one) => html`<li><a href="#${idOf(one)}">${say(lang, `letter.wrong.${one}`)}</a></li>`)}
                </ul>`
        }
      </div>`

const idOf = (field: string): string => `s-${field}`

type Wrong = SignFormView['wrong']

/** A field with what is wrong said at it: above what is filled in, and marked along its whole height. */
const field = (lang: Lang, name: WrongField, { wrong, above, below }: { wrong: Wrong; above: Markup; below: Markup }) =>
  html`<div class="${wrong.includes(name) ? 'field amiss' : 'field'}">
    ${above}
    ${wrong.includes(name) ? html`<p class="bad" id="${idOf(name)}-e">${say(lang, `letter.wrong.${name}`)}</p>` : ''}
    ${below}
  </div>`

/** Ties what is filled in to the sentences about it. */
function told(wrong: Wrong, name: WrongField, ...about: readonly string[]): Markup {
  const isWrong = wrong.includes(name)
  const ids = [...(isWrong ? [`${idOf(name)}-e`] : []), ...about].join(' ')
  return html`${isWrong ? html`aria-invalid="true"` : ''} ${ids === '' ? '' : html`aria-describedby="${ids}"`}`
}

function fields(lang: Lang, { view, typed, wrong, ticket, takesMail }: SignFormView): Markup {
  const { letter } = view
  return html`<form class="form" method="post" action="${letterUrls.sign(lang, letter.id)}" autocomplete="off">
    <input type="hidden" name="version" value="${letter.version}" />
    <input type="hidden" name="ticket" value="${ticket}" />
    ${field(lang, 'name', {
      wrong,
      above: html`<label for="s-name">${say(lang, 'letter.form.name')}</label>
        <p id="s-name-about" class="hint">${say(lang, 'letter.form.name-about')}</p>`,
      below: html`<input
        id="s-name"
        name="name"
        required
        minlength="2"
        pattern="\\s*\\S.*\\S\\s*"
        maxlength="120"
        value="${typed.name}"
        autocomplete="off"
        spellcheck="false"
        ${told(wrong, 'name', 's-name-about')}
      />`,
    })}
    ${field(lang, 'region', {
      wrong,
      above: html`<label for="s-region">${say(lang, 'letter.form.region')}</label>`,
      below: html`<select id="s-region" name="region" required ${told(wrong, 'region')}>
        <option value="">${say(lang, 'letter.form.region-choose')}</option>
        ${REGIONS.map((region) =>
          region === typed.region
            ? html`<option value="${region}" selected>${say(lang, `region.${region}`)}</option>`
            : html`<option value="${region}">${say(lang, `region.${region}`)}</option>`,
        )}
      </select>`,
    })}
    ${takesMail ? mailField(lang, typed, wrong) : ''}
    ${field(lang, 'comment', {
      wrong,
      above: html`<label for="s-comment">${say(lang, 'letter.form.comment')}</label>
        <p id="s-comment-about" class="hint">${say(lang, 'letter.form.comment-about')}</p>`,
      below: html`<textarea
        id="s-comment"
        name="comment"
        rows="3"
        maxlength="600"
        autocomplete="off"
        ${told(wrong, 'comment', 's-comment-about')}
      >
${typed.comment}</textarea>`,
    })}
    <div class="field">${tick({ lang, name: 'show', on: typed.show })}</div>
    ${field(lang, 'consent', {
      wrong,
      above: html`<p><b>${say(lang, 'letter.form.consent-text')}</b></p>
        <div class="consent">${letterParagraphs(letter.consent.text[lang])}</div>`,
      below: html`<p class="tick">
        <input
          type="checkbox"
          id="s-consent"
          name="consent"
          value="yes"
          required
          ${told(wrong, 'consent')}
          ${typed.consent ? 'checked' : ''}
        />
        <label for="s-consent">${say(lang, 'letter.form.consent')}</label>
      </p>`,
    })}
    <div class="vh" aria-hidden="true">
      <label for="s-url">${say(lang, 'letter.form.trap')}</label>
      <input id="s-url" name="url" tabindex="-1" autocomplete="off" />
    </div>
    <p class="ways">
      <button type="submit" class="btn first">${say(lang, 'letter.sign')}</button>
      <a class="tap" href="${letterUrls.safety(lang)}">${say(lang, 'letter.safety.link')}</a>
    </p>
    ${warning(lang)}
    <p class="told" role="status" data-told></p>
    <button type="button" class="btn stop" data-stop hidden>${say(lang, 'letter.tool.stop')}</button>
  </form>`
}

/** What is asked of a mailbox: needed where the server seals, else as one likes. */
const mailField = (lang: Lang, typed: Typed, wrong: Wrong): Markup =>
  html`${field(lang, 'mail', {
    wrong,
    above: html`<label for="s-mail"
        ><span data-when="there">${say(lang, 'letter.form.mail-needed')}</span
        ><span data-when="here" hidden>${say(lang, 'letter.form.mail')}</span></label
      >
      <p id="s-mail-about" class="hint">${say(lang, 'letter.form.mail-about')}</p>
      <p id="s-mail-home" class="sm">${say(lang, 'letter.form.mail-home')}</p>`,
    below: html`<input
        id="s-mail"
        name="mail"
        type="email"
        required
        maxlength="254"
        value="${typed.mail}"
        autocomplete="off"
        spellcheck="false"
        ${told(wrong, 'mail', 's-mail-about', 's-mail-home')}
      />
      ${tick({ lang, name: 'keep', on: typed.keep })}`,
  })}`

/** Shown where a mailbox may be read by others, before anything is sent: the way without one comes first. */
const warning = (lang: Lang): Markup =>
  html`<div class="warned" role="alert" data-warning hidden>
    <p>${say(lang, 'letter.form.mail-home')}</p>
    <p class="ways">
      <button type="button" class="btn first" data-way="without">${say(lang, 'letter.tool.without')}</button>
      <button type="button" class="btn" data-way="with">${say(lang, 'letter.tool.with')}</button>
    </p>
  </div>`

/** What the script says while it works: values are put into the braces there. */
const TOOL = [
  'working',
  'tries',
  'sealing',
  'sending',
  'stopped',
  'offline',
  'unsure',
  'busy',
  'closed',
  'changed',
] as const
const TOOL_WRONG = ['refused', 'mail', 'keys', 'fault'] as const

const toolWords = (lang: Lang): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...TOOL, ...TOOL_WRONG].map((word) => [
      word,
      say(lang, `letter.tool.${word}`, { count: '{count}', seconds: '{seconds}' }),
    ]),
  )

const tick = ({ lang, name, on }: { lang: Lang; name: 'show' | 'keep'; on: boolean }): Markup =>
  html`<p class="tick">
    <input
      type="checkbox"
      id="s-${name}"
      name="${name}"
      value="yes"
      aria-describedby="s-${name}-about"
      ${on ? 'checked' : ''}
    />
    <label for="s-${name}">${say(lang, `letter.form.${name}`)}</label>
    <span id="s-${name}-about" class="hint">${say(lang, `letter.form.${name}-about`)}</span>
  </p>`

const what = (lang: Lang, { view: { letter }, takesMail }: SignFormView): Markup =>
  html`<ul class="points">
    <li data-when="here" hidden>${say(lang, 'letter.form.what.sealed')}</li>
    ${takesMail ? html`<li data-when="there">${say(lang, 'letter.form.lead-server')}</li>` : ''}
    <li>${say(lang, 'letter.form.what.server')}</li>
    ${takesMail ? html`<li>${say(lang, 'letter.form.what.mail')}</li>` : ''}
    <li>${say(lang, 'letter.form.what.end', { day: letterDay(lang, letter.destroys) })}</li>
  </ul>`
