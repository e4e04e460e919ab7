import { html, raw } from 'hono/html'
import type { CauseFinding, UnseenItem, WeighedItem } from '../../model/cause.ts'
import { isMeasurement } from '../../model/named-measurements.ts'
import { parseSha256 } from '../../model/units.ts'
import { say } from '../../text/format.ts'
import { oddsText, ratioText, timesText } from '../../text/incident-sentence.ts'
import type { Lang } from '../../text/lang.ts'
import { formatNumber } from '../../text/number.ts'
import { urls } from '../urls.ts'
import { causeHeadline, causeWords, itemName, itemSentence, outcomeName, wordName } from '../../text/cause-sentence.ts'
import { fold, scrolled } from './fold.ts'
import { simulatedTag } from './layout.ts'
import { PRIORS, type IncidentView, type Prior } from './incident-view.ts'
import type { Markup } from './mark.ts'
import { section } from './section.ts'

/** The scale of log10 ratios: 1/100 to 10 000, a hundred units of drawing for a factor of ten. */
const LOW = -2
const HIGH = 4
const x = (log10: number): number => Math.round((Math.min(HIGH, Math.max(LOW, log10)) - LOW) * 100)
/** Less than this moves no word: a factor of 1.05. */
const NOTHING = 0.02

/** Items weaker than a factor of two either way stand one tap away; both sides by the same measure. */
const WEAK = Math.log10(2)

const isWeak = ({ log10Lr }: WeighedItem): boolean => Math.abs(log10Lr) < WEAK

/** Every item on both sides as text and as a bar on one scale, then the sum and the nearest other explanation. */
export function renderWeight(lang: Lang, { incident }: IncidentView): Markup {
  const { cause } = incident
  const sorted = cause.items.toSorted((a, b) => Math.abs(b.log10Lr) - Math.abs(a.log10Lr))
  const weak = sorted.filter(isWeak)
  return section(
    'weight',
    say(lang, 'incident.weight'),
    say(lang, 'incident.weight-about'),
    html`<p class="sm">
        ${simulatedTag(lang, incident.simulated)}<span class="q">${say(lang, 'incident.weight-politics')}</span>
      </p>
      ${table(
        say(lang, 'incident.weight'),
        html`${scale(lang)}
        ${sides(
          lang,
          sorted.filter((item) => !isWeak(item)),
        )}
        ${sum(lang, cause)} ${scale(lang)}`,
      )}
      ${
        weak.length === 0
          ? ''
          : fold(
              say(lang, 'incident.weight-weak', { count: formatNumber(lang, weak.length) }),
              table(say(lang, 'incident.weight-weak', { count: formatNumber(lang, weak.length) }), sides(lang, weak)),
            )
      }
      <p class="sm q">${say(lang, 'weigh.judgement')}</p>`,
  )
}

const table = (name: string, body: Markup): Markup =>
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
  )}
  ${group(
    lang,
    'nothing',
    items.filter(({ log10Lr }) => Math.abs(log10Lr) <= NOTHING),
  )}`

const scale = (lang: Lang): Markup =>
  html`<tr role="row" class="ax">
    <th scope="row" role="rowheader"><span class="vh">${say(lang, 'incident.weight-scale')}</span></th>
    <td role="cell" class="sc">
      <div class="dir">
        <span>${say(lang, 'incident.weight-fault')}</span><span>${say(lang, 'incident.weight-interference')}</span>
      </div>
      <div class="scale" aria-hidden="true">
        ${[-2, -1, 0, 1, 2, 3, 4].map(
          (log10) => html`<span class="${Math.abs(log10 - 1) === 3 ? 'wd' : ''}">${ratioText(lang, log10)}</span>`,
        )}
      </div>
    </td>
  </tr>`

const head = (text: string): Markup =>
  html`<tr role="row" class="grp">
    <th colspan="2" role="rowheader">${text}</th>
  </tr>`

const group = (lang: Lang, side: 'for' | 'against' | 'nothing', items: readonly WeighedItem[]): Markup =>
  items.length === 0
    ? html``
    : html`${head(say(lang, `incident.weight-${side}`))} ${items.map((item) => row(lang, item))}`

const row = (lang: Lang, item: WeighedItem): Markup =>
  html`<tr role="row">
    <th scope="row" role="rowheader" class="it">
      <b>${itemName(lang, item)}</b><span class="lr">${timesText(lang, item.log10Lr)}</span
      ><span>${itemSentence(lang, item)}</span
      ><span class="src sm"
        >${say(lang, 'incident.weight-alone', {
          value: ratioText(lang, item.alone.log10Lr),
          interval: interval(lang, item.alone),
        })}
        ${sourceOf(lang, item)}</span
      >
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

