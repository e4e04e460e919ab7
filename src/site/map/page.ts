import { relatedPages } from '../parts/related.ts'
import { crumbs, homePage } from '../parts/crumbs.ts'
import { html, raw } from 'hono/html'
import type { Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { scrolled } from '../../web/html/fold.ts'
import type { Frame } from '../../web/html/frame.ts'
import type { Markup } from '../../web/html/markup.ts'
import { section } from '../../web/html/section.ts'
import { simulatedTag, tagged, type Page } from '../parts/layout.ts'
import { urls } from '../urls.ts'
import { TILES, type TileRegion } from './tiles.ts'

/** For how long before the present reports are counted. */
export const MAP_DAYS = [1, 7] as const
export type MapDays = (typeof MAP_DAYS)[number]

export interface MapView {
  readonly asOf: Instant
  readonly days: MapDays
  /** Absent: all services. */
  readonly service?: { readonly id: string; readonly name: string }
  readonly services: readonly { readonly id: string; readonly name: string }[]
  /** Reports by region, where at least five people reported; a region that is not there has no number. */
  readonly reports: ReadonlyMap<TileRegion, number>
  /** Reports of no known region, and from abroad. */
  readonly elsewhere: number
  /** This server takes no reports. */
  readonly isClosed: boolean
  readonly simulated: boolean
}

/** Reports by region as tiles, and as a table. */
export const mapPage = (lang: Lang, view: MapView): Page => ({
  lang,
  title: `${say(lang, 'menu.map')} · Kuager`,
  simulated: view.simulated,
  inLang: (other) => urls.map(other, view),
  data: urls.apiReports(view.service === undefined ? undefined : { service: view.service.id }),
  body: (frame) =>
    html`<div class="ttl">
        <h1>${say(lang, 'menu.map')}</h1>
        <p>
          ${tagged(lang, view.simulated, say(lang, 'map.lead', { at: formatDateTime(lang, view.asOf), days: view.days }))}
        </p>
      </div>
      ${view.isClosed ? html`<p>${say(lang, 'map.closed')}</p>` : tiles(lang, view)}
      ${frame.medium === 'live' && !view.isClosed ? form(lang, view) : ''} ${view.isClosed ? '' : table(lang, view)}
      ${about(lang, frame)}`,
})

const counted = (lang: Lang, count: number | undefined): string =>
  count === undefined ? say(lang, 'map.fewer') : formatNumber(lang, count)

/** What a screen reader says of a tile: the whole name of the region, and what the table says of it. */
const tileName = (lang: Lang, region: TileRegion, count: number | undefined): string =>
  `${say(lang, `region.${region}`)}. ${say(lang, 'map.reports')}: ${counted(lang, count)}`

const tiles = (lang: Lang, view: MapView): Markup => {
  const most = Math.max(1, ...view.reports.values())
  return html`<figure class="fig">
    <figcaption class="vh">${say(lang, 'menu.map')}: ${view.service?.name ?? say(lang, 'map.all-services')}</figcaption>
    <ul class="tiles">
      ${TILES.map(([region, column, row]) => {
        const count = view.reports.get(region)
        return html`<li class="x${column} y${row}${count === undefined ? ' none' : ''}">
          <a href="${urls.region(lang, region)}" aria-label="${tileName(lang, region, count)}">
            <span>${say(lang, `map.tile.${region}`)}</span>
            <b>${count === undefined ? '–' : formatNumber(lang, count)}</b>
            <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
              ${count === undefined ? '' : raw(`<path d="M0 0h${Math.max(3, Math.round((count / most) * 100))}v6H0z"/>`)}
            </svg>
          </a>
        </li>`
      })}
    </ul>
    <p class="sm q">${simulatedTag(lang, view.simulated)}${say(lang, 'map.legend')}</p>
  </figure>`
}

const form = (lang: Lang, view: MapView): Markup =>
  html`<form class="days-form" method="get" action="${urls.map(lang)}">
    <fieldset>
      <legend>${say(lang, 'explore.choose')}</legend>
      <label
        >${say(lang, 'column.service')}
        <select name="service">
          <option value="">${say(lang, 'map.all-services')}</option>
          ${view.services.map(
            ({ id, name }) =>
              html`<option value="${id}" ${id === view.service?.id ? raw(' selected') : ''}>${name}</option>`,
          )}
        </select></label
      >
      <label
        >${say(lang, 'map.period')}
        <select name="days">
          ${MAP_DAYS.map(
            (days) =>
              html`<option value="${days}" ${days === view.days ? raw(' selected') : ''}>
                ${say(lang, 'map.days', { count: days })}
              </option>`,
          )}
        </select></label
      >
      <button class="btn first" type="submit">${say(lang, 'first.show')}</button>
    </fieldset>
  </form>`

function table(lang: Lang, view: MapView): Markup {
  const rows = [...TILES]
    .map(([region]) => ({ region, count: view.reports.get(region) }))
    .toSorted((a, b) => (b.count ?? 0) - (a.count ?? 0))
  const head = say(lang, 'map.table')
  return section(
    'regions',
    head,
    '',
    html`${scrolled(
      head,
      html`<table class="tbl">
        <thead>
          <tr>
            <th scope="col">${say(lang, 'map.region')}</th>
            <th scope="col">${say(lang, 'map.reports')}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ region, count }) =>
              html`<tr>
                <th scope="row"><a href="${urls.region(lang, region)}">${say(lang, `region.${region}`)}</a></th>
                <td>${counted(lang, count)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}
    ${view.elsewhere === 0 ? '' : html`<p class="after">${say(lang, 'map.elsewhere', { count: view.elsewhere })}</p>`}`,
  )
}

