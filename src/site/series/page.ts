import { relatedPages } from '../parts/related.ts'
import { crumbs, homePage } from '../parts/crumbs.ts'
import { html } from 'hono/html'
import type { Markup } from '../../web/html/markup.ts'
import type { Mechanism } from '../../core/model/measured/mechanism.ts'
import type { Standing } from '../../core/model/standing.ts'
import type { Asn, Instant, Sha256 } from '../../core/model/units.ts'
import type { Kind } from '../../core/model/measured/verdict.ts'
import { capitalise, say } from '../../core/text/format.ts'
import { kindWords } from '../parts/kind-words.ts'
import type { NamedIncident } from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/text/lang.ts'
import { networkLabel } from '../../core/text/sentence/verdict.ts'
import { formatClock, formatDate, formatDateTime, formatPeriod } from '../../core/text/time.ts'
import { urls, type Days } from '../urls.ts'
import { daysForm } from '../parts/days-form.ts'
import { fold, scrolled } from '../../web/html/fold.ts'
import type { Frame } from '../../web/html/frame.ts'
import { incidentLines } from '../parts/incident-line.ts'
import { simulatedTag, tagged, type Page } from '../parts/layout.ts'
import { KIND_MARKS, mark, type MarkName } from '../parts/mark.ts'
import { asOfText, rowDetails, takeSection, type PlaceRow } from '../place/page/parts.ts'
import { section } from '../../web/html/section.ts'
import { strips, STRIPS_SCRIPT, type StripView } from '../parts/strips.ts'
import type { StripDay } from '../now/strip-view.ts'
import { homeMidnight } from '../../core/text/home-day.ts'
import { formatNumber } from '../../core/text/number.ts'

export interface SeriesEntry {
  readonly id: Sha256
  readonly at: Instant
  readonly kind: Kind
  readonly mechanism?: Mechanism
  readonly testName: string
  /** What is known of the sender of a measurement that is excluded. */
  readonly standing?: Standing
}

/** State of the series at the present of the board. */
export type SeriesNow = Omit<PlaceRow, 'name' | 'number' | 'href'> & {
  readonly asOf: Instant
  readonly simulated: boolean
}

/** Measurements of one service on one network, newest first. */
export interface SeriesView {
  readonly service: string
  readonly serviceName: string
  readonly asn: Asn
  readonly networkName?: string
  readonly days: Days
  readonly period: { readonly first: Instant; readonly last: Instant }
  /** Periods offered next to the form. */
  readonly choices: readonly { readonly count: number; readonly days: Days }[]
  readonly now: SeriesNow
  /**
   * What was seen in days that do not reach the present, and on how many of those drawn it was restricted; absent: the
   * page answers of now.
   */
  readonly past?: { readonly state: MarkName; readonly restricted: number; readonly days: number }
  /** Each day that is drawn, in figures; absent where nothing was measured. */
  readonly byDay?: readonly (Omit<StripDay, 'day'> & { readonly date: string })[]
  /** Days of the period as columns; absent where nothing was measured. */
  readonly strip?: StripView
  /** Below the strip: its files, and how it is embedded and cited. */
  readonly takeDays?: Markup
  /** Incidents of the period, newest first. */
  readonly incidents: readonly NamedIncident[]
  readonly total: number
  /** Distinct devices behind them, those unnamed left out. */
  readonly devices: number
  /** How much of the measured time was without restriction, as a sentence. */
  readonly availability?: string
  readonly entries: readonly SeriesEntry[]
  /** Measurements from unknown senders: how many, and the newest of them. */
  readonly apart: { readonly total: number; readonly entries: readonly SeriesEntry[] }
  readonly simulated: boolean
}

