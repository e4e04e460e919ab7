import { html } from 'hono/html'
import type { Mechanism } from '../../model/mechanism.ts'
import type { Asn, Instant, Sha256 } from '../../model/units.ts'
import type { Kind } from '../../model/verdict.ts'
import { say } from '../../text/format.ts'
import type { Lang } from '../../text/lang.ts'
import { formatNumber } from '../../text/number.ts'
import { networkLabel } from '../../text/sentence.ts'
import { formatDateTime, formatPeriod } from '../../text/time.ts'
import { urls, type Days } from '../urls.ts'
import { renderPage, simulatedTag } from './layout.ts'
import { KIND_MARKS, mark, type Markup } from './mark.ts'

export interface SeriesEntry {
  readonly id: Sha256
  readonly at: Instant
  readonly kind: Kind
  readonly mechanism?: Mechanism
  readonly testName: string
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
  /** How much of the measured time was without restriction, as a sentence. */
  readonly availability?: string
  readonly entries: readonly SeriesEntry[]
  readonly simulated: boolean
}

/** The measurements behind one cell of the matrix. */
export function renderSeries(lang: Lang, view: SeriesView): Markup {
  const title = say(lang, 'series.title', {
    service: view.serviceName,
    network: networkLabel(lang, view.asn, view.networkName),
  })
  const days = formatPeriod(lang, view.period.first, view.period.last, 'UTC')
  return renderPage({
    lang,
    title,
    simulated: view.simulated,
    inLang: (other) => urls.series(other, view.service, view.asn, view.days),
    data: urls.apiSeries(view.service, view.asn, view.days),
    body: html`<nav class="crumb" aria-label="${say(lang, 'page.crumbs')}">
        <a href="${urls.first(lang, view.days)}">${say(lang, 'page.home')}</a>
      </nav>
      <div class="ttl">
        <h1>${title}</h1>
        <p>${say(lang, 'series.about', { days, count: formatNumber(lang, view.total) })}</p>
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
        ${view.entries.length === 0 ? html`<p>${say(lang, 'first.no-data')}</p>` : list(lang, view)}
      </section>`,
  })
}

const list = (lang: Lang, view: SeriesView): Markup =>
  html`<ul class="rows">
    ${view.entries.map(
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
            >
          </p>
        </li>`,
    )}
  </ul>`