const about = (lang: Lang, frame: Frame): Markup =>
  html`<p class="sm q after">
    ${say(lang, 'map.about')}
    ${frame.medium === 'live' ? html`<a href="${urls.report(lang)}">${say(lang, 'board.report')}</a>` : ''}
  </p>`

/** One region: what people report there, by service. */
export interface RegionView {
  readonly region: TileRegion
  readonly asOf: Instant
  readonly rows: readonly {
    readonly service: string
    readonly name: string
    readonly day?: number
    readonly week?: number
  }[]
  readonly isClosed: boolean
  readonly simulated: boolean
}

/** The page of a region. */
export const regionPage = (lang: Lang, view: RegionView): Page => ({
  lang,
  title: `${say(lang, `region.${view.region}`)} · Kuager`,
  simulated: view.simulated,
  inLang: (other) => urls.region(other, view.region),
  related: [
    ...relatedPages(lang, { at: view.asOf, self: '' }),
    { href: urls.report(lang), text: say(lang, 'board.report') },
  ],
  body: (frame) =>
    html`${crumbs(lang, [homePage(lang), { href: urls.map(lang), text: say(lang, 'menu.map') }])}
      <div class="ttl">
        <h1>${say(lang, `region.${view.region}`)}</h1>
        <p>${tagged(lang, view.simulated, say(lang, 'place.as-of', { at: formatDateTime(lang, view.asOf) }))}</p>
      </div>
      ${
        view.isClosed || view.rows.length === 0
          ? html`<p>${say(lang, view.isClosed ? 'map.closed' : 'map.region-none')}</p>`
          : section(
              'reports',
              say(lang, 'map.reports'),
              '',
              scrolled(
                say(lang, 'map.reports'),
                html`<table class="tbl">
                  <thead>
                    <tr>
                      <th scope="col">${say(lang, 'column.service')}</th>
                      ${MAP_DAYS.map((days) => html`<th scope="col">${say(lang, 'map.days', { count: days })}</th>`)}
                    </tr>
                  </thead>
                  <tbody>
                    ${view.rows.map(
                      ({ service, name, day, week }) =>
                        html`<tr>
                          <th scope="row"><a href="${urls.service(lang, service)}">${name}</a></th>
                          ${[day, week].map((count) => html`<td>${counted(lang, count)}</td>`)}
                        </tr>`,
                    )}
                  </tbody>
                </table>`,
              ),
            )
      }
      <p class="after">${say(lang, 'map.region-probes')}</p>
      <p class="after">
        <a class="tap" href="${urls.subscribe(lang, { regions: [view.region] })}"
          >${say(lang, 'subscribe.about-region')}</a
        >
      </p>
      ${about(lang, frame)}`,
})