/** The measurements behind one cell of the matrix. */
export function seriesPage(lang: Lang, view: SeriesView): Page {
  const number = networkLabel(lang, view.asn)
  const network = view.networkName === undefined ? number : `${view.networkName} (${number})`
  const title = say(lang, 'series.title', { service: view.serviceName, network })
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: view.simulated,
    inLang: (other) => urls.series(other, view.service, view.asn, view.days),
    data: urls.apiSeries(view.service, view.asn, view.days),
    feed: urls.feed(lang, { service: view.service }),
    related: relatedPages(lang, {
      service: { id: view.service, name: view.serviceName },
      network: { asn: view.asn, name: view.networkName },
      at: view.period.last,
      self: urls.series(lang, view.service, view.asn),
    }),
    scripts: [STRIPS_SCRIPT],
    body: (frame) =>
      html`${crumbs(lang, [homePage(lang), { href: urls.service(lang, view.service), text: view.serviceName }, ...(view.asn === 0 ? [] : [{ href: urls.network(lang, view.asn), text: network }])])}
        <div class="ttl">
          ${view.past === undefined ? presentAnswer(lang, title, view.now) : pastAnswer(lang, title, view)}
        </div>
        ${days(lang, view, frame)}
        ${
          view.incidents.length === 0
            ? ''
            : section(
                'found',
                say(lang, 'incidents.title'),
                '',
                incidentLines(lang, view.incidents, { network: false }),
              )
        }
        ${measurements(lang, view)} ${apart(lang, view)}
        ${takeSection(lang, [
          { href: urls.apiSeries(view.service, view.asn, view.days), text: say(lang, 'place.take-series') },
          {
            href: urls.asCsv(urls.apiSeries(view.service, view.asn, view.days)),
            text: say(lang, 'place.take-series-csv'),
          },
          { href: urls.apiSeriesLines(view.service, view.asn, view.days), text: say(lang, 'place.take-series-lines') },
        ])}`,
  }
}

const presentAnswer = (lang: Lang, title: string, now: SeriesNow): Markup =>
  html`<h1>${mark(now.state)}<span>${title}: ${say(lang, `board.state.${now.state}`)}</span></h1>
    <p>${asOfText(lang, now)}</p>
    ${rowDetails(lang, now, now.asOf).length === 0 ? '' : html`<p>${rowDetails(lang, now, now.asOf).map((text) => html`<span class="v">${text}</span> `)}</p>`}`

/** Of days that are over: what was seen in them, and nothing of now. */
function pastAnswer(lang: Lang, title: string, { past, period }: SeriesView): Markup {
  const { state, restricted, days } = past ?? { state: 'none', restricted: 0, days: 0 }
  return html`<h1>${mark(state)}<span>${title}: ${say(lang, `days.state.${state}`)}</span></h1>
    <p>
      <span class="v">${formatPeriod(lang, period.first, period.last)}.</span>
      ${restricted === 0 ? '' : html`<span class="v">${say(lang, 'days.restricted', { count: restricted, total: days })}</span>`}
    </p>`
}

/** The period: what was measured in it, its days as columns, and other periods. */
function days(lang: Lang, view: SeriesView, frame: Frame): Markup {
  const period = formatPeriod(lang, view.period.first, view.period.last)
  return section(
    'days',
    say(lang, 'place.period'),
    '',
    html`<p>
        ${say(lang, 'series.about', { days: period, count: view.total })}
        ${view.total === 0 ? '' : devices(lang, view.devices)}
        ${view.apart.total === 0 ? '' : say(lang, 'incident.kept-apart', { count: view.apart.total })}
      </p>
      ${view.availability === undefined ? '' : html`<p>${view.availability}</p>`}
      ${
        view.strip === undefined
          ? ''
          : html`<div class="one-strip">
                ${simulatedTag(lang, view.simulated)}${strips(lang, [{ ...view.strip, title: view.serviceName, href: urls.service(lang, view.service) }], { isLive: frame.medium === 'live' })}
              </div>
              ${dayTable(lang, view)} ${view.takeDays ?? ''}`
      }
      ${frame.medium === 'live' ? daysForm(lang, view, (days) => urls.series(lang, view.service, view.asn, days)) : ''}`,
  )
}

