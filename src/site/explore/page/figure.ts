import { html, raw } from 'hono/html'
import { instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { homeDay } from '../asked.ts'
import type { ExploreLine, ExplorePanel } from '../view.ts'
import { drawn } from './picture.ts'
import { binText, lineName, seriesName, valueText, type ExplorePeriodView, type ExploreView } from './words.ts'

interface Shown {
  readonly period: ExplorePeriodView
  readonly panel: ExplorePanel
  readonly id: string
}

/** The drawings of one panel, their legend, and the same as a table. */
export function panelFigure(lang: Lang, view: ExploreView, { period, panel, id }: Shown): Markup {
  const { asked } = view
  const title = panel.series === undefined ? '' : seriesName(lang, view, panel.series)
  const names = panel.lines.map((line) => lineName(lang, view, line))
  const table = tableOf(lang, view, { period, panel, id })
  const drawings =
    asked.chart === 'table'
      ? []
      : asked.chart === 'heat'
        ? panel.lines.map((line, index) => ({ lines: [line], title: [title, names[index]].filter(Boolean).join(': ') }))
        : [{ lines: panel.lines, title }]
  return html`<figure
    class="fig explored"
    data-none="${say(lang, 'explore.none-here')}"
    data-days="${asked.by === 'clock' ? '' : period.bins.map((bin) => homeDay(instant(bin))).join(' ')}"
    data-fields="${id.startsWith('0') ? 'since until' : 'since2 until2'}"
  >
    ${title === '' || asked.chart === 'heat' ? '' : html`<figcaption><b>${title}</b></figcaption>`}
    ${asked.chart === 'line' || asked.chart === 'strip' ? legend(asked.chart, names) : ''}
    ${drawings.map(
      (drawing) =>
        html`${asked.chart === 'heat' ? html`<p><b>${drawing.title}</b></p>` : ''}
        ${raw(drawn(lang, view, { period, lines: drawing.lines, shape: 'narrow' }))}${raw(drawn(lang, view, { period, lines: drawing.lines, shape: 'broad' }))}`,
    )}
    ${asked.chart === 'strip' || asked.chart === 'heat' ? html`<p class="sm q">${say(lang, asked.value === 'speed' ? 'explore.cell-speed' : 'explore.cell-about')}</p>` : ''}
    ${asked.chart === 'table' ? table : fold(say(lang, 'explore.table'), table)}
  </figure>`
}

/** Lines by their drawing, rows of cells by their number. */
const legend = (chart: 'line' | 'strip', names: readonly string[]): Markup =>
  html`<ul class="legend lines">
    ${names.map(
      (name, index) =>
        html`<li>
          ${
            chart === 'strip'
              ? html`<b class="no">${index + 1}</b>`
              : html`<svg class="m chart ex" viewBox="0 0 28 12" aria-hidden="true" focusable="false">
                  ${raw(`<g class="s${index}"><path d="M0 6H28"/></g>`)}
                </svg>`
          }${name}
        </li>`,
    )}
  </ul>`

/** Every bin with data, and what was counted in it by line. */
function tableOf(lang: Lang, view: ExploreView, { period, panel, id }: Shown): Markup {
  const rows = new Map<number, Map<string, string>>()
  for (const line of panel.lines)
    for (const point of line.points) {
      const cells = rows.get(point.index) ?? new Map<string, string>()
      cells.set(line.key, cellText(lang, view, point))
      rows.set(point.index, cells)
    }
  const table = html`<table class="tbl" id="table-${id}">
    <thead>
      <tr>
        <th scope="col">${say(lang, 'explore.column.bin')}</th>
        ${panel.lines.map((line) => html`<th scope="col">${lineName(lang, view, line)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${[...rows]
        .toSorted(([a], [b]) => a - b)
        .map(
          ([index, cells]) =>
            html`<tr data-bin="${index}">
              <th scope="row">${binText(lang, view, period.bins[index] ?? 0)}</th>
              ${panel.lines.map(({ key }) => html`<td>${cells.get(key) ?? '–'}</td>`)}
            </tr>`,
        )}
    </tbody>
  </table>`
  return scrolled(say(lang, 'explore.table'), table)
}

function cellText(lang: Lang, view: ExploreView, point: ExploreLine['points'][number]): string {
  const { value, interval, count, settled } = point
  if (value === undefined) return '–'
  const devices = point.devices === 0 ? say(lang, 'explore.devices-none') : formatNumber(lang, point.devices)
  const parts = {
    value: valueText(lang, view, value),
    count: formatNumber(lang, count),
    total: formatNumber(lang, view.asked.value === 'speed' ? settled + point.unsettled : settled),
    devices,
  }
  if (interval === undefined) return say(lang, 'explore.cell', parts)
  const [low, high] = interval.map((one) => formatNumber(lang, one * 100))
  return say(lang, 'explore.cell-interval', { ...parts, interval: `${low ?? ''}–${high ?? ''}\u00a0%` })
}
