import { html, raw } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Order, Reported, Statement } from '../../../core/model/tables/record.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatBracket, formatMoment } from '../../../core/text/moment.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { urls } from '../../urls.ts'
import { renderYears, type YearCounts } from '../../charts/years.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import type { Frame } from '../../../web/html/frame.ts'
import { daysSection, type EntryDays } from './entry-days.ts'
import { measuredMonth, type MeasuredMonth } from './measured-month.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { chartKey, CHART_SIGNS, fileSign } from '../../parts/legend-key.ts'
import type { PageChart } from '../../take/page-chart.ts'
import type { Instant } from '../../../core/model/units.ts'
import { recordService, type ServiceNames } from '../../parts/record-service.ts'
import { section } from '../../../web/html/section.ts'
import { sourceLine } from '../../parts/source-line.ts'
import { unbroken } from '../../../web/html/unbroken.ts'

export type ChronicleEntry =
  | { readonly kind: 'reported'; readonly row: Reported }
  | { readonly kind: 'statement'; readonly statement: Statement }
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'measured'; readonly measured: MeasuredMonth }

export const ENTRY_KINDS = ['reported', 'statement', 'order', 'measured'] as const

/** What the chronicle shows: one list of everything that has a date, newest first. */
export interface ChronicleView {
  readonly years: readonly { readonly year: string; readonly entries: readonly ChronicleEntry[] }[]
  /** Acts of which no day is known. */
  readonly undated: readonly Order[]
  readonly counts: readonly {
    readonly year: number
    readonly of: Readonly<Record<ChronicleEntry['kind'], number>>
    /** Whether anything was measured in that year: else no measured incident says nothing. */
    readonly isMeasured: boolean
  }[]
  readonly services: readonly string[]
  readonly chosen?: string
  readonly serviceNames: ServiceNames
  /** Days with measured entries. */
  readonly days: EntryDays
  readonly simulated: boolean
  /** Below the picture of years: its files, and how it is embedded and cited. */
  readonly takeYears?: Markup
}

/** Newest years that are open; older ones open on a tap. */
const OPEN_YEARS = 2

/** Kazakhstan year by year: what was reported, said and decided, and what was measured, each marked as such. */
export function chroniclePage(lang: Lang, view: ChronicleView): Page {
  const title = say(lang, 'chronicle.title')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: view.simulated,
    description: say(lang, 'chronicle.about'),
    inLang: (other) =>
      view.chosen === undefined ? urls.plain(other, 'chronicle') : urls.chronicle(other, view.chosen),
    body: (frame) =>
      html`<div class="ttl">
          <h1>${title}</h1>
          <p>${say(lang, 'chronicle.about')} ${say(lang, 'chronicle.apart')}</p>
        </div>
        ${figure(lang, view)} ${daysSection(lang, view.days, view.chosen)} ${filter(lang, view, frame)}
        ${yearLinks(lang, view)}
        ${
          view.years.length === 0
            ? html`<p class="back">
                ${say(lang, view.chosen === undefined ? 'chronicle.none' : 'chronicle.none-chosen')}
              </p>`
            : view.years.map((one, index) => yearSection(lang, view, { ...one, open: index < OPEN_YEARS }))
        }
        ${undated(lang, view)}`,
  }
}

const lanesOf = (lang: Lang, { counts }: ChronicleView): YearCounts => ({
  years: counts.map(({ year }) => year),
  lanes: ENTRY_KINDS.map((kind) => ({
    label: say(lang, `chronicle.lane.${kind}`),
    counts: counts.map(({ of, isMeasured }) => (kind === 'measured' && !isMeasured ? undefined : of[kind])),
    measured: kind === 'measured',
  })),
})

function figure(lang: Lang, view: ChronicleView): Markup {
  // One year does not show a course of years: its figures are next to its heading.
  if (view.counts.length < 2) return html``
  const lanes = lanesOf(lang, view)
  const title = say(lang, 'chronicle.figure')
  const body = html`<figure class="fig">
    ${view.simulated ? html`<figcaption class="sm">${simulatedTag(lang, true)}</figcaption>` : ''}
    ${drawnYears(lang, view).map((svg) => raw(svg))}
    ${
      view.counts.every(({ isMeasured }) => isMeasured)
        ? ''
        : html`<ul class="legend">
            <li>${chartKey('silent')}${say(lang, 'board.state.none')}</li>
          </ul>`
    }
    ${fold(say(lang, 'chronicle.table'), scrolled(title, table(lang, lanes)))} ${view.takeYears ?? ''}
  </figure>`
  return section('by-year', title, say(lang, 'chronicle.figure-about'), body)
}