/** Each day of the strip with the way to its own page. */
function dayTable(lang: Lang, view: SeriesView): Markup {
  const rows = view.byDay ?? []
  if (rows.length < 2) return html``
  const title = say(lang, 'days.each')
  const table = html`<table class="tbl">
    <thead>
      <tr>
        <th scope="col">${say(lang, 'days.day')}</th>
        <th scope="col">${say(lang, 'column.state')}</th>
        <th scope="col">${say(lang, 'board.days.column.hours')}</th>
        <th scope="col">${say(lang, 'board.days.column.unknown')}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ date, state, restrictedHours, noDataHours }) =>
          html`<tr>
            <th scope="row">
              <a href="${urls.series(lang, view.service, view.asn, { since: date, until: date })}"
                >${formatDate(lang, homeMidnight(date))}</a
              >
            </th>
            <td>${say(lang, `days.state.${state}`)}</td>
            <td>${formatNumber(lang, restrictedHours, 1)}</td>
            <td>${formatNumber(lang, noDataHours, 1)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
  return fold(title, scrolled(title, table))
}

/** Measurements that are open, the newest; the others are one tap away, by days. */
const OPEN_ENTRIES = 40

/** Days with their measurements, the newest first, and how many of each are open. */
function byDay(
  lang: Lang,
  entries: readonly SeriesEntry[],
): readonly { readonly day: string; readonly own: readonly SeriesEntry[]; readonly open: number }[] {
  let left = OPEN_ENTRIES
  return [...Map.groupBy(entries, ({ at }) => formatDate(lang, at))].map(([day, own]) => {
    const open = Math.min(left, own.length)
    left -= open
    return { day, own, open }
  })
}

function measurements(lang: Lang, view: SeriesView): Markup {
  const shortened =
    view.total > view.entries.length ? say(lang, 'series.shortened', { count: view.entries.length }) : ''
  const headed = (day: string, own: readonly SeriesEntry[]): string =>
    say(lang, 'place.month-count', { month: day, count: own.length })
  return section(
    'list',
    say(lang, 'series.measurements'),
    tagged(lang, view.simulated, shortened),
    view.entries.length === 0
      ? html`<p>${say(lang, 'first.no-data')}</p>`
      : html`${byDay(lang, view.entries).map(({ day, own, open }) => {
          if (open === 0) return fold(headed(day, own), list(lang, own))
          return html`<h3 class="day">${headed(day, own)}</h3>
            ${list(lang, own.slice(0, open))}
            ${
              own.length === open
                ? ''
                : fold(say(lang, 'place.more-rows', { count: own.length - open }), list(lang, own.slice(open)))
            }`
        })}`,
  )
}

const devices = (lang: Lang, count: number): string =>
  count === 0 ? say(lang, 'incident.devices-unknown') : say(lang, 'series.devices', { count })

/** Excluded measurements are listed below those that count, each with its sender. */
const apart = (lang: Lang, { apart: { total, entries }, simulated }: SeriesView): Markup =>
  total === 0
    ? html``
    : section(
        'apart',
        say(lang, 'series.apart'),
        say(lang, 'series.apart-about'),
        fold(
          say(lang, 'series.apart-newest', { count: entries.length }),
          html`${simulatedTag(lang, simulated)}${list(lang, entries, true)}`,
        ),
      )

/** Measurements one a line; under the heading of their day the clock is enough. */
const list = (lang: Lang, entries: readonly SeriesEntry[], isDated = false): Markup =>
  html`<ul class="rows seen-at">
    ${entries.map(
      (one) =>
        html`<li>
          <a href="${urls.measurement(lang, one.id)}"
            >${mark(KIND_MARKS[one.kind])}<span
              >${isDated ? formatDateTime(lang, one.at) : formatClock(one.at)}:
              <b>${kindWords(lang, one.kind)}</b></span
            ></a
          >
          <p class="sm q">
            <span class="v">${capitalise(lang, say(lang, `kind.${one.kind}`))}</span>
            ${one.mechanism === undefined ? '' : html`<span class="v">${say(lang, `mechanism.${one.mechanism}`)}</span> `}<span
              class="v"
              >${one.testName}</span
            >${one.standing === undefined ? '' : html` <span class="v">${say(lang, `standing.${one.standing}`)}</span>`}
          </p>
        </li>`,
    )}
  </ul>`
