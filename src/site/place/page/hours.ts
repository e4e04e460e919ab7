import { html, raw } from 'hono/html'
import { formatAsn, instant, type Asn, type Instant } from '../../../core/model/units.ts'
import { homeDay } from '../../../core/text/home-day.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatPeriod } from '../../../core/text/time.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { section } from '../../../web/html/section.ts'
import { drawExplored } from '../../charts/explored.ts'
import { FEWEST_DEVICES, FEWEST_UNNAMED, type ExploreLine, type ExplorePoint } from '../../explore/view.ts'
import { tagged } from '../../parts/layout.ts'
import type { PageChart } from '../../take/page-chart.ts'

/** A series with its name on the page of a place: of a service a network, of a network a service. */
export interface NamedSeries {
  readonly service: string
  readonly asn: Asn
  readonly name: string
}

/** One row of cells, and its points by hour of the day. */
interface HourRow extends NamedSeries {
  readonly line: ExploreLine
}

/** What of the measurements of thirty days failed in each hour of the day. */
export interface HoursView {
  readonly rows: readonly HourRow[]
  /** Of how many series these are. */
  readonly series: number
  readonly since: Instant
  readonly asOf: Instant
  readonly simulated: boolean
}

/** Hours that are written below the cells. */
const TICKS = [0, 3, 6, 9, 12, 15, 18, 21]
const LEVELS = [0, 1].map((value) => ({ value, text: String(value) }))
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

const two = (value: number): string => String(value).padStart(2, '0')
const hourText = (hour: number): string => `${two(hour)}:00\u2013${two(hour + 1)}:00`
const percent = (lang: Lang, value: number): string =>
  say(lang, 'edition.percent', { value: formatNumber(lang, value * 100) })

/** What a row shows, as a sentence. */
function rowText(lang: Lang, { name, line }: HourRow): string {
  const known = line.points.filter(({ enough, value }) => enough && value !== undefined)
  const [first] = known
  if (first === undefined) return say(lang, 'explore.alt-none', { name })
  const most = known.reduce((high, one) => ((one.value ?? 0) > (high.value ?? 0) ? one : high), first)
  const found = { known: known.length, bins: HOURS.length, most: percent(lang, most.value ?? 0) }
  return say(lang, 'explore.alt', { name, ...found, at: hourText(most.index) })
}

const drawings = (lang: Lang, { rows }: HoursView): readonly string[] =>
  (['narrow', 'broad'] as const).map((shape) =>
    drawExplored({
      chart: 'strip',
      shape,
      lines: rows.map(({ line }) => line),
      names: rows.map(({ name }) => name),
      bins: HOURS.length,
      ticks: TICKS.map((hour) => ({ index: hour, text: two(hour) })),
      levels: LEVELS,
      doublings: false,
      label: rows.map((row) => rowText(lang, row)).join(' '),
    }),
  )

const notes = (lang: Lang): readonly string[] => [
  say(lang, 'hours.about'),
  say(lang, 'explore.cell-about'),
  say(lang, 'explore.sliver'),
  say(lang, 'hours.counted'),
  say(lang, 'explore.few', { devices: FEWEST_DEVICES, rows: FEWEST_UNNAMED }),
]

function cellText(lang: Lang, point: ExplorePoint | undefined): string {
  if (point?.value === undefined) return say(lang, 'board.state.none')
  if (!point.enough) return say(lang, 'hours.few')
  const parts = {
    value: percent(lang, point.value),
    count: formatNumber(lang, point.count),
    total: formatNumber(lang, point.settled),
    devices: point.devices === 0 ? say(lang, 'explore.devices-none') : formatNumber(lang, point.devices),
  }
  if (point.interval === undefined) return say(lang, 'explore.cell', parts)
  const [low, high] = point.interval.map((one) => formatNumber(lang, one * 100))
  return say(lang, 'explore.cell-interval', {
    ...parts,
    interval: say(lang, 'edition.percent', { value: `${low ?? ''}–${high ?? ''}` }),
  })
}

/** Every hour with what was counted in it, by row of the drawing. */
const table = (lang: Lang, { rows }: HoursView): Markup =>
  html`<table class="tbl">
    <thead>
      <tr>
        <th scope="col">${say(lang, 'explore.column.bin')}</th>
        ${rows.map(({ name }) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${HOURS.map(
        (hour) =>
          html`<tr data-bin="${String(hour)}">
            <th scope="row">${hourText(hour)}</th>
            ${rows.map(
              ({ line }) =>
                html`<td>
                  ${cellText(
                    lang,
                    line.points.find(({ index }) => index === hour),
                  )}
                </td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`

const isMeasured = ({ rows }: HoursView): boolean => rows.some(({ line }) => line.points.length > 0)

/** Hours of the day as a section of a page, with what is below the chart. */
export const hoursSection = (lang: Lang, view: HoursView | undefined, take: Markup | undefined): Markup =>
  view === undefined || !isMeasured(view)
    ? html``
    : section(
        'hours',
        say(lang, 'hours.title'),
        tagged(lang, view.simulated, say(lang, 'hours.about')),
        html`<figure class="fig explored" data-each data-none="${say(lang, 'explore.none-here')}">
            ${
              view.series > view.rows.length
                ? html`<figcaption class="sm q">
                    ${say(lang, 'place.strips-of', { count: view.rows.length, total: view.series })}
                  </figcaption>`
                : ''
            }
            ${drawings(lang, view).map((svg) => raw(svg))}
            ${fold(say(lang, 'explore.table'), scrolled(say(lang, 'hours.title'), table(lang, view)))}
          </figure>
          ${notes(lang)
            .slice(1)
            .map((text) => html`<p class="sm q">${text}</p>`)}
          ${take ?? ''}`,
      )

/** The same as a chart to be taken; undefined where nothing was measured. */
export function hoursChart(
  lang: Lang,
  view: HoursView,
  { subject, ...about }: Pick<PageChart, 'path' | 'page'> & { readonly subject: string },
): PageChart | undefined {
  const { rows, since, asOf, simulated } = view
  if (!isMeasured(view)) return undefined
  const shown = drawings(lang, view)
  return {
    ...about,
    title: `${say(lang, 'hours.chart', { subject })}. ${formatPeriod(lang, since, asOf)}`.replace(/\.$/, ''),
    simulated,
    at: asOf,
    about: notes(lang),
    words: rows.map((row) => rowText(lang, row)),
    drawings: shown.slice(-1).map((svg) => ({ svg })),
    body: html`${shown.map((svg) => raw(svg))}`,
    columns: [
      ...['service', 'network', 'since', 'until', 'hour', 'failed', 'settled', 'inconclusive', 'devices', 'unnamed'],
      ...['failed_share', 'failed_low', 'failed_high', 'enough', 'simulated'],
    ],
    rows: rows.flatMap(({ service, asn, line }) =>
      line.points.map(({ index, count, settled, unsettled, devices, unnamed, value = null, interval, enough }) => ({
        service,
        network: formatAsn(asn),
        since: homeDay(since),
        until: homeDay(instant(asOf - 1)),
        hour: index,
        failed: count,
        settled,
        inconclusive: unsettled,
        devices,
        unnamed,
        failed_share: value,
        failed_low: interval?.[0] ?? null,
        failed_high: interval?.[1] ?? null,
        enough,
        simulated,
      })),
    ),
    height: 360 + 58 * rows.length,
  }
}
