import { html } from 'hono/html'
import type { Order, Reported } from '../../model/record.ts'
import { say } from '../../text/format.ts'
import type { Lang } from '../../text/lang.ts'
import { formatBracket, formatMoment } from '../../text/moment.ts'
import { formatNumber } from '../../text/number.ts'
import { RECORD_SERVICES } from '../../text/record-keys.ts'
import type { Markup } from './mark.ts'
import { section } from './section.ts'
import { sourceLine } from './source-line.ts'

/** What is known from outside alone. */
export interface RecordView {
  readonly chronicle: readonly Reported[]
  readonly orders: readonly Order[]
  /** Names of services by id; what stands in no list is shown as the record has it. */
  readonly serviceNames: ReadonlyMap<string, string>
}

/** What is known from reports alone, folded by year: beside measurements, never among them. */
export function chronicle(lang: Lang, view: RecordView): Markup {
  const years = new Map<string, Reported[]>()
  for (const row of view.chronicle) {
    const year = (row.onset[0] ?? row.onset[1] ?? '').slice(0, 4)
    const known = years.get(year)
    if (known === undefined) years.set(year, [row])
    else known.push(row)
  }
  const body =
    years.size === 0
      ? html`<p>${say(lang, 'reported.none')}</p>`
      : html`${[...years].map(
          ([year, rows]) =>
            html`<details class="tab year">
              <summary>
                ${say(lang, 'reported.year', {
                  year: year === '' ? say(lang, 'reported.unknown') : year,
                  count: formatNumber(lang, rows.length),
                })}
              </summary>
              <ul class="lines">
                ${rows.map((row) => reportedItem(lang, view, row))}
              </ul>
            </details>`,
        )}`
  return section('reported', say(lang, 'reported.title'), say(lang, 'reported.about'), body)
}

const reportedItem = (lang: Lang, view: RecordView, row: Reported): Markup =>
  html`<li id="r-${row.id}">
    <h3 class="by">
      <span class="v"><b>${formatBracket(lang, row.onset)}</b></span>
      <span class="v">${say(lang, `reported-as.${row.reportedAs}`)}</span>
    </h3>
    <p>${row.text[lang]}</p>
    <p class="sm q">
      ${
        row.services.length === 0
          ? ''
          : html`<span class="v"
              >${say(lang, 'reported.services', { list: serviceList(lang, view, row.services) })}</span
            >`
      }
      <span class="v"
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
  </li>`

function serviceList(lang: Lang, view: RecordView, services: readonly string[]): string {
  return services
    .map((id) => {
      const word = RECORD_SERVICES.find((known) => known === id)
      return word === undefined ? (view.serviceNames.get(id) ?? id) : say(lang, `record-service.${word}`)
    })
    .join(', ')
}

/** The known acts, and how far the absence of one reaches. */
export function orders(lang: Lang, view: RecordView): Markup {
  const body =
    view.orders.length === 0
      ? html`<p>${say(lang, 'orders.none')}</p>`
      : html`<p>${say(lang, 'orders.absence')}</p>
          <ul class="lines after">
            ${view.orders.map((order) => orderItem(lang, order))}
          </ul>`
  return section('orders', say(lang, 'orders.title'), say(lang, 'orders.about'), body)
}

function orderItem(lang: Lang, order: Order): Markup {
  const facts = [
    order.at === undefined
      ? say(lang, 'orders.no-date')
      : say(lang, 'orders.date', { date: formatMoment(lang, order.at) }),
    say(lang, `orders.text-held.${order.textHeld ? 'yes' : 'no'}`),
    ...requestFacts(lang, order),
  ]
  return html`<li id="o-${order.id}">
    <h3 class="by">
      <b
        >${order.number === undefined ? say(lang, 'orders.no-number') : say(lang, 'orders.number', { number: order.number })}</b
      >
    </h3>
    <p>${order.title[lang]}</p>
    ${order.answer === undefined ? '' : html`<p>${order.answer[lang]}</p>`}
    <p class="sm q">
      ${facts.map((fact) => html`<span class="v">${fact}</span> `)}
      ${order.scope.length === 0 ? '' : html`<span class="v">${say(lang, 'orders.scope', { list: order.scope.join(', ') })}</span>`}
    </p>
    ${order.basis === undefined ? '' : html`<p class="sm q">${say(lang, 'orders.basis', { basis: order.basis[lang] })}</p>`}
    <p class="sm q any">${say(lang, 'reported.sources')}: ${sourceLine(lang, order.source)}</p>
  </li>`
}

/** A request and its answer; without a request nothing can be said of an answer. */
function requestFacts(lang: Lang, { requestedOn, answeredOn }: Order): readonly string[] {
  if (requestedOn === undefined) return [say(lang, 'orders.no-request')]
  return [
    say(lang, 'orders.requested', { date: formatMoment(lang, requestedOn) }),
    answeredOn === undefined
      ? say(lang, 'orders.no-answer')
      : say(lang, 'orders.answered', { date: formatMoment(lang, answeredOn) }),
  ]
}
