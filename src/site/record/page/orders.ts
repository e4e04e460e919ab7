import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Order } from '../../../core/model/tables/record.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatMoment } from '../../../core/text/moment.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { urls } from '../../urls.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { recordService, type ServiceNames } from '../../parts/record-service.ts'
import { section } from '../../../web/html/section.ts'
import { sourceLine } from '../../parts/source-line.ts'
import { unbroken } from '../../../web/html/unbroken.ts'

/** The known legal acts, and what they name. */
export interface OrdersView {
  /** Newest first, those without a day last. */
  readonly orders: readonly Order[]
  /** Each thing that an act names, with the acts; `service` is the id where it is measured as one. */
  readonly scopes: readonly {
    readonly scope: string
    readonly orders: readonly Order[]
    readonly service: string | undefined
  }[]
  /** Names of the listed platforms that no act here names. */
  readonly unnamed: readonly string[]
  readonly serviceNames: ServiceNames
  readonly simulated: boolean
}

/** Known acts: whether their text is held, what was asked and answered, and how far the absence of one reaches. */
export function ordersPage(lang: Lang, view: OrdersView): Page {
  const title = say(lang, 'orders.title')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: view.simulated,
    description: say(lang, 'orders.about'),
    inLang: (other) => urls.plain(other, 'orders'),
    body: () =>
      html`<div class="ttl">
          <h1>${title}</h1>
          <p>${say(lang, 'orders.about')}</p>
          ${counts(lang, view)}
        </div>
        ${section('absence', say(lang, 'orders.absence-title'), '', absence(lang, view))} ${named(lang, view)}
        ${section('orders', say(lang, 'orders.list'), say(lang, 'orders.list-about'), list(lang, view))}`,
  }
}

function counts(lang: Lang, { orders, simulated }: OrdersView): Markup {
  const count = (one: (order: Order) => boolean): string => formatNumber(lang, orders.filter(one).length)
  return html`<p class="sm q tally">
    ${simulatedTag(lang, simulated)}<span class="v">${say(lang, 'orders.count', { count: orders.length })}</span>
    <span class="v">${say(lang, 'orders.count-held', { count: count(({ textHeld }) => textHeld) })}</span>
    <span class="v"
      >${say(lang, 'orders.count-requested', { count: count(({ requestedOn }) => requestedOn !== undefined) })}</span
    >
    <span class="v"
      >${say(lang, 'orders.count-answered', { count: count(({ answeredOn }) => answeredOn !== undefined) })}</span
    >
  </p>`
}

/** What no act here means, and what it does not. */
const absence = (lang: Lang, { unnamed, orders }: OrdersView): Markup =>
  html`${unnamed.length === 0 ? '' : html`<p>${say(lang, 'orders.unnamed', { list: unnamed.join(', ') })}</p>`}
    <dl class="pairs after">
      <div>
        <dt>${say(lang, 'orders.absence-is')}</dt>
        <dd>${say(lang, 'orders.absence-is-about')}</dd>
      </div>
      <div>
        <dt>${say(lang, 'orders.absence-not')}</dt>
        <dd>
          ${say(lang, 'orders.absence-not-about')}
          ${orders.some(({ requestedOn }) => requestedOn !== undefined) ? '' : say(lang, 'orders.absence-asked')}
        </dd>
      </div>
    </dl>`

const named = (lang: Lang, view: OrdersView): Markup =>
  view.scopes.length === 0
    ? html``
    : section(
        'named',
        say(lang, 'orders.named'),
        say(lang, 'orders.named-about'),
        html`<ul class="named">
          ${view.scopes.map(
            ({ scope, orders, service }) =>
              html`<li>
                <span class="any"
                  >${
                    service === undefined
                      ? recordService(lang, view.serviceNames, scope)
                      : html`<a class="tap" href="${urls.service(lang, service)}"
                          >${recordService(lang, view.serviceNames, service).replace(/^web:/, '')}</a
                        >`
                  }</span
                >
                <span class="sm">
                  ${orders.map((order) => html`<a class="tap" href="#o-${order.id}">${numberOf(lang, order)}</a> `)}
                </span>
              </li>`,
          )}
        </ul>`,
      )

const numberOf = (lang: Lang, { number }: Order): string =>
  number === undefined ? say(lang, 'orders.no-number') : say(lang, 'orders.number', { number })

const list = (lang: Lang, view: OrdersView): Markup =>
  view.orders.length === 0
    ? html`<p>${say(lang, 'orders.none')}</p>`
    : html`${view.orders.every(isOfOneSource) ? sourceOf(lang, view.orders[0]) : ''}
        <ul class="lines acts">
          ${view.orders.map((order) => orderItem(lang, order, view.orders.every(isOfOneSource)))}
        </ul>`

/** One list gave them all: it is named once, above them. */
const isOfOneSource = ({ source }: Order, _: number, [first]: readonly Order[]): boolean =>
  JSON.stringify(source) === JSON.stringify(first?.source)

const sourceOf = (lang: Lang, order: Order | undefined): Markup =>
  order === undefined
    ? html``
    : html`<p class="sm q any">${say(lang, 'reported.sources')}: ${sourceLine(lang, order.source)}</p>`

function orderItem(lang: Lang, order: Order, sourceStandsAbove: boolean): Markup {
  const date =
    order.at === undefined
      ? say(lang, 'orders.no-date')
      : say(lang, 'orders.date', { date: formatMoment(lang, order.at) })
  return html`<li id="o-${order.id}">
    <h3 class="by">
      <b>${numberOf(lang, order)}</b>
      <span class="v">${date}</span>
    </h3>
    <p>${unbroken(order.title[lang])}</p>
    ${
      order.scope.length === 0
        ? html`<p class="sm q">${say(lang, 'orders.scope-none')}</p>`
        : html`<p class="sm q any">${say(lang, 'orders.scope', { list: order.scope.join(', ') })}</p>`
    }
    ${order.basis === undefined ? '' : html`<p class="sm q">${say(lang, 'orders.basis', { basis: order.basis[lang] })}</p>`}
    <p class="sm asked">
      <span class="v">${say(lang, `orders.text-held.${order.textHeld ? 'yes' : 'no'}`)}</span>
      ${requestFacts(lang, order).map((fact) => html`<span class="v">${fact}</span> `)}
    </p>
    ${
      order.answer === undefined ? '' : html`<p class="answer">${say(lang, 'orders.answer')}: ${order.answer[lang]}</p>`
    }
    ${sourceStandsAbove ? '' : sourceOf(lang, order)}
  </li>`
}

/** A request and its answer; without a request nothing can be said about an answer. */
function requestFacts(lang: Lang, { requestedOn, answeredOn }: Order): readonly string[] {
  if (requestedOn === undefined) return [say(lang, 'orders.no-request')]
  return [
    say(lang, 'orders.requested', { date: formatMoment(lang, requestedOn) }),
    answeredOn === undefined
      ? say(lang, 'orders.no-answer')
      : say(lang, 'orders.answered', { date: formatMoment(lang, answeredOn) }),
  ]
}
