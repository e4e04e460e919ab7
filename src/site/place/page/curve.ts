import { html, raw } from 'hono/html'
import { HOUR_MS } from '../../../core/model/duration.ts'
import { FEWEST_USUAL_DAYS } from '../../../core/model/people/report-cell.ts'
import { FEWEST_REPORTERS } from '../../../core/model/people/report.ts'
import { formatAsn, formatInstantUtc, instant, type Asn, type Instant } from '../../../core/model/units.ts'
import { capitalise, say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatClock, formatDateTime } from '../../../core/text/time.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { renderReportCurve, type CurveHour, type CurveLane } from '../../charts/report-curve.ts'
import { legendList } from '../../explore/page/figure.ts'
import { stripKey } from '../../parts/strip-sheet.ts'
import type { Legend } from '../../take/chart-file.ts'
import type { PageChart } from '../../take/page-chart.ts'

/** Reports of 24 hours by hour, and what probes saw in the same hours. */
export interface CurveView {
  readonly hours: readonly (CurveHour & { readonly at: Instant })[]
  /** Earlier days that the band rests on. */
  readonly days: number
  readonly lanes: readonly (CurveLane & { readonly service: string; readonly asn: Asn; readonly href: string })[]
  readonly asOf: Instant
  readonly simulated: boolean
}

const RESTRICTED = ['shut', 'part', 'slow']

const fewer = (lang: Lang): string => say(lang, 'curve.fewer', { count: FEWEST_REPORTERS })
const countText = (lang: Lang, count: number | undefined): string =>
  count === undefined || count < FEWEST_REPORTERS ? fewer(lang) : formatNumber(lang, count)

function usualText(lang: Lang, usual: CurveHour['usual']): string {
  if (usual === undefined) return '–'
  const { low, high } = usual
  if (high < FEWEST_REPORTERS) return fewer(lang)
  if (low < FEWEST_REPORTERS) return say(lang, 'curve.up-to', { high: formatNumber(lang, high) })
  return low === high ? formatNumber(lang, low) : `${formatNumber(lang, low)}–${formatNumber(lang, high)}`
}

const hourText = (at: Instant): string => `${formatClock(at)}–${formatClock(instant(at + HOUR_MS))}`

/** What the drawing shows, as sentences: the fullest hour with what is usual in it, then restrictions that probes saw. */
function sentences(lang: Lang, { hours, lanes }: CurveView): readonly string[] {
  const shown = hours.filter(({ count }) => count !== undefined)
  const [first] = shown
  const most =
    first === undefined
      ? undefined
      : shown.reduce((high, one) => ((one.count ?? 0) > (high.count ?? 0) ? one : high), first)
  return [
    most === undefined
      ? say(lang, 'curve.alt-none', { count: FEWEST_REPORTERS })
      : say(lang, 'curve.alt', {
          at: hourText(most.at),
          count: countText(lang, most.count),
          usual: usualText(lang, most.usual),
        }),
    ...lanes.map(({ name, states }) => {
      // Hours in which nothing was measured are none that worked.
      const total = states.filter((state) => state !== 'none').length
      if (total === 0) return `${name}. ${capitalise(lang, say(lang, 'board.state.none'))}.`
      const count = states.filter((state) => RESTRICTED.includes(state)).length
      return say(lang, 'curve.alt-lane', { name, count, total })
    }),
  ]
}

const drawings = (lang: Lang, view: CurveView): readonly string[] =>
  (['narrow', 'broad'] as const).map((shape) =>
    renderReportCurve(lang, { ...view, shape, fewest: FEWEST_REPORTERS, label: sentences(lang, view).join(' ') }),
  )

const legend = (lang: Lang, { hours, lanes }: CurveView): Legend => [
  {
    sample: '<g class="people"><path d="M0 6H28"/><circle class="dot" cx="14" cy="6" r="3"/></g>',
    text: say(lang, 'curve.reports'),
  },
  { sample: '<path class="h-few" d="M8 0.5h12v11h-12z"/>', text: fewer(lang) },
  ...(hours.some(({ usual }) => usual !== undefined)
    ? [{ sample: '<path class="usual" d="M0 1h28v10H0z"/>', text: say(lang, 'curve.usual') }]
    : []),
  ...(hours.some(({ isOpen, count }) => isOpen && count !== undefined)
    ? [{ sample: '<circle class="now" cx="14" cy="6" r="3"/>', text: say(lang, 'curve.open') }]
    : []),
  ...stripKey(
    lang,
    lanes.flatMap(({ states }) => states),
  ),
]