/** A bar from 1 to the contribution, and the interval below it so that it is never lost in the bar. */
function bar(log10: number, { lo95, hi95 }: { readonly lo95: number; readonly hi95: number }, height: number): Markup {
  const [from, until] = [Math.min(x(0), x(log10)), Math.max(x(0), x(log10))]
  return raw(
    `<svg viewBox="0 0 600 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">` +
      `<rect class="${log10 < 0 ? 'ba' : 'bf'}" x="${from}" y="3" width="${until - from}" height="${height}"/>` +
      `<path class="wh" d="M${x(lo95)} 16.5H${x(hi95)}M${x(lo95)} 14V19M${x(hi95)} 14V19"/></svg>`,
  )
}

function sum(lang: Lang, cause: CauseFinding): Markup {
  return html`<tr role="row" class="sum">
    <th scope="row" role="rowheader" class="it">
      <b>${say(lang, 'incident.weight-sum')}</b><span class="lr">${timesText(lang, cause.log10Lr)}</span
      ><span>${causeHeadline(lang, cause)}</span><span>${causeWords(lang, cause).rival}</span
      ><span class="src sm">${say(lang, 'incident.weight-interval', { interval: interval(lang, cause) })}</span>
    </th>
    <td role="cell" class="sc">${bar(cause.log10Lr, cause, 10)}</td>
  </tr>`
}

/** Starting points as links: the server works out the odds after the measurements, without a script. */
export const renderPrior = (lang: Lang, view: IncidentView): Markup =>
  section(
    'prior',
    say(lang, 'incident.prior'),
    say(lang, 'incident.prior-about'),
    html`<table class="tbl">
      <thead>
        <tr>
          <th scope="col">${say(lang, 'incident.prior-before')}</th>
          <th scope="col" class="r">${say(lang, 'incident.prior-after')}</th>
        </tr>
      </thead>
      <tbody>
        ${(['1:1', '1:20', '20:1'] as const satisfies readonly Prior[]).map((prior) => {
          const shown = prior.replace(':', '\u00a0:\u00a0')
          const chosen = prior === view.prior
          return html`<tr>
            <th scope="row">
              ${
                chosen
                  ? html`<b aria-current="true">${shown}</b>
                      <span class="q">${say(lang, 'incident.prior-chosen')}</span>`
                  : html`<a href="${urls.incident(lang, view.incident.id, { prior, ...revisionOf(view) })}#prior"
                      >${shown}</a
                    >`
              }
            </th>
            <td class="r">${weighted(chosen, oddsText(lang, view.incident.cause.log10Lr + PRIORS[prior]))}</td>
          </tr>`
        })}
      </tbody>
    </table>`,
  )

const weighted = (chosen: boolean, text: string): Markup => (chosen ? html`<b>${text}</b>` : html`${text}`)

const revisionOf = (view: IncidentView): { readonly revision?: string } =>
  view.incident.revision === view.newest ? {} : { revision: String(view.incident.revision) }

/** Items shown at once; the others are one tap away. */
const MOST_UNSEEN = 2

/** Items nobody looked at, by how far their outcomes would move the weight. */
export function renderChange(lang: Lang, { incident: { cause } }: IncidentView): Markup {
  const reach = ({ after }: UnseenItem): number =>
    Math.max(...after.map(({ log10Lr }) => Math.abs(log10Lr - cause.log10Lr)))
  const ranked = cause.unseen.filter(({ after }) => after.length > 0).toSorted((a, b) => reach(b) - reach(a))
  const rest = ranked.slice(MOST_UNSEEN)
  return section(
    'change',
    say(lang, 'incident.change'),
    say(lang, 'incident.change-about', { times: timesText(lang, cause.log10Lr) }),
    ranked.length === 0
      ? html`<p>${say(lang, 'incident.change-none')}</p>`
      : html`${changeTable(lang, ranked.slice(0, MOST_UNSEEN))}
        ${
          rest.length === 0
            ? ''
            : fold(
                say(lang, 'incident.change-more', { count: formatNumber(lang, rest.length) }),
                changeTable(lang, rest),
              )
        }`,
  )
}

const changeTable = (lang: Lang, items: readonly UnseenItem[]): Markup =>
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
                <td class="r">${wordName(lang, word)}</td>
              </tr>`,
          ),
        )}
      </tbody>
    </table>`,
  )
