import { html, raw } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { quotedOf, type CauseWord, type UnseenItem, type WeighedItem } from '../../../core/model/incident/cause.ts'
import { isMeasurement } from '../../../core/model/measured/named-measurements.ts'
import { parseSha256 } from '../../../core/model/units.ts'
import { capitalise, say } from '../../../core/text/format.ts'
import { oddsText, ratioText, timesText } from '../../../core/text/sentence/incident.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { urls } from '../../urls.ts'
import { itemName, itemSentence, opponentName, outcomeName } from '../../../core/text/sentence/cause.ts'
import { quotedInterval, verdictName, weightInterval } from '../../../core/text/sentence/incident-verdict.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import type { Frame } from '../../../web/html/frame.ts'
import { simulatedTag } from '../../parts/layout.ts'
import { ofEdition, PRIORS, type IncidentView, type Prior } from './shown.ts'
import { part } from '../../../web/html/part.ts'
import { section } from '../../../web/html/section.ts'

/** The scale of log10 ratios: 1/100 to 10 000, a hundred units of drawing for a factor of ten. */
const LOW = -2
const HIGH = 4
const x = (log10: number): number => Math.round((Math.min(HIGH, Math.max(LOW, log10)) - LOW) * 100)
/** Less than this moves no word: a factor of 1.05. */
const NOTHING = 0.02

/** The sum and the nearest technical explanation; below them every item on both sides as a bar on the same scale. */
export function renderWeight(lang: Lang, { incident }: IncidentView): Markup {
  const { cause } = incident
  const sorted = cause.items.toSorted((a, b) => Math.abs(b.log10Lr) - Math.abs(a.log10Lr))
  return section(
    'weight',
    say(lang, 'incident.weight'),
    ofEdition(lang, incident, say(lang, 'incident.weight-about')),
    html`<p class="sm">
        ${simulatedTag(lang, incident.simulated)}<span class="q"
          >${say(lang, 'incident.weight-politics')} ${say(lang, 'weigh.judgement')}
          ${cause.word === 'insufficient' ? say(lang, 'incident.weight-insufficient') : ''}</span
        >
      </p>
      <div class="${incident.withdrawn ? 'former' : ''}">
        ${table(say(lang, 'incident.weight'), html`${scale(lang)} ${sum(lang, incident)}`)} ${every(lang, sorted)}
      </div>`,
  )
}

/** Every item, folded where there is little room, with its words one tap away; how many speak for what stands open. */
function every(lang: Lang, sorted: readonly WeighedItem[]): Markup {
  const strong = sorted.filter((item) => !isWeak(item))
  const count = (fits: (item: WeighedItem) => boolean): string => formatNumber(lang, sorted.filter(fits).length)
  const name = say(lang, 'incident.weight-items', {
    supporting: count((item) => !isWeak(item) && item.log10Lr > 0),
    opposing: count((item) => !isWeak(item) && item.log10Lr < 0),
    weak: count(isWeak),
  })
  return html`<details class="tab every" id="items">
    <summary>${name}</summary>
    <p class="sm q">${say(lang, 'incident.weight-key')}</p>
    ${table(name, html`${scale(lang)} ${sides(lang, strong)} ${scale(lang)}`)} ${weak(lang, sorted.filter(isWeak))}
  </details>`
}

const table = (name: string, body: Markup | readonly Markup[]): Markup =>
  html`<table class="we" role="table">
    <caption class="vh">
      ${name}
    </caption>
    <tbody role="rowgroup">
      ${body}
    </tbody>
  </table>`

const sides = (lang: Lang, items: readonly WeighedItem[]): Markup =>
  html`${group(
    lang,
    'for',
    items.filter(({ log10Lr }) => log10Lr > NOTHING),
  )}
  ${group(
    lang,
    'against',
    items.filter(({ log10Lr }) => log10Lr < -NOTHING),
  )}`

/**
 * Items weaker than this either way, and such that say nothing, are counted and stand one tap away: both sides by one
 * measure.
 */
const WEAK = Math.log10(1.5)
const isWeak = ({ log10Lr }: WeighedItem): boolean => Math.abs(log10Lr) < WEAK

