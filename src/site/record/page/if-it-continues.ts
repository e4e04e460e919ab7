import { html, raw } from 'hono/html'
import { DAY_MS } from '../../../core/model/duration.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { Demand } from '../../../core/model/incident/demand.ts'
import { formatAsn, formatInstantUtc, instant, type Asn, type Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatMoment } from '../../../core/text/moment.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { quote } from '../../../core/text/sentence/verdict.ts'
import { formatDate, formatDateTime, formatPeriod } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import { renderWeeks } from '../../charts/weeks.ts'
import { COUNTED_WORDS, type HoursBounds, type HoursQuestion, type HoursTally } from '../../now/restricted-hours.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { chartKey, CHART_SIGNS, fileSign } from '../../parts/legend-key.ts'
import type { PageChart } from '../../take/page-chart.ts'
import { recordService, type ServiceNames } from '../../parts/record-service.ts'
import { sourceLine } from '../../parts/source-line.ts'
import { unbroken } from '../../../web/html/unbroken.ts'

/** A demand with what is counted since its day. */
export interface ReckonedDemand {
  readonly demand: Demand
  readonly reckoning: HoursQuestion
}

/** What the page "if it continues" shows. */
export interface DemandsView {
  /** Newest first. */
  readonly demands: readonly ReckonedDemand[]
  /** Time of the newest measurement; absent where there is none. */
  readonly measuredUntil?: Instant
  readonly serviceNames: ServiceNames
  readonly networkName: (asn: Asn) => string | undefined
  readonly simulated: boolean
  /** Below the chart of a demand, by its id: its files, and how it is embedded and cited. */
  readonly takes?: ReadonlyMap<string, Markup>
}

/** Incidents and hours since each dated demand. The demand is quoted; the rule of counting is the same for every one. */
export function ifItContinuesPage(lang: Lang, view: DemandsView): Page {
  const title = say(lang, 'demand.title')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: view.simulated,
    description: say(lang, 'demand.about'),
    inLang: (other) => urls.plain(other, 'if-it-continues'),
    data: urls.apiDemands(),
    body: () =>
      html`<div class="ttl">
          <h1>${title}</h1>
          <p>${say(lang, 'demand.about')} ${say(lang, 'demand.neutral')}</p>
        </div>
        ${
          view.demands.length === 0
            ? none(lang)
            : html`${view.demands.map((one) => demandSection(lang, view, one))} ${rules(lang, view)}`
        }`,
  }
}

const none = (lang: Lang): Markup =>
  html`<section class="sec side" aria-labelledby="none">
    <div class="head"><h2 id="none">${say(lang, 'demand.none')}</h2></div>
    <div>
      <p>${say(lang, 'demand.none-about')}</p>
      <p class="q after">${say(lang, 'demand.none-way')} <span class="mono">record/demands.json</span></p>
    </div>
  </section>`

function demandSection(lang: Lang, view: DemandsView, { demand, reckoning }: ReckonedDemand): Markup {
  const id = `d-${demand.id}`
  const { restricted, since, until } = reckoning
  const days = formatNumber(lang, Math.max(0, Math.floor((until - since) / DAY_MS)))
  return html`<section class="sec side demand" aria-labelledby="${id}">
    <div class="head">
      <h2 id="${id}">${formatMoment(lang, demand.at)}</h2>
      <p>${demand.who[lang]}</p>
    </div>
    <div>
      ${
        demand.quote === undefined
          ? ''
          : html`<blockquote class="say" lang="${demand.quote.lang}">
              <p>${quote(demand.quote.lang, demand.quote.text)}</p>
            </blockquote>`
      }
      <p>${demand.text[lang]}</p>
      ${
        demand.services === undefined
          ? ''
          : html`<p class="sm q">
              ${say(lang, 'reported.services', {
                list: demand.services.map((one) => recordService(lang, view.serviceNames, one)).join(', '),
              })}
            </p>`
      }
      <p class="sm q any">${say(lang, 'claims.source')}: ${sourceLine(lang, demand.source)}</p>
      <p class="sm after">
        ${simulatedTag(lang, view.simulated)}<span class="q"
          >${say(lang, 'demand.period', { since: formatDate(lang, since), until: formatDateTime(lang, until) })}</span
        >
      </p>
      <dl class="figures">
        <div>
          <dt>${say(lang, 'demand.days')}</dt>
          <dd>${days}</dd>
        </div>
        <div>
          <dt>${say(lang, 'demand.incidents')}</dt>
          <dd>${formatNumber(lang, restricted.incidents)}</dd>
        </div>
        <div>
          <dt>${say(lang, 'demand.hours')}</dt>
          <dd>${hours(lang, restricted.hours.middle)} <span class="iv">${boundsText(lang, restricted.hours)}</span></dd>
        </div>
      </dl>
      ${restricted.incidents === 0 ? html`<p>${say(lang, 'demand.zero')}</p>` : figure(lang, view, { demand, reckoning })}
      ${words(lang, reckoning)} ${places(lang, view, reckoning)} ${apart(lang, reckoning)}
    </div>
  </section>`
}

