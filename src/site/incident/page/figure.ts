import { html, raw } from 'hono/html'
import { DAY_MS, MINUTE_MS } from '../../../core/model/duration.ts'
import { goesOn, lastKnown } from '../../../core/model/incident/bounds.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { say } from '../../../core/text/format.ts'
import { edgeText, intervalText, spanText } from '../../../core/text/sentence/incident.ts'
import type { Incident } from '../../../core/model/incident/incident.ts'
import type { Instant } from '../../../core/model/units.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatClock, formatDateTime, formatPeriod, HOME_ZONE, offsetMinutes } from '../../../core/text/time.ts'
import { axisRows, probeLane, ROW_MARKS, type AxisView } from '../../charts/axis-marks.ts'
import type { Naming } from '../../charts/plot.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import type { IncidentView } from './shown.ts'
import { simulatedTag } from '../../parts/layout.ts'
import { chartKey, type ChartSign } from '../../parts/legend-key.ts'

/** The two renderings of a time axis: one for a window of a phone, one for a wide one and for paper. */
export const AXIS_SHAPES = ['narrow', 'broad'] as const

/** What a rendering of the axis is called, for those who do not see it. */
export const axisNaming = (lang: Lang, axis: AxisView, { simulated, shape }: AxisNamed): Naming => ({
  id: `axis-${shape}`,
  shape,
  title: say(lang, 'incident.axis'),
  description: [
    ...(simulated ? [say(lang, 'incident.simulated')] : []),
    say(lang, 'incident.axis-about'),
    captionOf(lang, axis),
  ].join(' '),
})

interface AxisNamed {
  readonly simulated: boolean
  readonly shape: Naming['shape']
}

/** What is on the axis: measurements, probes and days. */
export function captionOf(lang: Lang, axis: AxisView): string {
  return say(lang, 'incident.axis-caption', {
    count: axis.readings.length,
    probes: new Set(axis.readings.map(({ probe }) => probe)).size,
    date: formatPeriod(lang, axis.from, axis.until, axis.zone),
  }).replace(/\.\.$/, '.') // a Russian year brings its own stop
}

/** The time axis: two renderings of one data object, their legend, and the same data as a table. */
export function renderFigure(lang: Lang, view: IncidentView): Markup {
  const { axis, drawings, incident } = view
  return html`<section class="sec" aria-labelledby="axis">
    <div class="head">
      <h2 id="axis">${say(lang, 'incident.axis')}</h2>
    </div>
    ${
      axis === undefined || axis.readings.length === 0
        ? html`<p>${say(lang, 'incident.axis-none')}</p>`
        : figure(lang, axis, {
            drawings,
            simulated: incident.simulated,
            after: [gapless(lang, incident), laterText(lang, view)].join(' ').trim(),
            dated: datedOn(lang, view),
          })
    }
  </section>`
}

/** How many measurements of this time the figures of the page do not hold, and whether they are drawn. */
function laterText(lang: Lang, { axis, incident, newest }: IncidentView): string {
  const { later = 0 } = axis ?? {}
  if (later === 0) return ''
  const count = formatNumber(lang, later)
  if (incident.withdrawn) return say(lang, 'edition.later-withdrawn', { count })
  return say(lang, newest > incident.revision ? 'edition.later-left-out' : 'edition.later', { count })
}

/** That no long gap is in the data, and until when there are data where the end is open. */
export function gapless(lang: Lang, incident: Incident): string {
  if (incident.gaps.length > 0) return ''
  const until = incident.end.kind === 'open' ? lastKnown(incident) : undefined
  return until === undefined
    ? say(lang, 'incident.gaps-none')
    : say(lang, 'incident.gaps-none-until', { time: formatDateTime(lang, until) })
}

interface FigureParts {
  readonly drawings: IncidentView['drawings']
  readonly simulated: boolean
  /** That no long gap is in the data, and how many measurements came later; empty where neither is so. */
  readonly after: string
  /** What else is on the axis, as words. */
  readonly dated: readonly Dated[]
}

interface Dated {
  readonly at: Instant
  readonly text: string
}

