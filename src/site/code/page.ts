import { crumbs } from '../parts/crumbs.ts'
import { html } from 'hono/html'
import type { Markup } from '../../web/html/markup.ts'
import type { Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { urls } from '../urls.ts'
import type { CodedRevision } from './codes.ts'
import type { Frame } from '../../web/html/frame.ts'
import { tagged, type Page } from '../parts/layout.ts'
import { stateRows, type PlaceRow } from '../place/page/parts.ts'
import { section } from '../../web/html/section.ts'

/** Where a check code led. */
export type CodeView = { readonly typed: string } & (
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'unknown' }
  /** Several revisions with the same forty bits: rare, and told as it is. */
  | { readonly kind: 'several'; readonly revisions: readonly CodedRevision[] }
  /** The one published revision that has the code. */
  | {
      readonly kind: 'revision'
      readonly id: string
      readonly revision: number
      readonly newest: number
      /** What is said first of an incident that was taken back. */
      readonly taken?: { readonly title: string; readonly lines: readonly string[] }
      readonly simulated: boolean
    }
  /** A former state of an episode: the revisions that it had. */
  | { readonly kind: 'episode'; readonly episode: string; readonly revisions: readonly CodedRevision[] }
  | {
      readonly kind: 'service'
      readonly service: string
      readonly serviceName: string
      /** The minute in words. */
      readonly at: string
      readonly asOf: Instant
      /** Whole codes: that of the picture, and that computed from what is known today. */
      readonly today: string
      readonly simulated: boolean
      readonly rows: readonly PlaceRow[]
    }
)

const EXAMPLES = 'K7M4-2Q9X, YOUTUBE-20260305T1610Z-K7M4-2Q9X'

/** The page that a code leads to where it is not the page of a revision itself. */
export function codePage(lang: Lang, view: CodeView): Page {
  return {
    lang,
    title: `${say(lang, 'code.title', { code: view.typed })} · Kuager`,
    simulated: (view.kind === 'service' || view.kind === 'revision') && view.simulated,
    inLang: (other) => urls.code(other, view.typed),
    body: (frame) => html`${crumbs(lang)} ${body(lang, view)} ${form(lang, frame)}`,
  }
}

const heading = (text: string, about: readonly string[]): Markup =>
  html`<div class="ttl">
    <h1>${text}</h1>
    ${about.map((line) => html`<p class="any">${line}</p>`)}
  </div>`

function body(lang: Lang, view: CodeView): Markup {
  const code = say(lang, 'code.title', { code: view.typed })
  switch (view.kind) {
    case 'unreadable':
      return heading(say(lang, 'code.unreadable'), [code])
    case 'unknown':
      return heading(say(lang, 'code.unknown'), [code, say(lang, 'code.unknown-about')])
    case 'several':
      return html`${heading(say(lang, 'code.several'), [code])} ${revisionList(lang, view.revisions)}`
    case 'revision':
      return ofRevision(lang, view)
    case 'episode':
      return html`${heading(say(lang, 'code.episode'), [code, say(lang, 'code.episode-about')])}
        ${revisionList(lang, view.revisions)}
        <p><a class="tap" href="${urls.episode(lang, view.episode)}">${say(lang, 'code.episode-page')}</a></p>`
    case 'service':
      return found(lang, view)
  }
}

/** What a code says, before the page that it leads to: that it is known, of what, and what to compare. */
const ofRevision = (lang: Lang, view: Extract<CodeView, { readonly kind: 'revision' }>): Markup =>
  html`${heading(view.taken?.title ?? say(lang, 'code.revision'), [
      ...(view.taken?.lines ?? []),
      say(lang, 'code.title', { code: view.typed }),
      `${view.id}. ${say(lang, 'card.revision-number', { revision: String(view.revision) })}.`,
      ...(view.newest > view.revision
        ? [say(lang, 'code.revision-older', { newest: String(view.newest) })]
        : view.taken === undefined
          ? [say(lang, 'code.revision-newest')]
          : []),
    ])}
    ${view.taken === undefined ? html`<p>${say(lang, 'code.revision-compare')}</p>` : ''}
    <p>
      <a class="tap" href="${urls.incident(lang, view.id, { revision: String(view.revision) })}"
        >${say(lang, 'code.revision-page')}</a
      >
    </p>`

const revisionList = (lang: Lang, revisions: readonly CodedRevision[]): Markup =>
  html`<ul class="dl">
    ${revisions.map(
      ({ id, revision }) =>
        html`<li>
          <a href="${urls.incident(lang, id, { revision: String(revision) })}"
            >${id}<span>${say(lang, 'card.revision-number', { revision: String(revision) })}</span></a
          >
        </li>`,
    )}
  </ul>`

function found(lang: Lang, view: Extract<CodeView, { readonly kind: 'service' }>): Markup {
  const same = view.today === view.typed
  return html`${heading(say(lang, same ? 'code.same' : 'code.changed'), [
      `${view.serviceName}. ${view.at}.`,
      say(lang, same ? 'code.same-about' : 'code.changed-about'),
    ])}
    <dl class="pairs codes">
      <div>
        <dt>${say(lang, 'code.on-card')}</dt>
        <dd class="any">${view.typed}</dd>
      </div>
      <div>
        <dt>${say(lang, 'code.today')}</dt>
        <dd class="any">${same ? view.typed : html`<a href="${urls.code(lang, view.today)}">${view.today}</a>`}</dd>
      </div>
    </dl>
    ${section(
      'states',
      say(lang, 'code.states'),
      tagged(lang, view.simulated, ''),
      view.rows.length === 0 ? html`<p>${say(lang, 'card.no-data')}</p>` : stateRows(lang, view),
    )}
    <p class="tap">
      <a href="${urls.service(lang, view.service)}">${say(lang, 'code.service-page', { service: view.serviceName })}</a>
    </p>`
}

/** Typing a code asks the server: only a live page has it. */
const form = (lang: Lang, frame: Frame): Markup =>
  section(
    'type',
    say(lang, 'code.form'),
    '',
    html`${
        frame.medium === 'live'
          ? html`<form class="days-form" method="get" action="${urls.plain(lang, 'verify')}">
              <fieldset>
                <legend class="vh">${say(lang, 'code.form')}</legend>
                <label class="wide"
                  >${say(lang, 'card.code')}
                  <input
                    name="code"
                    required
                    maxlength="120"
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                /></label>
                <button class="btn first" type="submit">${say(lang, 'code.find')}</button>
              </fieldset>
            </form>`
          : ''
      }
      <p class="after">${say(lang, 'code.form-about', { examples: EXAMPLES })}</p>
      <p class="after">${say(lang, 'code.about')} ${say(lang, 'code.proves')}</p>`,
  )