const hours = (lang: Lang, value: number): string => formatNumber(lang, value, value < 10 ? 1 : 0)
const boundsText = (lang: Lang, { least, most }: HoursBounds): string =>
  `(${hours(lang, least)}\u2013${hours(lang, most)})`
const tallyText = (lang: Lang, { hours: bounds }: HoursTally): string =>
  `${hours(lang, bounds.middle)} ${boundsText(lang, bounds)}`

function figure(lang: Lang, view: DemandsView, one: ReckonedDemand): Markup {
  const { demand, reckoning } = one
  const title = say(lang, 'demand.weeks')
  return html`<figure class="fig">
    <figcaption>
      <p class="sm">${simulatedTag(lang, view.simulated)}<b>${title}</b></p>
      <p class="sm q">${say(lang, 'demand.weeks-about')}</p>
    </figcaption>
    ${weekDrawings(lang, view, one)} ${fold(say(lang, 'demand.table'), scrolled(title, weekTable(lang, reckoning)))}
    ${view.takes?.get(demand.id) ?? ''}
  </figure>`
}

function drawnWeeks(lang: Lang, view: DemandsView, { demand, reckoning }: ReckonedDemand): readonly string[] {
  const title = say(lang, 'demand.weeks')
  const description = `${view.simulated ? `${say(lang, 'incident.simulated')} ` : ''}${say(lang, 'demand.weeks-about')}`
  return (['narrow', 'broad'] as const).map((shape) =>
    renderWeeks(lang, reckoning.weeks, { id: `w-${demand.id}-${shape}`, shape, title, description }),
  )
}

const weekDrawings = (lang: Lang, view: DemandsView, one: ReckonedDemand): Markup =>
  html`${drawnWeeks(lang, view, one).map((svg) => raw(svg))}
    <ul class="legend">
      ${weekLegend(lang, one).map(({ sign, text }) => html`<li>${sign}${text}</li>`)}
    </ul>`

const weekLegend = (
  lang: Lang,
  { reckoning }: ReckonedDemand,
): readonly { readonly sign: Markup; readonly text: string; readonly sample: string }[] => [
  { sign: KEYS.blocking, text: say(lang, 'demand.word.blocking'), sample: fileSign(keyBox('wk-blocking')) },
  { sign: KEYS.other, text: say(lang, 'demand.word.not-determined'), sample: fileSign(keyBox('wk-other')) },
  ...(reckoning.weeks.every(({ measured }) => measured)
    ? []
    : [{ sign: chartKey('silent'), text: say(lang, 'board.state.none'), sample: fileSign(CHART_SIGNS.silent) }]),
]

/** Hours restricted since a demand, by week, as a chart to be taken; undefined where nothing was restricted. */
export function weeksChart(lang: Lang, view: DemandsView, one: ReckonedDemand): PageChart | undefined {
  const { demand, reckoning } = one
  if (reckoning.restricted.incidents === 0) return undefined
  return {
    path: `weeks/${encodeURIComponent(demand.id)}`,
    page: `${urls.plain(lang, 'if-it-continues')}#d-${demand.id}`,
    title: `${say(lang, 'demand.weeks')}. ${formatPeriod(lang, reckoning.since, reckoning.until)}`.replace(/\.$/, ''),
    about: [say(lang, 'demand.weeks-about')],
    simulated: view.simulated,
    at: reckoning.until,
    height: 520,
    drawings: drawnWeeks(lang, view, one)
      .slice(-1)
      .map((svg) => ({ svg, legend: weekLegend(lang, one) })),
    body: weekDrawings(lang, view, one),
    columns: [
      'since_utc',
      'until_utc',
      'blocking_hours',
      'not_determined_hours',
      'most_hours',
      'measured',
      'simulated',
    ],
    rows: reckoning.weeks.map(({ from, until, blocking, other, most, measured }) => ({
      since_utc: formatInstantUtc(from),
      until_utc: formatInstantUtc(until),
      blocking_hours: blocking,
      not_determined_hours: other,
      most_hours: most,
      measured,
      simulated: view.simulated,
    })),
  }
}

const keyBox = (className: string): string => `<rect class="${className}" x="3" y="2" width="12" height="14"/>`
const key = (className: string): ReturnType<typeof raw> =>
  raw(`<svg class="m chart" viewBox="0 0 18 18" aria-hidden="true" focusable="false">${keyBox(className)}</svg>`)
const KEYS = { blocking: key('wk-blocking'), other: key('wk-other') }

