import { html } from 'hono/html'
import { say } from '../../text/format.ts'
import type { Lang } from '../../text/lang.ts'
import { formatClock, formatDate } from '../../text/time.ts'
import { urls } from '../urls.ts'
import { answerLead, answerText } from './first-answer.ts'
import { matrixNow, runningNow } from './first-matrix.ts'
import { serviceRow } from './first-row.ts'
import type { FirstNetwork, FirstView } from './first-view.ts'
import type { Frame } from './frame.ts'
import { simulatedTag, type Page } from './layout.ts'
import type { Markup } from './mark.ts'
import { section } from './section.ts'
import { strips } from './strips.ts'

/** Services that the title of the page asks about. */
const IN_TITLE = 3

/** The first screen: the answer for the reader's network, then the grounds. */
export const firstPage = (lang: Lang, view: FirstView): Page => ({
  lang,
  title: say(lang, 'board.title', {
    services: view.rows
      .slice(0, IN_TITLE)
      .map(({ name }) => name)
      .join(', '),
  }),
  simulated: view.simulated,
  inLang: (other) => address(other, view),
  feed: urls.feed(lang),
  body: (frame) =>
    html`${networkLine(lang, view, frame)}
      <div class="duo first">
        <section aria-labelledby="answer">
          ${lead(lang, view)}
          <ul class="svc now">
            ${view.rows.map((row) => serviceRow(lang, view, row))}
          </ul>
          ${actions(lang, view, frame)}
        </section>
        <section class="sec" aria-labelledby="matrix">
          <div class="head">
            <h2 id="matrix">${say(lang, 'board.matrix')}</h2>
            <p>${simulatedTag(lang, view.simulated)}${say(lang, 'board.matrix-about')}</p>
          </div>
          ${matrixNow(lang, view)}
        </section>
      </div>
      ${section('running', say(lang, 'board.running'), say(lang, 'board.running-about'), runningNow(lang, view))}
      ${days(lang, view)}`,
})

/** Address of the same page in a language. */
function address(lang: Lang, { choice }: FirstView): string {
  switch (choice.kind) {
    case 'network':
      return urls.first(lang, choice.asn)
    case 'all':
      return urls.first(lang, 'all')
    case 'ask':
      return urls.first(lang)
  }
}

/** Name and number of a network, each kept whole. */
export const networkName = ({ asn, name }: FirstNetwork): Markup =>
  name === '' ? html`<b class="nw">AS${asn}</b>` : html`<b>${name}</b> <span class="q nw">AS${asn}</span>`

/** Whose line the page speaks of, and the way to another one: links, no script. */
function networkLine(lang: Lang, view: FirstView, { medium }: Frame): Markup {
  const { choice, own } = view
  // Files know no reader and answer no question: there each network has its own page.
  const linkTo = ({ asn }: FirstNetwork): string =>
    medium === 'live' ? urls.first(lang, asn) : urls.network(lang, asn)
  const asks = choice.kind === 'ask' && medium === 'live'
  const shown = own === undefined ? html`<b>${say(lang, 'board.all-networks')}</b>` : networkName(own)
  return html`<section class="net" aria-label="${say(lang, 'board.network')}">
    <p>${asks ? say(lang, `board.ask.${choice.why}`) : html`${say(lang, 'board.network')}: ${shown}`}</p>
    <details>
      <summary>${say(lang, own === undefined ? 'board.choose-network' : 'board.other-network')}</summary>
      <ul>
        ${view.choices.map(
          (one) =>
            html`<li>
              <a href="${linkTo(one)}"
                >${one.name === '' ? '' : html`${one.name} `}<span class="q nw">AS${one.asn}</span></a
              >
            </li>`,
        )}
        ${
          medium === 'live' && choice.kind !== 'all'
            ? html`<li><a href="${urls.first(lang, 'all')}">${say(lang, 'board.all-networks')}</a></li>`
            : ''
        }
      </ul>
    </details>
  </section>`
}

const lead = (lang: Lang, view: FirstView): Markup => {
  const sentences = answerLead(lang, view)
  return html`<div class="lead">
    <h1 id="answer">${answerText(lang, view)}</h1>
    ${sentences === '' ? '' : html`<p>${sentences}</p>`}
  </div>`
}

const actions = (lang: Lang, { own, newest }: FirstView, { medium }: Frame): Markup =>
  html`<div class="acts">
    <a class="btn first" href="${medium === 'live' ? urls.check(lang, own?.asn) : urls.check(lang)}"
      >${say(lang, 'board.only-me')}</a
    >
    <a class="btn" href="${urls.report(lang)}">${say(lang, 'board.report')}</a>
    <p class="hint">
      ${
        newest === undefined
          ? ''
          : html`<span class="v"
              >${say(lang, 'board.as-of', { time: formatClock(newest), date: formatDate(lang, newest) })}</span
            >`
      }
      <span class="v">${say(lang, 'board.no-address')}</span>
    </p>
  </div>`

function days(lang: Lang, view: FirstView): Markup {
  const { own } = view
  const where =
    own === undefined
      ? say(lang, 'board.days-all')
      : say(lang, 'board.days-here', { network: own.name === '' ? `AS${own.asn}` : own.name })
  return html`<section class="sec side" aria-labelledby="days">
    <div class="head">
      <h2 id="days">${say(lang, 'board.days')}</h2>
      <p>${simulatedTag(lang, view.simulated)}${where} ${say(lang, 'board.days-about')}</p>
    </div>
    <div>${strips(lang, view.strips)}</div>
  </section>`
}