function drawnYears(lang: Lang, view: ChronicleView): readonly string[] {
  const title = say(lang, 'chronicle.figure')
  const description = `${view.simulated ? `${say(lang, 'incident.simulated')} ` : ''}${say(lang, 'chronicle.figure-about')}`
  return (['narrow', 'broad'] as const).map((shape) =>
    renderYears(lang, lanesOf(lang, view), { id: `years-${shape}`, shape, title, description }),
  )
}

/** The picture of years as a chart to be taken; undefined where there is none. */
export function yearsChart(lang: Lang, view: ChronicleView, at: Instant): PageChart | undefined {
  const { counts, chosen, simulated } = view
  const [first, last] = [counts[0]?.year, counts.at(-1)?.year]
  if (first === undefined || last === undefined || first === last) return undefined
  const name = chosen === undefined ? [] : [recordService(lang, view.serviceNames, chosen)]
  const drawings = drawnYears(lang, view)
  return {
    path: 'years',
    ...(chosen === undefined ? {} : { query: `?${new URLSearchParams({ service: chosen }).toString()}` }),
    page: chosen === undefined ? urls.plain(lang, 'chronicle') : urls.chronicle(lang, chosen),
    title: [say(lang, 'chronicle.figure'), ...name, `${first}–${last}`].join('. '),
    about: [say(lang, 'chronicle.figure-about')],
    simulated,
    at,
    height: 560,
    drawings: drawings.slice(-1).map((svg) => ({
      svg,
      legend: counts.every(({ isMeasured }) => isMeasured)
        ? []
        : [{ sample: fileSign(CHART_SIGNS.silent), text: say(lang, 'board.state.none') }],
    })),
    body: html`${drawings.map((svg) => raw(svg))}`,
    columns: ['year', ...ENTRY_KINDS, 'simulated'],
    rows: counts.map(({ year, of, isMeasured }) => ({
      year,
      ...of,
      measured: isMeasured ? of.measured : null,
      simulated,
    })),
  }
}