const weekTable = (lang: Lang, { weeks }: HoursQuestion): Markup =>
  html`<table class="tbl">
    <thead>
      <tr>
        <th scope="col">${say(lang, 'demand.week')}</th>
        <th scope="col">${say(lang, 'demand.word.blocking')}</th>
        <th scope="col">${say(lang, 'demand.word.not-determined')}</th>
        <th scope="col">${say(lang, 'demand.at-most')}</th>
      </tr>
    </thead>
    <tbody>
      ${weeks.map(
        ({ from, until, blocking, other, most, measured }) =>
          html`<tr>
            <th scope="row">${formatPeriod(lang, from, lastDay(from, until))}</th>
            ${
              measured
                ? [blocking, other, most].map((value) => html`<td>${hours(lang, value)}</td>`)
                : html`<td colspan="3">${say(lang, 'board.state.none')}</td>`
            }
          </tr>`,
      )}
    </tbody>
  </table>`

/** A bin that ends at midnight ends with the day before. */
const lastDay = (from: Instant, until: Instant): Instant => (until - 1 > from ? instant(until - 1) : from)

const words = (lang: Lang, { byWord }: HoursQuestion): Markup =>
  scrolled(
    say(lang, 'demand.by-word'),
    html`<table class="tbl">
      <caption class="vh">
        ${say(lang, 'demand.by-word')}
      </caption>
      <thead>
        <tr>
          <th scope="col">${say(lang, 'demand.word')}</th>
          <th scope="col">${say(lang, 'demand.incidents')}</th>
          <th scope="col">${say(lang, 'demand.hours')}</th>
        </tr>
      </thead>
      <tbody>
        ${COUNTED_WORDS.map((word) => row(lang, say(lang, `demand.word.${word}`), byWord[word]))}
      </tbody>
    </table>`,
  )

const row = (lang: Lang, name: Markup | string, tally: HoursTally): Markup =>
  html`<tr>
    <th scope="row">${name}</th>
    <td>${formatNumber(lang, tally.incidents)}</td>
    <td>${tallyText(lang, tally)}</td>
  </tr>`

const head = (lang: Lang, name: string): Markup =>
  html`<thead>
    <tr>
      <th scope="col">${name}</th>
      <th scope="col">${say(lang, 'demand.incidents')}</th>
      <th scope="col">${say(lang, 'demand.hours')}</th>
    </tr>
  </thead>`

function places(lang: Lang, view: DemandsView, { byService, byNetwork }: HoursQuestion): Markup {
  if (byService.length === 0) return html``
  const networkName = (asn: Asn): string => [view.networkName(asn) ?? '', formatAsn(asn)].join(' ').trim()
  const [services, networks] = [say(lang, 'demand.by-service'), say(lang, 'demand.by-network')]
  return html`${fold(
    services,
    scrolled(
      services,
      html`<table class="tbl">
        ${head(lang, say(lang, 'column.service'))}
        <tbody>
          ${byService.map((one) =>
            row(
              lang,
              html`<a href="${urls.service(lang, one.service)}"
                >${recordService(lang, view.serviceNames, one.service)}</a
              >`,
              one,
            ),
          )}
        </tbody>
      </table>`,
    ),
  )}
  ${fold(
    networks,
    scrolled(
      networks,
      html`<table class="tbl">
        ${head(lang, say(lang, 'column.network'))}
        <tbody>
          ${byNetwork.map((one) =>
            row(lang, html`<a href="${urls.network(lang, one.asn)}">${networkName(one.asn)}</a>`, one),
          )}
        </tbody>
      </table>`,
    ),
  )}`
}

function apart(lang: Lang, { insufficient, withdrawn, openEdges }: HoursQuestion): Markup {
  const count = (value: number): string => formatNumber(lang, value)
  return html`<p class="sm q after">
    ${say(lang, 'demand.not-counted', { insufficient: count(insufficient), withdrawn: count(withdrawn) })}
    ${openEdges === 0 ? '' : unbroken(say(lang, 'demand.open-edges', { count: count(openEdges) }))}
  </p>`
}

const RULES = ['once', 'bounds', 'from', 'fault', 'silence', 'partly'] as const

const rules = (lang: Lang, { measuredUntil }: DemandsView): Markup =>
  html`<section class="sec side" aria-labelledby="rules">
    <div class="head"><h2 id="rules">${say(lang, 'demand.rules')}</h2></div>
    <div>
      <ul class="plain">
        ${RULES.map((rule) => html`<li>${say(lang, `demand.rule.${rule}`)}</li>`)}
        ${
          measuredUntil === undefined
            ? ''
            : html`<li>${say(lang, 'demand.measured-until', { at: formatDateTime(lang, measuredUntil) })}</li>`
        }
      </ul>
      <ul class="dl after">
        <li><a href="${urls.apiDemands()}">JSON</a></li>
        <li><a href="${urls.apiDemands('csv')}">CSV</a></li>
      </ul>
    </div>
  </section>`
