import { html, raw } from 'hono/html'
import { instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { homeDay } from '../../../core/text/home-day.ts'
import { FEWEST_DEVICES, FEWEST_UNNAMED, type ExploreLine, type ExplorePanel } from '../view.ts'
import { drawn } from './picture.ts'
import { binText, lineName, seriesName, valueText, type ExplorePeriodView, type ExploreView } from './words.ts'

interface Shown {
  readonly period: ExplorePeriodView
  readonly panel: ExplorePanel
  readonly id: string
}

/** What one panel draws: the lines of each drawing, below its heading, and what each line is. */
export interface PanelSheet {
  readonly title: string
  readonly legend: readonly { readonly sample: string; readonly text: string }[]
  readonly drawings: readonly { readonly heading: string; readonly lines: readonly ExploreLine[] }[]
}

/** Arranges a panel for the chosen chart; a grid shows one line alone, a table draws none. */
export function panelSheet(lang: Lang, view: ExploreView, panel: ExplorePanel): PanelSheet {
  const { chart } = view.asked
  const title = panel.series === undefined ? '' : seriesName(lang, view, panel.series)
  const names = panel.lines.map((line) => lineName(lang, view, line))
  switch (chart) {
    case 'table':
      return { title, legend: [], drawings: [] }
    case 'heat': {
      const headingOf = (index: number): string => [title, names[index] ?? ''].filter((text) => text !== '').join(': ')
      const drawings = panel.lines.map((line, index) => ({ heading: headingOf(index), lines: [line] }))
      return { title: '', legend: [], drawings }
    }
    case 'line':
    case 'strip': {
      const sample = (index: number): string =>
        chart === 'line'
          ? `<g class="s${index}"><path d="M0 6H28"/></g>`
          : `<text class="t-end" x="22" y="11">${index + 1}</text>`
      const legend = names.map((text, index) => ({ sample: sample(index), text }))
      return { title, legend, drawings: [{ heading: '', lines: panel.lines }] }
    }
  }
}

/** Sentences that a drawing needs beside it. */
export function chartNotes(lang: Lang, { asked: { chart, value } }: ExploreView): readonly string[] {
  const isSpeed = value === 'speed'
  return [
    ...(chart === 'strip' || chart === 'heat'
      ? [say(lang, isSpeed ? 'explore.cell-speed' : 'explore.cell-about'), say(lang, 'explore.sliver')]
      : []),
    say(lang, isSpeed ? 'explore.speed-about' : 'explore.line-about'),
    say(lang, 'explore.few', { devices: FEWEST_DEVICES, rows: FEWEST_UNNAMED }),
  ]
}

/** The drawings of one panel, their legend, and the same as a table. */
export function panelFigure(lang: Lang, view: ExploreView, { period, panel, id }: Shown): Markup {
  const { asked } = view
  const { title, legend, drawings } = panelSheet(lang, view, panel)
  const table = tableOf(lang, view, { period, panel, id })
  return html`<figure
    class="fig explored"
    data-none="${say(lang, 'explore.none-here')}"
    data-days="${asked.by === 'clock' ? '' : period.bins.map((bin) => homeDay(instant(bin))).join(' ')}"
    data-fields="${id.startsWith('0') ? 'since until' : 'since2 until2'}"
  >
    ${title === '' ? '' : html`<figcaption><b>${title}</b></figcaption>`} ${legendList(legend)}
    ${drawings.map(
      ({ heading, lines }) =>
        html`${heading === '' ? '' : html`<p><b>${heading}</b></p>`}
        ${raw(drawn(lang, view, { period, lines, shape: 'narrow' }))}${raw(drawn(lang, view, { period, lines, shape: 'broad' }))}`,
    )}
    ${asked.chart === 'table' ? table : fold(say(lang, 'explore.table'), table)}
  </figure>`
}

/** Lines by their drawing, rows of cells by their number. */
export const legendList = (legend: PanelSheet['legend']): Markup =>
  legend.length === 0
    ? html``
    : html`<ul class="legend lines">
        ${legend.map(
          ({ sample, text }) =>
            html`<li>
              <svg class="m chart ex" viewBox="0 0 28 12" aria-hidden="true" focusable="false">${raw(sample)}</svg
              >${text}
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
  return say(lang, 'explore.cell-interval', {
    ...parts,
    interval: say(lang, 'edition.percent', { value: `${low ?? ''}–${high ?? ''}` }),
  })
}
