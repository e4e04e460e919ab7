import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { formatInstantUtc, type Instant } from '../../../core/model/units.ts'
import { itemSentence } from '../../../core/text/sentence/cause.ts'
import { itemsAgainst, verdictLine } from '../../../core/text/sentence/incident-verdict.ts'
import { say } from '../../../core/text/format.ts'
import {
  againstSentences,
  dateText,
  edgesText,
  headline,
  networkText,
  type NamedIncident,
} from '../../../core/text/sentence/incident.ts'
import { LANG_NAMES, type Lang } from '../../../core/text/lang.ts'
import { formatClock, formatDate, formatDateTime } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import { fold } from '../../../web/html/fold.ts'
import { publicUrl, type Frame } from '../../../web/html/frame.ts'
import { incidentMark } from '../../incident/page/shown.ts'
import { simulatedLine, simulatedTag } from '../../parts/layout.ts'
import { mark, MARK_SYMBOLS, type MarkName } from '../../parts/mark.ts'
import { strips, type StripView } from '../../parts/strips.ts'
import { ONE_FILE_BY_HAND } from '../../verify/page/verify.ts'

/** One service with its networks by what is seen there now, the worst first; `more` are those that are not named. */
export interface OneFileService {
  readonly name: string
  readonly states: readonly {
    readonly state: MarkName
    readonly networks: readonly string[]
    readonly more: number
  }[]
}

/** Today on one page. */
export interface OneFileView {
  readonly madeAt: Instant
  /** The present that the states speak of. */
  readonly asOf: Instant
  readonly simulated: boolean
  readonly services: readonly OneFileService[]
  /** How many more services there are. */
  readonly servicesLeft: number
  readonly running: readonly NamedIncident[]
  /** Nothing was measured in the three hours before: whether something continues is not known. */
  readonly silent: boolean
  /** Finished ones of the last days, newest first, and how many more there were. */
  readonly finished: readonly NamedIncident[]
  readonly left: number
  readonly days: number
}

export interface OneFileLang {
  readonly lang: Lang
  readonly view: OneFileView
  readonly strips: readonly StripView[]
}

const MOST_AGAINST = 2

/**
 * The content between the tags of the body: everything but style, script and note, so that these can be made to fit.
 */
export const oneFileBody = (parts: readonly OneFileLang[], frame: Frame): Markup =>
  html`${fileTop(parts.map(({ lang }) => lang))}
  ${parts.map((part, index) => oneLang(part, { frame, first: index === 0 }))}`

/** The head of a page that is one file; leads to its part in each language. */
export const fileTop = (langs: readonly Lang[]): Markup =>
  html`${MARK_SYMBOLS}
    <header class="top">
      <div class="page">
        <span class="brand"
          ><svg viewBox="0 0 22 22" aria-hidden="true" focusable="false">
            <path d="M7 3H2.5v16H7M15 3h4.5v16H15M11 1v20"></path></svg
          >Kuager</span
        >
        ${langs.length < 2 ? '' : langLinks(langs)}
      </div>
    </header>`

const langLinks = (langs: readonly Lang[]): Markup =>
  html`<nav class="langs" aria-label="${langs.map((lang) => say(lang, 'page.language')).join(' · ')}">
    ${langs.map((lang) => html`<a href="#${lang}" lang="${lang}" hreflang="${lang}" title="${LANG_NAMES[lang].name}">${LANG_NAMES[lang].short}</a>`)}
  </nav>`

function oneLang(
  { lang, view, strips: days }: OneFileLang,
  { frame, first }: { frame: Frame; first: boolean },
): Markup {
  const { madeAt, running, finished, simulated } = view
  return html`<div class="onelang${first ? ' onefirst' : ''}" id="${lang}" lang="${lang}">
    ${simulated ? simulatedLine(lang) : ''}
    <main class="page">
      <div class="ttl made">
        <h1>
          <span class="l">${say(lang, 'copy.one-made')}</span>
          <span class="b">${formatClock(madeAt)}</span>
          <span class="on">${formatDate(lang, madeAt)} (${say(lang, 'copy.one-zone')})</span>
        </h1>
        <p
          class="age"
          data-made="${formatInstantUtc(madeAt)}"
          data-age="${say(lang, 'copy.age', { days: '{d}', hours: '{h}' })}"
          data-old="${say(lang, 'copy.one-old')}"
        >
          ${say(lang, 'copy.one-fresh')}
        </p>
      </div>
      ${part(say(lang, 'copy.one-now'), say(lang, 'copy.one-now-about', { at: formatDateTime(lang, view.asOf) }), services(lang, view))}
      ${part(
        say(lang, 'incidents.running'),
        '',
        running.length === 0
          ? html`<p>${say(lang, view.silent ? 'edition.silent' : 'incidents.none-running')}</p>`
          : html`<ul class="rows inc">
              ${running.map((one) => line(lang, one))}
            </ul>`,
      )}
      ${days.length === 0 ? '' : part(say(lang, 'board.days'), say(lang, 'board.days-all'), strips(lang, days))}
      ${part(
        say(lang, 'copy.one-finished', { days: view.days }),
        '',
        html`${
          finished.length === 0
            ? html`<p>${say(lang, 'incidents.none')}</p>`
            : html`<ul class="rows inc">
                ${finished.map((one) => line(lang, one))}
              </ul>`
        }
        ${view.left === 0 ? '' : html`<p class="sm q">${say(lang, 'copy.more', { count: view.left })}</p>`}`,
      )}
      ${part(say(lang, 'copy.one-check'), '', check(lang, frame))}
      <p class="sm q">${say(lang, 'page.foot')}</p>
    </main>
  </div>`
}