const notes = (lang: Lang, { days, hours }: CurveView): readonly string[] => [
  say(lang, 'curve.about', { count: FEWEST_REPORTERS }),
  hours.some(({ usual }) => usual !== undefined)
    ? say(lang, 'curve.band', { days })
    : say(lang, 'curve.band-none', { days, least: FEWEST_USUAL_DAYS }),
  say(lang, 'curve.probes'),
]

const table = (lang: Lang, { hours, lanes }: CurveView): Markup =>
  html`<table class="tbl">
    <thead>
      <tr>
        <th scope="col">${say(lang, 'explore.column.bin')}</th>
        <th scope="col">${say(lang, 'curve.reports')}</th>
        <th scope="col">${say(lang, 'curve.usual')}</th>
        ${lanes.map(({ name, href }) => html`<th scope="col"><a href="${href}">${name}</a></th>`)}
      </tr>
    </thead>
    <tbody>
      ${hours.map(
        ({ at, count, usual, isOpen }, index) =>
          html`<tr data-bin="${String(index)}">
            <th scope="row">${hourText(at)}</th>
            <td>
              ${countText(lang, count)}${isOpen ? html` <small class="q">(${say(lang, 'curve.open')})</small>` : ''}
            </td>
            <td>${usualText(lang, usual)}</td>
            ${lanes.map(({ states }) => html`<td>${say(lang, `board.state.${states[index] ?? 'none'}`)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`

/** The curve with its legend, its table, and what is below it. */
export const curveFigure = (lang: Lang, view: CurveView, take: Markup | undefined): Markup =>
  html`<h3 class="day">${say(lang, 'curve.title')}</h3>
    <figure class="fig explored" data-none="${say(lang, 'explore.none-here')}">
      ${legendList(legend(lang, view))} ${drawings(lang, view).map((svg) => raw(svg))}
      ${fold(say(lang, 'explore.table'), scrolled(say(lang, 'curve.title'), table(lang, view)))}
    </figure>
    ${notes(lang, view).map((text) => html`<p class="sm q">${text}</p>`)} ${take ?? ''}`

/** The same as a chart to be taken. */
export function curveChart(
  lang: Lang,
  view: CurveView,
  { subject, ...about }: Pick<PageChart, 'path' | 'page'> & { readonly subject: string },
): PageChart {
  const { hours, lanes, days, asOf, simulated } = view
  const shown = drawings(lang, view)
  const [from, last] = [hours[0]?.at ?? asOf, hours.at(-1)?.at ?? asOf]
  const known = (value: number | undefined): number | null =>
    value === undefined || value < FEWEST_REPORTERS ? null : value
  return {
    ...about,
    title: `${say(lang, 'curve.chart', { subject })}. ${formatDateTime(lang, from)} – ${formatDateTime(lang, instant(last + HOUR_MS))}`,
    simulated,
    at: asOf,
    words: sentences(lang, view),
    about: notes(lang, view),
    drawings: shown.slice(-1).map((svg) => ({ svg, legend: legend(lang, view) })),
    body: html`${legendList(legend(lang, view))} ${shown.map((svg) => raw(svg))}`,
    columns: [
      ...['hour_utc', 'reports', 'fewer_than_five', 'complete', 'usual_low', 'usual_high', 'usual_days', 'states'],
      'simulated',
    ],
    rows: hours.map(({ at, count, usual, isOpen }, index) => ({
      hour_utc: formatInstantUtc(at),
      reports: count ?? null,
      fewer_than_five: count === undefined,
      complete: !isOpen,
      usual_low: known(usual?.low),
      usual_high: known(usual?.high),
      usual_days: usual === undefined ? 0 : days,
      states: lanes
        .map(({ service, asn, states }) => `${service}/${formatAsn(asn)}=${states[index] ?? 'none'}`)
        .join(' '),
      simulated,
    })),
    height: 420 + 38 * lanes.length,
  }
}
