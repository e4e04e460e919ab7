import { html } from 'hono/html'
import type { Markup } from '../../web/html/markup.ts'
import type { Asn, Instant, Sha256 } from '../../core/model/units.ts'
import type { Kind } from '../../core/model/measured/verdict.ts'
import { capitalise, say } from '../../core/text/format.ts'
import { kindWords } from '../parts/kind-words.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDateTime, formatPeriod } from '../../core/text/time.ts'
import { urls, type Days } from '../urls.ts'
import type { NamedEntry } from '../../core/text/sentence/episode.ts'
import { entryCards } from '../parts/entry-card.ts'
import { daysForm } from '../parts/days-form.ts'
import { simulatedTag, type Page } from '../parts/layout.ts'
import { KIND_MARKS, mark, MARK_NAMES, type MarkName } from '../parts/mark.ts'

export interface MatrixNetwork {
  readonly asn: Asn
  readonly name: string
}

export interface MatrixEntry {
  readonly state: MarkName
  /** Judged measurements, and how many of them were interfered. */
  readonly judged: number
  readonly interfered: number
}

export interface MatrixRow {
  readonly service: string
  readonly name: string
  /** State over all networks, and on how many of the measured ones an incident restricted the service. */
  readonly state: MarkName
  readonly restrictedNetworks: number
  readonly measuredNetworks: number
  /** Distinct devices on the network with most of them, those unnamed left out: at least so many in all. */
  readonly devices: number
  readonly latest?: Instant
  /** One for each network of the page, in its order; no data is an entry too. */
  readonly entries: readonly MatrixEntry[]
}

export interface LatestMeasurement {
  readonly id: Sha256
  readonly at: Instant
  readonly serviceName: string
  readonly network: string
  readonly kind: Kind
}

/** Services by networks over a period that the reader chooses. */
export interface MatrixView {
  readonly days: Days
  readonly period: { readonly first: Instant; readonly last: Instant }
  readonly networks: readonly MatrixNetwork[]
  readonly rows: readonly MatrixRow[]
  readonly hiddenServices: number
  readonly restrictedNetworks: number
  readonly measuredNetworks: number
  readonly measurements: number
  readonly latest: readonly LatestMeasurement[]
  /** The days ended before the newest measurement. */
  readonly isOver: boolean
  /** Restrictions of the days where these are over, else what goes on now; absent where the site keeps no incidents. */
  readonly entries?: readonly NamedEntry[]
  /** Nothing was measured in the three hours before: whether something continues is not known. */
  readonly silent: boolean
  /** Periods offered next to the form, ending on the last day with data. */
  readonly choices: readonly { readonly count: number; readonly days: Days }[]
  readonly simulated: boolean
}

/** The matrix of a period: the answer, then the services, then services by networks, then the newest measurements. */
export const matrixPage = (lang: Lang, view: MatrixView): Page => ({
  lang,
  title: say(lang, 'page.title'),
  simulated: view.simulated,
  inLang: (other) => urls.matrix(other, view.days),
  data: urls.apiMatrix(view.days),
  body: () =>
    html`<div class="duo">
        <section class="now" aria-labelledby="answer">${answer(lang, view)} ${services(lang, view)}</section>
        <div class="right">${restrictions(lang, view)} ${matrix(lang, view)}</div>
        ${period(lang, view)}
      </div>
      ${latest(lang, view)}`,
})

function answer(lang: Lang, view: MatrixView): Markup {
  const total = view.measuredNetworks
  const heading =
    total === 0
      ? say(lang, 'first.no-data')
      : view.restrictedNetworks === 0
        ? say(lang, 'first.none-seen')
        : say(lang, 'first.restricted', { count: view.restrictedNetworks, total })
  const days = formatPeriod(lang, view.period.first, view.period.last)
  return html`<div class="lead">
    <h1 id="answer">${heading}</h1>
    <p>${say(lang, 'first.lead', { days, count: view.measurements })}</p>
  </div>`
}

/** A restriction on some networks is a part of all, as on the first page. */
const markOf = ({ state, restrictedNetworks, measuredNetworks }: MatrixRow): MarkName =>
  state === 'shut' && restrictedNetworks < measuredNetworks ? 'part' : state

const services = (lang: Lang, view: MatrixView): Markup =>
  html`<ul class="svc">
    ${view.rows.map(
      (row) =>
        html`<li>
          ${mark(markOf(row))}
          <div>
            <p class="s">
              <a href="${urls.service(lang, row.service)}"><b>${row.name}</b></a
              >: ${say(lang, `days.state.${row.state}`)}
            </p>
            ${
              row.latest === undefined
                ? ''
                : html`<p class="d">
                    ${
                      row.restrictedNetworks === 0
                        ? ''
                        : html`<span class="v"
                            >${say(lang, 'first.service-networks', {
                              count: row.restrictedNetworks,
                              total: row.measuredNetworks,
                            })}</span
                          > `
                    }${
                      row.devices === 0
                        ? ''
                        : html`<span class="v"
                            >${say(lang, 'series.devices', { count: say(lang, 'incident.at-least', { value: row.devices }) })}</span
                          > `
                    }<span class="v"
                      >${say(lang, 'first.service-latest', { at: formatDateTime(lang, row.latest) })}</span
                    >
                  </p>`
            }
          </div>
        </li>`,
    )}
  </ul>`