const table = (lang: Lang, { years, lanes }: YearCounts): Markup =>
  html`<table class="tbl">
    <thead>
      <tr>
        <th scope="col">${say(lang, 'chronicle.year')}</th>
        ${lanes.map(({ label }) => html`<th scope="col">${label}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${years.map(
        (year, index) =>
          html`<tr>
            <th scope="row">${String(year)}</th>
            ${lanes.map(({ counts }) => {
              const count = counts[index]
              return html`<td>${count === undefined ? say(lang, 'board.state.none') : formatNumber(lang, count)}</td>`
            })}
          </tr>`,
      )}
    </tbody>
  </table>`

/** Choosing a service asks the server, so that a copy shows everything. */
const filter = (lang: Lang, view: ChronicleView, frame: Frame): Markup =>
  frame.medium !== 'live' || view.services.length === 0
    ? html``
    : html`<nav class="picks" aria-labelledby="pick">
        <p class="by" id="pick">${say(lang, 'chronicle.filter')}</p>
        <ul>
          <li>${pick(urls.plain(lang, 'chronicle'), say(lang, 'chronicle.all'), view.chosen === undefined)}</li>
          ${view.services.map(
            (id) =>
              html`<li>
                ${pick(urls.chronicle(lang, id), recordService(lang, view.serviceNames, id), id === view.chosen)}
              </li>`,
          )}
        </ul>
        ${view.chosen === undefined ? '' : html`<p class="sm q">${say(lang, 'chronicle.chosen-about')}</p>`}
      </nav>`

const pick = (href: string, words: string, chosen: boolean): Markup =>
  chosen ? html`<b aria-current="true">${words}</b>` : html`<a href="${href}">${words}</a>`

const yearLinks = (lang: Lang, { years }: ChronicleView): Markup =>
  years.length < 2
    ? html``
    : html`<nav class="crumb" aria-label="${say(lang, 'chronicle.years')}">
        ${years.map(({ year }) => html`<a href="#y-${year}">${year}</a>`)}
      </nav>`

type Year = ChronicleView['years'][number] & { readonly open: boolean }

function yearSection(lang: Lang, view: ChronicleView, { year, entries, open }: Year): Markup {
  const of = view.counts.find((one) => String(one.year) === year)?.of
  const list = html`<ul class="story">
    ${entries.map((entry) => entryItem(lang, view, entry))}
  </ul>`
  const isFolded = !open && view.chosen === undefined
  return html`<section class="sec side${isFolded ? ' older' : ''}" aria-labelledby="y-${year}">
    <div class="head">
      <h2 id="y-${year}">${year}</h2>
      ${
        of === undefined
          ? ''
          : html`<p class="sm">
              ${ENTRY_KINDS.filter((kind) => of[kind] > 0).map(
                (kind) =>
                  html`<span class="v">${say(lang, `chronicle.lane.${kind}`)}: ${formatNumber(lang, of[kind])}</span> `,
              )}
            </p>`
      }
    </div>
    ${
      isFolded
        ? html`<details class="tab year">
            <summary>${say(lang, 'chronicle.entries', { count: entries.length })}</summary>
            ${list}
          </details>`
        : list
    }
  </section>`
}

function entryItem(lang: Lang, view: ChronicleView, entry: ChronicleEntry): Markup {
  switch (entry.kind) {
    case 'reported':
      return reportedItem(lang, view, entry.row)
    case 'statement':
      return statementItem(lang, entry.statement)
    case 'order':
      return orderItem(lang, view, entry.order)
    case 'measured':
      return measuredItem(lang, view, entry.measured)
  }
}

interface Item {
  readonly id: string
  readonly kind: ChronicleEntry['kind']
  readonly when: string
  readonly label: string
  readonly body: Markup
}

const item = ({ id, kind, when, label, body }: Item): Markup =>
  html`<li id="${id}" class="is-${kind}">
    <h3 class="by">
      <b>${when}</b>
      <span>${label}</span>
    </h3>
    <div>${body}</div>
  </li>`

const serviceList = (lang: Lang, { serviceNames }: ChronicleView, services: readonly string[]): string =>
  services.map((id) => recordService(lang, serviceNames, id)).join(', ')

const reportedItem = (lang: Lang, view: ChronicleView, row: Reported): Markup =>
  item({
    id: `r-${row.id}`,
    kind: 'reported',
    when: formatBracket(lang, row.onset),
    label: say(lang, `reported-as.${row.reportedAs}`),
    body: html`<p>${unbroken(row.text[lang])}</p>
      <p class="sm q">
        ${
          row.services.length === 0
            ? ''
            : html`<span class="v"
                >${say(lang, 'reported.services', { list: serviceList(lang, view, row.services) })}</span
              > `
        }<span class="v"
          >${
            row.end === null
              ? say(lang, 'reported.end-unknown')
              : say(lang, 'reported.end', { value: formatBracket(lang, row.end) })
          }</span
        >
      </p>
      <p class="sm q any">
        ${say(lang, 'reported.sources')}:
        ${row.sources.map((source, index) => html`${index === 0 ? '' : '; '}${sourceLine(lang, source)}`)}
      </p>
      ${
        row.course === undefined
          ? ''
          : html`<p class="sm">
              <a class="tap" href="${urls.course(lang, row.id)}">${say(lang, 'chronicle.to-course')}</a>
            </p>`
      }`,
  })

const statementItem = (lang: Lang, statement: Statement): Markup =>
  item({
    id: `c-${statement.id}`,
    kind: 'statement',
    when: formatMoment(lang, statement.at),
    label: say(lang, 'chronicle.kind.statement'),
    body: html`<p><b>${statement.who[lang]}</b>. ${statement.summary[lang]}</p>
      <p class="sm">
        <a class="tap" href="${urls.claims(lang, statement.id)}">${say(lang, 'chronicle.to-statement')}</a>
      </p>`,
  })

const orderItem = (lang: Lang, view: ChronicleView, order: Order): Markup =>
  item({
    id: `a-${order.id}`,
    kind: 'order',
    when: order.at === undefined ? say(lang, 'orders.no-date') : formatMoment(lang, order.at),
    label: say(lang, 'chronicle.kind.order'),
    body: html`<p>
        ${order.number === undefined ? '' : html`<b>${say(lang, 'orders.number', { number: order.number })}</b>. `}${unbroken(order.title[lang])}
      </p>
      ${
        order.scope.length === 0
          ? ''
          : html`<p class="sm q any">${say(lang, 'orders.scope', { list: serviceList(lang, view, order.scope) })}</p>`
      }
      <p class="sm"><a class="tap" href="${urls.order(lang, order.id)}">${say(lang, 'chronicle.to-order')}</a></p>`,
  })

const measuredItem = (lang: Lang, { simulated }: ChronicleView, measured: MeasuredMonth): Markup =>
  item({
    id: `m-${measured.month}`,
    kind: 'measured',
    when: formatMoment(lang, measured.month),
    label: say(lang, 'chronicle.kind.measured'),
    body: measuredMonth(lang, measured, simulated),
  })

const undated = (lang: Lang, view: ChronicleView): Markup =>
  view.undated.length === 0
    ? html``
    : section(
        'undated',
        say(lang, 'chronicle.undated'),
        say(lang, 'chronicle.undated-about'),
        html`<ul class="story">
          ${view.undated.map((order) => orderItem(lang, view, order))}
        </ul>`,
      )
