import { html } from 'hono/html'
import { defined } from '../../../core/model/defined.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { Instant } from '../../../core/model/units.ts'
import { capitalise, say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import type { FirstChoice } from '../../first/choice.ts'
import { urls } from '../../urls.ts'
import { when } from '../../first/page/row.ts'
import { checkHere, type CheckHere } from './here.ts'
import type { FirstNetwork } from '../../first/page/shown.ts'
import type { Frame } from '../../../web/html/frame.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { mark, type MarkName } from '../../parts/mark.ts'
import { networkLine, networkName } from '../../first/page/network-line.ts'
import { fold } from '../../../web/html/fold.ts'
import { section } from '../../../web/html/section.ts'

/** On how many devices a service opened; of measurements where no device is named. */
export interface OpenCount {
  readonly opened: number
  readonly total: number
  readonly unit: 'devices' | 'measurements'
}

export type Conclusion = 'same' | 'yours' | 'service' | 'unknown'

export interface CheckRow {
  readonly service: string
  readonly name: string
  readonly state: MarkName
  readonly here: OpenCount
  readonly elsewhere: OpenCount
  readonly conclusion: Conclusion
}

/** The closing sentence, before it is worded. */
export type CheckEnd =
  | { readonly kind: 'same'; readonly services: readonly string[]; readonly since?: Instant }
  | { readonly kind: 'partly' | 'service'; readonly services: readonly string[] }
  | { readonly kind: 'yours' | 'unknown' }

/** One network to choose, with what is known of it now. */
export interface CheckNetwork extends FirstNetwork {
  readonly state: MarkName
  /** Services by state, those that open left out; the worst first. */
  readonly troubled: readonly { readonly state: MarkName; readonly services: readonly string[] }[]
}

/** What others on the reader's network see; without a network the page asks for it. */
export interface CheckView {
  readonly choice: FirstChoice
  readonly choices: readonly FirstNetwork[]
  readonly asOf: Instant
  readonly found?: {
    readonly own: FirstNetwork
    readonly rows: readonly CheckRow[]
    readonly end: CheckEnd
  }
  /** Every measured network with the services that do not open there as they should; where none is chosen. */
  readonly networks?: readonly CheckNetwork[]
  /**
   * The check from the reader's browser, or why it cannot be made now: `simulated`, a demonstration contacts no other
   * server; `unconfirmed`, no control server has confirmed the addresses. Absent: this site offers none.
   */
  readonly here?: CheckHere | 'simulated' | 'unconfirmed'
  readonly simulated: boolean
}

/**
 * Is it only me? The answer comes from measurements of others; without a script, and before a click, nothing is
 * measured here. A check from the reader's own browser is next to it where the site offers one.
 */
export const checkPage = (lang: Lang, view: CheckView): Page => ({
  lang,
  title: `${say(lang, 'check.title')} · Kuager`,
  simulated: view.simulated,
  inLang: (other) => urls.check(other, view.found?.own.asn),
  ...(typeof view.here === 'object' ? { scripts: ['check.js'] } : {}),
  body: (frame) =>
    html`${line(lang, view, frame)}
      <div class="ttl">
        <h1>${view.found === undefined ? say(lang, 'check.title') : endText(lang, view, view.found.end)}</h1>
        <p>${aboutText(lang, view, frame)}</p>
        ${view.found === undefined ? '' : html`<p class="hint">${say(lang, 'check.about')}</p>`}
      </div>
      ${view.networks === undefined || frame.medium !== 'live' ? '' : networks(lang, view, view.networks)}
      ${here(lang, view, frame)} ${view.found === undefined ? '' : counts(lang, view, view.found.rows)} ${tries(lang)}
      ${measure(lang, view)}`,
})

function line(lang: Lang, { choice, choices, found }: CheckView, { medium }: Frame): Markup {
  // Files answer no question: who reads them has no network there.
  if (medium !== 'live') return html``
  return networkLine(lang, {
    choice: found === undefined && choice.kind === 'all' ? { kind: 'ask', why: 'unknown' } : choice,
    ...defined({ own: found?.own }),
    // Without a network the page lists all of them itself.
    choices: found === undefined ? [] : choices,
    linkTo: ({ asn }) => urls.check(lang, asn),
  })
}

function here(lang: Lang, { here: found }: CheckView, { medium }: Frame): Markup {
  if (found === undefined || medium !== 'live') return html``
  if (typeof found === 'object') return checkHere(lang, found)
  return section('here', say(lang, 'crowd.page.title'), '', html`<p>${say(lang, `crowd.page.none-${found}`)}</p>`)
}

/** Networks that are listed open; of more, the others are one tap away. */
const OPEN_NETWORKS = 12

/** Every network at once: the answer of each is one tap away, and seen from here. */
function networks(lang: Lang, view: CheckView, list: readonly CheckNetwork[]): Markup {
  const rest = list.slice(OPEN_NETWORKS)
  return html`<section class="sec side" aria-labelledby="networks">
    <div class="head">
      <h2 id="networks">${say(lang, 'board.choose-network')}</h2>
      <p>${simulatedTag(lang, view.simulated)}${say(lang, 'check.networks-about')}</p>
    </div>
    <div>
      ${list.length === 0 ? html`<p>${say(lang, 'board.empty')}</p>` : networkList(lang, list.slice(0, OPEN_NETWORKS))}
      ${rest.length === 0 ? '' : fold(say(lang, 'place.more-rows', { count: rest.length }), networkList(lang, rest))}
    </div>
  </section>`
}

const networkList = (lang: Lang, list: readonly CheckNetwork[]): Markup =>
  html`<ul class="rows choose">
    ${list.map(
      (one) =>
        html`<li>
          <a href="${urls.check(lang, one.asn)}">${mark(one.state)}<span>${networkName(one)}</span></a>
          <p class="sm q">${networkWords(lang, one).map((words) => html`<span class="v">${words}.</span> `)}</p>
        </li>`,
    )}
  </ul>`

const networkWords = (lang: Lang, { state, troubled }: CheckNetwork): readonly string[] =>
  troubled.length === 0
    ? [capitalise(lang, say(lang, `days.state.${state}`))]
    : troubled.map((one) => `${capitalise(lang, say(lang, `board.state.${one.state}`))}: ${one.services.join(', ')}`)

function endText(lang: Lang, { asOf }: CheckView, end: CheckEnd): string {
  if (end.kind !== 'same') return say(lang, `check.end.${end.kind}`)
  return end.since === undefined
    ? say(lang, 'check.end.same-undated')
    : say(lang, 'check.end.same', { time: when(lang, end.since, asOf) })
}

function aboutText(lang: Lang, { found }: CheckView, { medium }: Frame): string {
  if (found === undefined) return medium === 'live' ? say(lang, 'check.choose') : say(lang, 'check.copy')
  const { end } = found
  return 'services' in end
    ? say(lang, `check.end-about.${end.kind}`, { services: end.services.join(', ') })
    : say(lang, `check.end-about.${end.kind}`)
}

const countText = (lang: Lang, { opened, total, unit }: OpenCount): string =>
  total === 0
    ? say(lang, 'board.state.none')
    : say(lang, unit === 'devices' ? 'check.of' : 'check.of-measurements', {
        count: opened,
        total,
      })

const counts = (lang: Lang, view: CheckView, rows: readonly CheckRow[]): Markup =>
  html`<section class="sec side" aria-labelledby="counts">
    <div class="head">
      <h2 id="counts">${say(lang, 'check.counts')}</h2>
      <p>${simulatedTag(lang, view.simulated)}${say(lang, 'check.counts-about')}</p>
    </div>
    <ul class="svc">
      ${rows.map(
        (row) =>
          html`<li>
            ${mark(row.state)}
            <div>
              <p class="s">
                <a href="${urls.service(lang, row.service)}"><b>${row.name}</b></a
                >: ${say(lang, `check.conclusion.${row.conclusion}`)}.
              </p>
              <p class="d">
                <span class="v">${say(lang, 'check.here')}: ${countText(lang, row.here)}.</span>
                <span class="v">${say(lang, 'check.elsewhere')}: ${countText(lang, row.elsewhere)}.</span>
              </p>
            </div>
          </li>`,
      )}
    </ul>
  </section>`

const TRIES = ['other-site', 'mobile', 'restart', 'clock', 'vpn', 'neighbour'] as const

const tries = (lang: Lang): Markup =>
  section(
    'try',
    say(lang, 'check.try'),
    say(lang, 'check.try-about'),
    html`<ol class="steps">
      ${TRIES.map((one) => html`<li>${say(lang, `check.try.${one}`)}</li>`)}
    </ol>`,
  )

const measure = (lang: Lang, { found }: CheckView): Markup =>
  section(
    'measure',
    say(lang, 'check.measure'),
    '',
    html`<p>${say(lang, 'check.measure-about')}</p>
      <p class="ways after">
        <a class="btn" href="${urls.plain(lang, 'probe')}">${say(lang, 'check.measure-link')}</a>
        <a class="tap" href="${urls.report(lang, defined({ asn: found?.own.asn }))}">${say(lang, 'board.report')}</a>
      </p>`,
  )
