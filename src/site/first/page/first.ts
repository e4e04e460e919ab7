import { html } from 'hono/html'
import { defined } from '../../../core/model/defined.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatClock, formatDate } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import { answerLead, answerText } from './answer.ts'
import { matrixNow, runningNow } from './matrix.ts'
import { serviceRow } from './row.ts'
import type { FirstView } from './shown.ts'
import type { Frame } from '../../../web/html/frame.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { networkLine } from './network-line.ts'
import { strips, STRIPS_SCRIPT } from '../../parts/strips.ts'

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
  // A reader who opens it gets the answer of their own network, and learns nothing of this one.
  share: urls.first(lang),
  scripts: [STRIPS_SCRIPT],
  body: (frame) =>
    html`${ownLine(lang, view, frame)}
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
      ${running(lang, view)} ${days(lang, view, frame)}`,
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

/** Files know no reader and answer no question: there each network has its own page, and no reader is asked. */
function ownLine(lang: Lang, { choice, own, choices }: FirstView, { medium }: Frame): Markup {
  const isLive = medium === 'live'
  return networkLine(lang, {
    choice: choice.kind === 'ask' && !isLive ? { kind: 'all' } : choice,
    ...defined({ own }),
    choices,
    linkTo: ({ asn }) => (isLive ? urls.first(lang, asn) : urls.network(lang, asn)),
    ...(isLive && choice.kind !== 'all' ? { all: urls.first(lang, 'all') } : {}),
  })
}

const lead = (lang: Lang, view: FirstView): Markup => {
  const sentences = answerLead(lang, view)
  return html`<div class="lead">
    <h1 id="answer">${answerText(lang, view)}</h1>
    ${sentences === '' ? '' : html`<p>${sentences}</p>`}
  </div>`
}

const actions = (lang: Lang, { own, newest }: FirstView, { medium }: Frame): Markup =>
  html`<div class="next">
    <a class="btn first" href="${medium === 'live' ? urls.check(lang, own?.asn) : urls.check(lang)}"
      >${say(lang, 'board.only-me')}</a
    >
    <a class="btn" href="${urls.report(lang, medium === 'live' ? defined({ asn: own?.asn }) : {})}"
      >${say(lang, 'board.report')}</a
    >
    <p class="hint">
      ${newest === undefined ? '' : html`<span class="v">${say(lang, 'board.as-of', newestText(lang, newest))}</span>`}
      <span class="v">${say(lang, 'board.no-address')}</span>
    </p>
  </div>`

const running = (lang: Lang, view: FirstView): Markup =>
  html`<section class="sec side" aria-labelledby="running">
    <div class="head">
      <h2 id="running">${say(lang, 'board.running')}</h2>
      <p>${simulatedTag(lang, view.simulated)}${say(lang, 'board.running-about')}</p>
    </div>
    <div>${runningNow(lang, view)}</div>
  </section>`

/** Date and clock of the newest measurement; neither breaks. */
const newestText = (lang: Lang, at: Instant): { readonly date: string; readonly time: string } => ({
  date: formatDate(lang, at).replaceAll(' ', '\u00a0'),
  time: formatClock(at),
})

function days(lang: Lang, view: FirstView, { medium }: Frame): Markup {
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
    <div>${strips(lang, view.strips, { isLive: medium === 'live' })} ${view.takeDays ?? ''}</div>
  </section>`
}
