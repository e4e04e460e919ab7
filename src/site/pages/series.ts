import { html } from 'hono/html'
import type { Mechanism } from '../../model/mechanism.ts'
import type { Standing } from '../../model/standing.ts'
import type { Asn, Instant, Sha256 } from '../../model/units.ts'
import type { Kind } from '../../model/verdict.ts'
import { say } from '../../text/format.ts'
import type { Lang } from '../../text/lang.ts'
import { formatNumber } from '../../text/number.ts'
import { networkLabel } from '../../text/sentence.ts'
import { formatDateTime, formatPeriod } from '../../text/time.ts'
import { urls, type Days } from '../urls.ts'
import { simulatedTag, type Page } from './layout.ts'
import { fold } from './fold.ts'
import { KIND_MARKS, mark, type Markup } from './mark.ts'
import { section } from './section.ts'

export interface SeriesEntry {
  readonly id: Sha256
  readonly at: Instant
  readonly kind: Kind
  readonly mechanism?: Mechanism
  readonly testName: string
  /** What is known of the sender of a measurement that is kept apart. */
  readonly standing?: Standing
}

/** Measurements of one service on one network, newest first. */
export interface SeriesView {
  readonly service: string
  readonly serviceName: string
  readonly asn: Asn
  readonly networkName?: string
  readonly days: Days
  readonly period: { readonly first: Instant; readonly last: Instant }
  readonly total: number
  /** Distinct devices behind them, those unnamed left out. */
  readonly devices: number
  /** How much of the measured time was without restriction, as a sentence. */
  readonly availability?: string
  readonly entries: readonly SeriesEntry[]
  /** Measurements of senders whom nobody knows: how many, and the newest of them. */
  readonly apart: { readonly total: number; readonly entries: readonly SeriesEntry[] }
  readonly simulated: boolean
}

/** The measurements behind one cell of the matrix. */
export function seriesPage(lang: Lang, view: SeriesView): Page {
  const title = say(lang, 'series.title', {
    service: view.serviceName,
    network: networkLabel(lang, view.asn, view.networkName),
  })
  const days = formatPeriod(lang, view.period.first, view.period.last, 'UTC')
  return {
    lang,
    title,
    simulated: view.simulated,
    inLang: (other) => urls.series(other, view.service, view.asn, view.days),
    data: urls.apiSeries(view.service, view.asn, view.days),
    body: () =>
      html`<nav class="crumb" aria-label="${say(lang, 'page.crumbs')}">
          <a href="${urls.matrix(lang, view.days)}">${say(lang, 'page.home')}</a>
        </nav>
        <div class="ttl">
          <h1>${title}</h1>
          <p>
            ${say(lang, 'series.about', { days, count: formatNumber(lang, view.total) })}
            ${view.total === 0 ? '' : devices(lang, view.devices)}
          </p>
          ${
            view.apart.total === 0
              ? ''
              : html`<p>${say(lang, 'incident.kept-apart', { count: formatNumber(lang, view.apart.total) })}</p>`
          }
          ${view.availability === undefined ? '' : html`<p>${view.availability}</p>`}
        </div>
        <section class="sec side" aria-labelledby="list">
          <div class="head">
            <h2 id="list">${say(lang, 'series.measurements')}</h2>
            <p>
              ${simulatedTag(lang, view.simulated)}${
                view.total > view.entries.length
                  ? say(lang, 'series.shortened', { count: formatNumber(lang, view.entries.length) })
                  : ''
              }
            </p>
          </div>
          ${view.entries.length === 0 ? html`<p>${say(lang, 'first.no-data')}</p>` : list(lang, view.entries)}
        </section>
        ${apart(lang, view)}`,
  }
}

const devices = (lang: Lang, count: number): string =>
  count === 0
    ? say(lang, 'incident.devices-unknown')
    : say(lang, 'series.devices', { count: formatNumber(lang, count) })

/** What is kept apart stands below what counts, and says of each whose it is. */
const apart = (lang: Lang, { apart: { total, entries }, simulated }: SeriesView): Markup =>
  total === 0
    ? html``
    : section(
        'apart',
        say(lang, 'series.apart'),
        say(lang, 'series.apart-about'),
        fold(
          say(lang, 'series.apart-newest', { count: formatNumber(lang, entries.length) }),
          html`${simulatedTag(lang, simulated)}${list(lang, entries)}`,
        ),
      )

const list = (lang: Lang, entries: readonly SeriesEntry[]): Markup =>
  html`<ul class="rows">
    ${entries.map(
      (one) =>
        html`<li>
          <a href="${urls.measurement(lang, one.id)}"
            >${mark(KIND_MARKS[one.kind])}<span
              >${formatDateTime(lang, one.at)}: <b>${say(lang, `kind.${one.kind}`)}</b></span
            ></a
          >
          <p class="sm q">
            ${one.mechanism === undefined ? '' : html`<span class="v">${say(lang, `mechanism.${one.mechanism}`)}</span> `}<span
              class="v"
              >${one.testName}</span
            >${one.standing === undefined ? '' : html` <span class="v">${say(lang, `standing.${one.standing}`)}</span>`}
          </p>
        </li>`,
    )}
  </ul>`