function weak(lang: Lang, items: readonly WeighedItem[]): Markup {
  if (items.length === 0) return html``
  const count = (fits: (log10Lr: number) => boolean): string =>
    formatNumber(lang, items.filter(({ log10Lr }) => fits(log10Lr)).length)
  const name = say(lang, 'incident.weight-weak', {
    supporting: count((log10Lr) => log10Lr > NOTHING),
    opposing: count((log10Lr) => log10Lr < -NOTHING),
    neutral: count((log10Lr) => Math.abs(log10Lr) <= NOTHING),
  })
  return fold(
    name,
    table(
      name,
      items.map((item) => row(lang, item)),
    ),
  )
}

const scale = (lang: Lang): Markup =>
  html`<tr role="row" class="ax">
    <th scope="row" role="rowheader"><span class="vh">${say(lang, 'incident.weight-scale')}</span></th>
    <td role="cell" class="sc">
      <div class="dir">
        <span>${say(lang, 'incident.weight-fault')}</span><span>${say(lang, 'incident.weight-interference')}</span>
      </div>
      <div class="scale" aria-hidden="true">
        ${[-2, -1, 0, 1, 2, 3, 4].map(
          (log10) =>
            html`<span class="${log10 === LOW || log10 === HIGH ? 'wd' : ''}">${ratioText(lang, log10)}</span>`,
        )}
      </div>
    </td>
  </tr>`

const head = (text: string): Markup =>
  html`<tr role="row" class="grp">
    <th colspan="2" role="rowheader">${text}</th>
  </tr>`

const group = (lang: Lang, side: 'for' | 'against', items: readonly WeighedItem[]): Markup =>
  items.length === 0
    ? html``
    : html`${head(say(lang, `incident.weight-${side}`))} ${items.map((item) => row(lang, item))}`

const row = (lang: Lang, item: WeighedItem): Markup =>
  html`<tr role="row">
    <th scope="row" role="rowheader" class="it">
      <details class="tab">
        <summary>
          <b>${itemName(lang, item)}</b><span class="lr">${timesText(lang, item.log10Lr)}</span
          ><span class="found">${capitalise(lang, outcomeName(lang, item, item.outcome))}</span>
        </summary>
        <p>${itemSentence(lang, item)}</p>
        <p class="src sm">
          ${say(lang, 'incident.weight-alone', {
            value: ratioText(lang, item.alone.log10Lr),
            interval: interval(lang, item.alone),
          })}
          ${
            item.log10Lr < item.alone.lo95 || item.log10Lr > item.alone.hi95
              ? say(lang, 'incident.weight-beside', { value: timesText(lang, item.log10Lr) })
              : ''
          }
          ${sourceOf(lang, item)}
        </p>
      </details>
    </th>
    <td role="cell" class="sc">${bar(item.log10Lr, item.alone, 9)}</td>
  </tr>`

/** Sources of items that have words of their own; of others the name of a table or a file is shown. */
const SOURCES = ['series', 'verdicts', 'erased'] as const

/** Where an item was read: a measurement to look at, or what was counted. */
function sourceOf(lang: Lang, { source }: WeighedItem): Markup {
  if (isMeasurement(source))
    return html`${say(lang, 'incident.weight-example')}:
      <a class="mono" href="${urls.measurement(lang, parseSha256(source))}">${source.slice(0, 12)}</a>`
  const known = SOURCES.find((one) => one === source)
  return html`${say(lang, 'incident.weight-source', {
    source: known === undefined ? source : say(lang, `incident.weight-source.${known}`),
  })}`
}

const interval = (lang: Lang, { lo95, hi95 }: { readonly lo95: number; readonly hi95: number }): string =>
  `${ratioText(lang, lo95)}\u2013${ratioText(lang, hi95)}`

/** Either end of an interval: a stroke across, or a point to the outside where it continues beyond the scale. */
function cap(log10: number): string {
  if (log10 < LOW) return 'M8 14L0 16.5L8 19'
  if (log10 > HIGH) return 'M592 14L600 16.5L592 19'
  return `M${x(log10)} 14V19`
}

/** An interval; with its middle marked where that is another value than the bar above it. */
const whisker = ({ lo95, hi95, log10Lr }: Bounds): string =>
  `<path class="wh" d="M${x(lo95)} 16.5H${x(hi95)}${cap(lo95)}${cap(hi95)}"/>${
    log10Lr === undefined ? '' : `<path class="wh mid" d="M${x(log10Lr)} 13V20"/>`
  }`

