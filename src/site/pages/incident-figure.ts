import { html, raw } from 'hono/html'
import { say } from '../../text/format.ts'
import { spanText } from '../../text/incident-sentence.ts'
import type { Lang } from '../../text/lang.ts'
import { formatNumber } from '../../text/number.ts'
import { formatClock, formatDateTime, formatPeriod } from '../../text/time.ts'
import { axisRows, probeLane, ROW_MARKS, type AxisView } from '../charts/axis-marks.ts'
import type { Naming } from '../charts/plot.ts'
import { fold, scrolled } from './fold.ts'
import type { IncidentView } from './incident-view.ts'
import { simulatedTag } from './layout.ts'
import { CHART_KEYS } from './legend-key.ts'
import type { Markup } from './mark.ts'

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

function captionOf(lang: Lang, axis: AxisView): string {
  return say(lang, 'incident.axis-caption', {
    count: formatNumber(lang, axis.readings.length),
    probes: formatNumber(lang, new Set(axis.readings.map(({ probe }) => probe)).size),
    date: formatPeriod(lang, axis.from, axis.until, axis.zone),
  }).replace(/\.\.$/, '.') // a Russian year brings its own stop
}

/** The time axis: two renderings of one data object, their legend, and the same data as a table. */
export function renderFigure(lang: Lang, { axis, drawings, incident }: IncidentView): Markup {
  return html`<section class="sec" aria-labelledby="axis">
    <div class="head">
      <h2 id="axis">${say(lang, 'incident.axis')}</h2>
      <p>${say(lang, 'incident.axis-about')}</p>
    </div>
    ${
      axis === undefined || axis.readings.length === 0
        ? html`<p>${say(lang, 'incident.axis-none')}</p>`
        : figure(lang, axis, { drawings, simulated: incident.simulated })
    }
    <p class="sm q after">
      ${incident.gaps.length === 0 ? say(lang, 'incident.gaps-none') : ''}
      ${incident.alarm === undefined ? '' : say(lang, 'incident.alarm', { at: formatDateTime(lang, incident.alarm.raisedAt) })}
      ${
        incident.alarm?.clearedAt === undefined
          ? ''
          : say(lang, 'incident.alarm-cleared', { at: formatDateTime(lang, incident.alarm.clearedAt) })
      }
    </p>
  </section>`
}

function figure(
  lang: Lang,
  axis: AxisView,
  { drawings, simulated }: { readonly drawings: IncidentView['drawings']; readonly simulated: boolean },
): Markup {
  return html`<figure class="fig">
    <figcaption>
      <p class="sm">${simulatedTag(lang, simulated)}<span class="q">${captionOf(lang, axis)}</span></p>
      ${AXIS_SHAPES.map((shape) => {
        const { binMinutes } = probeLane(axis, ROW_MARKS[shape])
        return binMinutes === undefined
          ? ''
          : html`<p class="sm q ${shape}">
              ${say(lang, 'incident.axis-binned', { minutes: formatNumber(lang, binMinutes) })}
            </p>`
      })}
    </figcaption>
    ${drawings.map((svg) => raw(svg))}
    <ul class="legend">
      <li>${CHART_KEYS.failed}${say(lang, 'incident.legend.failed')}</li>
      ${
        axis.readings.some(({ target }) => target === 'slow')
          ? html`<li>${CHART_KEYS.slow}${say(lang, 'incident.legend.slow')}</li>`
          : ''
      }
      <li>${CHART_KEYS.passed}${say(lang, 'incident.legend.passed')}</li>
      <li>${CHART_KEYS.silent}${say(lang, 'incident.legend.silent')}</li>
      <li>${CHART_KEYS.interval}${say(lang, 'incident.legend.interval')}</li>
      <li class="broad">
        ${CHART_KEYS.bracket}${say(lang, axis.slowed === true ? 'incident.legend.bracket-slow' : 'incident.legend.bracket')}
      </li>
    </ul>
    ${table(lang, axis)}
  </figure>`
}

function table(lang: Lang, axis: AxisView): Markup {
  const { minutes, rows } = axisRows(axis)
  const dated = axis.until - axis.from > 86_400_000
  const name = say(lang, 'incident.table', { step: spanText(lang, minutes * 60_000) })
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
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${dated ? formatDateTime(lang, row.at, axis.zone) : formatClock(row.at, axis.zone)}</th>
                <td>${row.tests === 0 ? say(lang, 'incident.legend.silent') : formatNumber(lang, row.tests)}</td>
                <td>${formatNumber(lang, row.failed)}</td>
                <td>${formatNumber(lang, row.controlsFailed)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    ),
  )
}