const period = (lang: Lang, view: MatrixView): Markup => daysForm(lang, view, (days) => urls.matrix(lang, days))

/** Of days that are over, what was found in them: what goes on now would read as theirs. */
function restrictions(lang: Lang, { entries, isOver, silent }: MatrixView): Markup {
  if (entries === undefined || (isOver && entries.length === 0)) return html``
  return html`<section class="sec" aria-labelledby="running">
    <div class="head"><h2 id="running">${say(lang, isOver ? 'incidents.title' : 'incidents.running')}</h2></div>
    ${
      entries.length === 0
        ? html`<p>${say(lang, silent ? 'edition.silent' : 'incidents.none-running')}</p>`
        : entryCards(lang, entries)
    }
    <p><a class="tap" href="${urls.incidents(lang)}">${say(lang, 'incidents.all-link')}</a></p>
  </section>`
}

const matrix = (lang: Lang, view: MatrixView): Markup =>
  html`<section class="sec" aria-labelledby="matrix">
    <div class="head">
      <h2 id="matrix">${say(lang, 'first.matrix')}</h2>
      <p>${simulatedTag(lang, view.simulated)}${say(lang, 'first.matrix-about')}</p>
    </div>
    ${view.networks.length === 0 ? '' : matrixTable(lang, view)}
    <ul class="legend">
      ${MARK_NAMES.map((state) => html`<li>${mark(state)}${say(lang, `days.state.${state}`)}</li>`)}
    </ul>
    ${
      view.hiddenServices === 0
        ? ''
        : html`<p class="sm q after">${say(lang, 'first.matrix-more', { count: view.hiddenServices })}</p>`
    }
  </section>`

const matrixTable = (lang: Lang, view: MatrixView): Markup =>
  html`<div class="scroll" role="group" aria-labelledby="matrix" tabindex="0">
    <table class="mx">
      <thead>
        <tr>
          <th scope="col"><span class="vh">${say(lang, 'column.service')}</span></th>
          ${view.networks.map(
            ({ asn, name }) =>
              html`<th scope="col"><span class="nm">${name}</span><small class="nw">AS${asn}</small></th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${view.rows.map(
          (row) =>
            html`<tr>
              <th scope="row"><a class="way" href="${urls.service(lang, row.service)}">${breakable(row.name)}</a></th>
              ${row.entries.map((entry, column) => cell(lang, view, { row, entry, network: view.networks[column] }))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`

/** A host name may break after its dots, so that it does not break inside a word. */
const breakable = (name: string): Markup => html`${name.split(/(?<=\.)/).map((part) => html`${part}<wbr />`)}`

interface CellPlace {
  readonly row: MatrixRow
  readonly entry: MatrixEntry
  readonly network: MatrixNetwork | undefined
}

function cell(lang: Lang, view: MatrixView, { row, entry, network }: CellPlace): Markup {
  const judged = formatNumber(lang, entry.judged)
  const figure = entry.interfered === 0 ? judged : say(lang, 'cell.of', { count: entry.interfered, total: judged })
  const counted = say(lang, entry.interfered === 0 ? 'cell.measurements' : 'cell.interfered')
  const content = html`${mark(entry.state)}<span
      ><span class="vh">${say(lang, `days.state.${entry.state}`)}, ${counted}: </span>${figure}</span
    >`
  return entry.judged === 0 || network === undefined
    ? html`<td><span class="c">${content}</span></td>`
    : html`<td><a class="c" href="${urls.series(lang, row.service, network.asn, view.days)}">${content}</a></td>`
}

const latest = (lang: Lang, view: MatrixView): Markup =>
  view.latest.length === 0
    ? html``
    : html`<section class="sec side" aria-labelledby="latest">
        <div class="head">
          <h2 id="latest">${say(lang, 'first.latest')}</h2>
          <p>${say(lang, 'first.latest-about')}</p>
        </div>
        <ul class="rows">
          ${view.latest.map(
            (one) =>
              html`<li>
                <a href="${urls.measurement(lang, one.id)}"
                  >${mark(KIND_MARKS[one.kind])}<span><b>${one.serviceName}</b>: ${kindWords(lang, one.kind)}</span></a
                >
                <p class="sm q">
                  <span class="v">${capitalise(lang, say(lang, `kind.${one.kind}`))}</span>
                  <span class="v">${one.network}</span> <span class="v">${formatDateTime(lang, one.at)}</span>
                </p>
              </li>`,
          )}
        </ul>
      </section>`