interface Bounds {
  readonly lo95: number
  readonly hi95: number
  readonly log10Lr?: number
}

/**
 * A bar from 1 to the contribution, and an interval below it so that it is never lost in the bar: of a sum its own, of
 * an item that of the item alone, since what it adds to the others has none.
 */
function bar(log10: number, bounds: Bounds | undefined, height: number): Markup {
  const [from, until] = [Math.min(x(0), x(log10)), Math.max(x(0), x(log10))]
  return raw(
    `<svg viewBox="0 0 600 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">` +
      `<rect class="${log10 < 0 ? 'ba' : 'bf'}" x="${from}" y="3" width="${until - from}" height="${height}"/>` +
      `${bounds === undefined ? '' : whisker(bounds)}</svg>`,
  )
}

/** The number to quote, as it is at the top of the page; below it the ratio of averages, to which the pieces multiply. */
function sum(lang: Lang, incident: IncidentView['incident']): Markup {
  const { cause } = incident
  const quoted = quotedOf(cause)
  const interval = quotedInterval(lang, quoted)
  const under = (text: string): string => say(lang, 'incident.weight-interval', { interval: text })
  const line = (name: 'sum' | 'rival', text: Markup, drawn: Markup): Markup =>
    html`<tr role="row" class="${name}">
      <th scope="row" role="rowheader" class="it">${text}</th>
      <td role="cell" class="sc">${drawn}</td>
    </tr>`
  const earlier = 'followed' in quoted
  const { log10Lr } = quoted
  return html`${line(
    'sum',
    html`<b>${say(lang, 'incident.weight-quoted')}</b><span class="lr">${timesText(lang, log10Lr)}</span
      ><span
        >${earlier ? '' : say(lang, 'incident.weight-against-best', { against: opponentName(lang, quoted.against) })}
        ${interval === '' ? '' : under(interval)}</span
      >`,
    bar(log10Lr, earlier ? undefined : quoted, 10),
  )}
  ${line(
    'rival',
    html`<b>${say(lang, 'incident.weight-sum')}</b><span class="lr">${timesText(lang, cause.log10Lr)}</span
      ><span class="src sm"
        >${under(weightInterval(lang, cause))}
        ${cause.items.some(isWeak) ? say(lang, 'incident.weight-with-weak') : ''}</span
      >`,
    bar(cause.log10Lr, { lo95: cause.lo95, hi95: cause.hi95 }, 9),
  )}`
}

/**
 * Starting points as rows; where a server answers, a link each, which marks the chosen one. No script works them out.
 */
export const renderPrior = (lang: Lang, view: IncidentView, frame: Frame): Markup =>
  view.incident.cause.word === 'insufficient'
    ? html``
    : part({
        id: 'prior',
        heading: say(lang, 'incident.prior'),
        answer: ofEdition(
          lang,
          view.incident,
          say(lang, 'incident.prior-short', {
            before: odds(view.prior),
            after: oddsText(lang, quotedOf(view.incident.cause).log10Lr + PRIORS[view.prior]),
          }),
        ),
        // A reader who chose a starting point sees what it gives.
        open: frame.medium === 'live' && view.prior !== '1:1',
        body: html`<p class="sm q">${say(lang, 'incident.prior-about')}</p>
          <table class="tbl prior">
            <thead>
              <tr>
                <th scope="col">${say(lang, 'incident.prior-before')}</th>
                <th scope="col" class="r">${say(lang, 'incident.prior-after')}</th>
              </tr>
            </thead>
            <tbody>
              ${PRIOR_ROWS.map((prior) => priorRow(lang, view, { prior, live: frame.medium === 'live' }))}
            </tbody>
          </table>`,
      })

const odds = (prior: Prior): string => prior.replace(':', '\u00a0:\u00a0')

/** From even to either side: a reader who holds one view finds the step towards the other. */
const PRIOR_ROWS = ['100:1', '20:1', '5:1', '1:1', '1:5', '1:20', '1:100'] as const satisfies readonly Prior[]