/** Start, end, events and statements of the axis as words, for the table behind the drawing. */
function datedOn(lang: Lang, { incident, statements, axis }: IncidentView): readonly Dated[] {
  const zone = HOME_ZONE
  const edge = (side: 'start' | 'end'): readonly Dated[] => {
    const { median } = incident[side]
    const value = edgeText(lang, incident[side], { side, zone })
    return median === undefined ? [] : [{ at: median, text: `${say(lang, `incident.${side}`)}: ${value}` }]
  }
  const numbers = new Set(axis?.statements.map(({ number }) => number))
  return [
    ...edge('start'),
    ...(goesOn(incident) ? [] : edge('end')),
    ...(axis?.events.map(({ label, from, until }) => ({
      at: from,
      text: `${label}: ${intervalText(lang, [from, until], { zone, day: axis.from })}`,
    })) ?? []),
    ...statements.flatMap(({ number, when, who, words, at }) =>
      number === undefined || !numbers.has(number) ? [] : [{ at, text: `${number}. ${when}. ${who}: ${words}` }],
    ),
  ].toSorted((a, b) => a.at - b.at)
}

function figure(lang: Lang, axis: AxisView, { drawings, simulated, after, dated }: FigureParts): Markup {
  return html`<figure
    class="fig"
    data-from="${String(axis.from)}"
    data-until="${String(axis.until)}"
    data-offset="${String(offsetMinutes(axis.from, axis.zone))}"
    ${axis.until - axis.from > DAY_MS ? 'data-dated' : ''}
    data-failed="${say(lang, 'incident.legend.failed')}"
    data-passed="${say(lang, 'incident.legend.passed')}"
    data-slow="${say(lang, 'incident.legend.slow')}"
    data-control="${say(lang, 'incident.table-control')}"
    data-in="${say(lang, 'incident.zoom-in')}"
    data-out="${say(lang, 'incident.zoom-out')}"
    data-all="${say(lang, 'incident.zoom-reset')}"
    data-keys="${say(lang, 'incident.keys')}"
  >
    <figcaption>
      <p class="sm">${simulatedTag(lang, simulated)}<span class="q">${captionOf(lang, axis)} ${after}</span></p>
      ${AXIS_SHAPES.map((shape) => {
        const { binMinutes } = probeLane(axis, ROW_MARKS[shape])
        return binMinutes === undefined
          ? ''
          : html`<p class="sm q ${shape}">${say(lang, 'incident.axis-binned', { minutes: binMinutes })}</p>`
      })}
    </figcaption>
    <ul class="legend">
      ${legendOf(lang, axis).map(
        ({ sign, text }) => html`<li${sign === 'bracket' ? raw(' class="broad"') : ''}>${chartKey(sign)}${text}</li>`,
      )}
    </ul>
    ${drawings.map((svg) => raw(svg))} ${table(lang, axis, dated)}
  </figure>`
}

/** Signs of the drawing with their words; the bracket is in the broad one alone. */
export function legendOf(lang: Lang, axis: AxisView): readonly { readonly sign: ChartSign; readonly text: string }[] {
  const slow = axis.readings.some(({ target }) => target === 'slow') ? (['slow'] as const) : []
  return (['failed', ...slow, 'passed', 'silent', 'interval', 'band', 'bracket'] as const).map((sign) => ({
    sign,
    text: say(lang, `incident.legend.${sign}`),
  }))
}

function table(lang: Lang, axis: AxisView, notes: readonly Dated[]): Markup {
  const { minutes, rows } = axisRows(axis)
  const dated = axis.until - axis.from > DAY_MS
  const name = say(lang, 'incident.table', { step: spanText(lang, minutes * MINUTE_MS) })
  return fold(
    name,
    scrolled(
      name,
      html`<table class="tbl">
          <thead>
            <tr>
              <th scope="col">${say(lang, 'incident.table-time')}</th>
              <th scope="col">${say(lang, 'incident.table-tests')}</th>
              <th scope="col">${say(lang, axis.slowed === true ? 'incident.table-slow' : 'incident.table-failed')}</th>
              <th scope="col">${say(lang, 'incident.table-control')}</th>
              <th scope="col">
                ${say(lang, axis.slowed === true ? 'incident.table-probability-slow' : 'incident.table-probability')}
              </th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row) =>
                html`<tr data-at="${String(row.at)}">
                  <th scope="row">
                    ${dated ? formatDateTime(lang, row.at, axis.zone) : formatClock(row.at, axis.zone)}
                  </th>
                  <td>${row.tests === 0 ? say(lang, 'incident.legend.silent') : formatNumber(lang, row.tests)}</td>
                  <td>${row.tests === 0 ? '\u2013' : formatNumber(lang, row.failed)}</td>
                  <td>${formatNumber(lang, row.controlsFailed)}</td>
                  <td>${row.p === undefined ? say(lang, 'incident.legend.silent') : formatNumber(lang, row.p, 2)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
        <ul class="plain notes">
          ${notes.map(({ at, text }) => html`<li data-note="${String(at)}">${text}</li>`)}
        </ul>`,
    ),
  )
}