const part = (title: string, about: string, content: Markup): Markup =>
  html`<section class="sec side">
    <div class="head">
      <h2>${title}</h2>
      ${about === '' ? '' : html`<p>${about}</p>`}
    </div>
    <div>${content}</div>
  </section>`

/**
 * Services of which anything is known, one by one; the others in one line, so that a reader has not to pass them all.
 */
function services(lang: Lang, view: OneFileView): Markup {
  const isKnown = ({ states }: OneFileService): boolean => states.some(({ state }) => state !== 'none')
  const more = (count: number): string => say(lang, 'copy.more', { count })
  const words = (state: MarkName, names: readonly string[], left = 0): string =>
    say(lang, 'copy.one-state', {
      state: say(lang, `board.state.${state}`),
      networks: [...names, ...(left === 0 ? [] : [more(left)])].join(', '),
    })
  const unknown = view.services.filter((one) => !isKnown(one)).map(({ name }) => name)
  return html`<ul class="rows now">
      ${view.services.filter(isKnown).map(
        ({ name, states }) =>
          html`<li>
            ${mark(states[0]?.state ?? 'none')}
            <div>
              <b>${name}</b>
              ${states.map((one) => html`<p class="sm">${words(one.state, one.networks, one.more)}</p>`)}
            </div>
          </li>`,
      )}
      ${
        unknown.length === 0
          ? ''
          : html`<li>
              ${mark('none')}
              <div>${words('none', unknown)}</div>
            </li>`
      }
    </ul>
    ${view.servicesLeft === 0 ? '' : html`<p class="sm q">${more(view.servicesLeft)}</p>`}`
}

function line(lang: Lang, named: NamedIncident): Markup {
  const { incident } = named
  const { start, end } = edgesText(lang, incident)
  const time = ({ value, interval }: typeof start): string =>
    interval === undefined ? value : say(lang, 'incident.interval', { value, interval })
  const items = itemsAgainst(incident.cause).map((item) => itemSentence(lang, item))
  const against = [...items, ...againstSentences(lang, incident)].slice(0, MOST_AGAINST)
  return html`<li>
    <div class="st">
      ${mark(incidentMark(incident))}<a href="${urls.incident(lang, incident.id)}"><b>${headline(lang, named)}</b></a>
    </div>
    <p class="edges">
      <span
        ><span class="v">${say(lang, 'incident.network', { network: networkText(lang, named) })}</span>
        <span class="v">${dateText(lang, incident)}</span></span
      >
      <span>${say(lang, 'incident.start')}: ${time(start)}</span>
      <span>${say(lang, 'incident.end')}: ${time(end)}</span>
    </p>
    <p>${simulatedTag(lang, incident.simulated)}${verdictLine(lang, incident)}.</p>
    <p>
      ${say(lang, 'copy.one-against', { list: against.length === 0 ? say(lang, 'incident.against-none') : against.join(' ') })}
    </p>
  </li>`
}

/** The key is not taken from the page: a person who changed the page would have changed that too. */
function check(lang: Lang, frame: Frame): Markup {
  const places = [
    ...(frame.origin === undefined ? [] : [frame.origin]),
    ...frame.mirrors,
    ...(frame.onion === undefined ? [] : [frame.onion]),
  ]
  return html`<p>${say(lang, 'copy.one-signed')}</p>
    ${
      places.length === 0
        ? ''
        : html`<p>${say(lang, 'copy.one-places')}</p>
            <ul class="plain">
              ${places.map((address) => html`<li><a class="mono" href="${address}" rel="noreferrer">${address}</a></li>`)}
            </ul>`
    }
    ${fold(
      say(lang, 'copy.one-how'),
      html`<p>${say(lang, 'copy.one-key')} ${publicUrl(frame, urls.plain(lang, 'verify'))}</p>
        <pre class="mono">${[`KEY='…'`, `kuager mirror --verify FILE.html --trust "$KEY"`].join('\n')}</pre>
        <p>
          ${say(lang, 'copy.one-by-hand', { program: 'OpenSSL 3', said: 'Signature Verified Successfully', digest: 'sha256' })}
        </p>
        <pre class="mono">${ONE_FILE_BY_HAND.join('\n')}</pre>`,
    )}`
}