function priorRow(
  lang: Lang,
  view: IncidentView,
  { prior, live }: { readonly prior: Prior; readonly live: boolean },
): Markup {
  const chosen = live && prior === view.prior
  const text = odds(prior)
  const address = urls.incident(lang, view.incident.id, { prior, ...revisionOf(view) })
  return html`<tr>
    <th scope="row">
      ${chosen ? html`<b aria-current="true">${text}</b>` : live ? html`<a href="${address}#prior">${text}</a>` : text}
      <span class="q">${meaning(lang, prior)}</span>
    </th>
    <td class="r nw">${weighted(chosen, oddsText(lang, quotedOf(view.incident.cause).log10Lr + PRIORS[prior]))}</td>
  </tr>`
}

function meaning(lang: Lang, prior: Prior): string {
  if (PRIORS[prior] === 0) return say(lang, 'incident.prior-even')
  return say(lang, PRIORS[prior] > 0 ? 'incident.prior-interference' : 'incident.prior-fault')
}

const weighted = (chosen: boolean, text: string): Markup => (chosen ? html`<b>${text}</b>` : html`${text}`)

const revisionOf = (view: IncidentView): { readonly revision?: string } =>
  view.incident.revision === view.newest ? {} : { revision: String(view.incident.revision) }

/** Results shown at once: those that would give another conclusion. A single one more is never left out. */
const MOST_CHANGES = 3

/**
 * What would change the conclusion: results of evidence not yet collected that give another conclusion, strongest
 * first.
 */
export function renderChange(lang: Lang, { incident }: IncidentView): Markup {
  const { cause, state } = incident
  const now = quotedOf(cause).log10Lr
  const named = (word: CauseWord): string => verdictName(lang, { cause: { word }, state })
  const results = cause.unseen
    .flatMap((item) => item.after.map((after) => ({ item, ...after })))
    .toSorted((a, b) => Math.abs(b.log10Lr - now) - Math.abs(a.log10Lr - now))
  const turning = results.filter(({ word }) => word !== cause.word)
  const heading = say(lang, 'incident.change')
  if (results.length === 0)
    return part({ id: 'change', heading, answer: ofEdition(lang, incident, say(lang, 'incident.change-none')) })
  return part({
    id: 'change',
    heading,
    answer: ofEdition(
      lang,
      incident,
      turning.length === 0
        ? say(lang, 'incident.change-would-not')
        : say(lang, 'incident.change-short', {
            tests: new Set(turning.map(({ item }) => item)).size,
            results: turning.length,
          }),
    ),
    body: html`${
      turning.length === 0
        ? ''
        : html`<p class="sm q">${say(lang, 'incident.change-would')}</p>
            <ul class="turn">
              ${turning.slice(0, turning.length === MOST_CHANGES + 1 ? turning.length : MOST_CHANGES).map(
                ({ item, outcome, log10Lr, word }) =>
                  html`<li>
                    <p>${itemName(lang, item)}: ${outcomeName(lang, item, outcome)}.</p>
                    <p>${say(lang, 'incident.change-then', { word: named(word), times: timesText(lang, log10Lr) })}</p>
                  </li>`,
              )}
            </ul>`
    }
    ${fold(
      say(lang, 'incident.change-all', { count: results.length }),
      html`<p class="sm q">${say(lang, 'incident.change-about', { times: timesText(lang, cause.log10Lr) })}</p>
        ${changeTable(lang, cause.unseen, named)}`,
    )}`,
  })
}

const changeTable = (lang: Lang, items: readonly UnseenItem[], named: (word: CauseWord) => string): Markup =>
  scrolled(
    say(lang, 'incident.change'),
    html`<table class="tbl">
      <thead>
        <tr>
          <th scope="col">${say(lang, 'incident.change-item')}</th>
          <th scope="col" class="r">${say(lang, 'incident.change-weight')}</th>
          <th scope="col" class="r">${say(lang, 'incident.change-word')}</th>
        </tr>
      </thead>
      <tbody>
        ${items.flatMap((item) =>
          item.after.map(
            ({ outcome, log10Lr, word }) =>
              html`<tr>
                <th scope="row">${itemName(lang, item)}: ${outcomeName(lang, item, outcome)}</th>
                <td class="r nw">${timesText(lang, log10Lr)}</td>
                <td class="r">${named(word)}</td>
              </tr>`,
          ),
        )}
      </tbody>
    </table>`,
  )
