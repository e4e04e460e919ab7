import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { PlacedSignal, PublishedNote } from '../../../core/model/people/report-cell.ts'
import { instant, type Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatClock, formatDate, formatDateTime } from '../../../core/text/time.ts'
import { scrolled } from '../../../web/html/fold.ts'
import { tagged } from '../../parts/layout.ts'
import { mark, type MarkName } from '../../parts/mark.ts'
import { curveFigure, type CurveView } from './curve.ts'
import { section } from '../../../web/html/section.ts'

/** Reports, checks in browsers and probes of one network or one service: three kinds of witness, never added up. */
export interface PeopleRow {
  readonly name: string
  readonly number?: string
  readonly href?: string
  /** The network is people's word. */
  readonly said: boolean
  /** Of a day; 0 where none may be shown. */
  readonly reports: number
  /** Checks in browsers; absent: fewer than may be shown. */
  readonly fails?: number
  readonly opens?: number
  /** What probes see now; absent where the network is only a word. */
  readonly state?: MarkName
  readonly devices?: number
}

export interface PeopleView {
  readonly simulated: boolean
  readonly asOf: Instant
  readonly rows: readonly PeopleRow[]
  /** Reports of the same day whose network is not known or not shown. */
  readonly elsewhere: number
  /** `name`: of the network or service that the page does not name itself; absent: of all together. */
  readonly signals: readonly (PlacedSignal & { readonly name?: string | undefined })[]
  readonly notes: readonly PublishedNote[]
  /** Reports of 24 hours by hour, and what is below them; absent: no hour has a number, neither now nor usually. */
  readonly curve?: CurveView
  readonly takeCurve?: Markup
  /** Address of the form, with the service or the network chosen in it where a server can be asked. */
  readonly report: string
  /** Address of the data. */
  readonly data: string
}

/** What people report, with what probes see next to it: a section of the page of a service and of a network. */
export const peopleSection = (lang: Lang, view: PeopleView | undefined, kind: 'networks' | 'services'): Markup =>
  view === undefined
    ? html``
    : section(
        'people',
        say(lang, 'report.people'),
        tagged(lang, view.simulated, say(lang, 'report.people-about')),
        html`${
            view.signals.length === 0
              ? ''
              : html`<ul class="plain rises">
                  ${view.signals.map((signal) => html`<li>${signalText(lang, signal, view.asOf)}</li>`)}
                </ul>`
          }
          ${
            view.rows.length === 0 && view.elsewhere === 0
              ? html`<p>${say(lang, 'report.people-none')}</p>`
              : rowTable(lang, view, kind)
          }
          ${view.curve === undefined ? '' : curveFigure(lang, view.curve, view.takeCurve)} ${noteList(lang, view.notes)}
          <p class="ways after">
            <a class="tap" href="${view.report}">${say(lang, 'report.form-title')}</a>
            <a class="tap" href="${view.data}">${say(lang, 'report.people-data')}</a>
          </p>`,
      )

const noteList = (lang: Lang, notes: readonly PublishedNote[]): Markup =>
  notes.length === 0
    ? html``
    : html`<h3 class="day">${say(lang, 'report.people-notes')}</h3>
        <ul class="plain">
          ${notes.map((note) => html`<li><span class="v">${formatDate(lang, note.day, 'UTC')}:</span> <span lang="${note.lang}">${note.text}</span></li>`)}
        </ul>`

const bounds = (lang: Lang, [from, until]: readonly [number, number], asOf: Instant): string => {
  const first = instant(from)
  const begins = formatDate(lang, first) === formatDate(lang, asOf) ? formatClock(first) : formatDateTime(lang, first)
  return `${begins}–${formatClock(instant(until))}`
}

/** When it began and ended; one time if both are in the same 15 minutes. */
function signalTimes(lang: Lang, { began, ended }: PeopleView['signals'][number], asOf: Instant): readonly string[] {
  const at = bounds(lang, began, asOf)
  if (ended === undefined) return [say(lang, 'report.signal-began', { at }), say(lang, 'report.signal-on')]
  const end = bounds(lang, ended, asOf)
  return end === at
    ? [say(lang, 'report.signal-within', { at })]
    : [say(lang, 'report.signal-began', { at }), say(lang, 'report.signal-ended', { at: end })]
}

/** Whose reports rise, between which times it began and ended, how many, and what is usual. */
function signalText(lang: Lang, signal: PeopleView['signals'][number], asOf: Instant): Markup {
  const { name, kind, ended, reports, most, usual } = signal
  const part = (text: string): Markup => html`<span class="v">${text}</span> `
  // What is over is described in the past tense.
  const what = kind === 'burst' && ended !== undefined ? 'report.signal-over' : (`report.signal.${kind}` as const)
  return html`<p>
      <b>${name ?? say(lang, 'board.all-networks')}: ${say(lang, what)}.</b>
    </p>
    <p class="q">
      ${signalTimes(lang, signal, asOf).map(part)} ${part(say(lang, 'report.signal-count', { count: reports, most }))}
      ${usual === undefined ? '' : part(usualText(lang, usual))}
    </p>`
}

const usualText = (lang: Lang, usual: number): string =>
  usual < 1 ? say(lang, 'report.signal-usual-few') : say(lang, 'report.signal-usual', { count: Math.round(usual) })

function rowTable(lang: Lang, { rows, elsewhere }: PeopleView, kind: 'networks' | 'services'): Markup {
  const hasChecks = rows.some(({ fails, opens }) => fails !== undefined || opens !== undefined)
  const number = (count: number | undefined): string =>
    count === undefined || count === 0 ? '–' : formatNumber(lang, count)
  const line = (row: PeopleRow): Markup => {
    const named = html`${row.name}${row.number === undefined ? '' : html` <small class="nw">${row.number}</small>`}`
    return html`<tr>
      <th scope="row">
        ${row.href === undefined ? named : html`<a href="${row.href}">${named}</a>`}
        ${row.said ? html`<small class="q">${say(lang, 'report.people-said')}</small>` : ''}
      </th>
      <td>${number(row.reports)}</td>
      <td>
        ${
          row.state === undefined
            ? '–'
            : html`<span class="stated"
                >${mark(row.state)}<span
                  >${say(lang, `board.state.${row.state}`)}${row.devices === undefined || row.devices === 0 ? '' : html` <small class="q">${say(lang, 'place.probes', { count: row.devices })}</small>`}</span
                ></span
              >`
        }
      </td>
      ${
        hasChecks
          ? html`<td>${number(row.fails)}</td>
              <td>${number(row.opens)}</td>`
          : ''
      }
    </tr>`
  }
  const table = html`<table class="tbl witnesses">
    <thead>
      <tr>
        <th scope="col">${say(lang, kind === 'networks' ? 'report.people-network' : 'report.people-service')}</th>
        <th scope="col">${say(lang, 'report.people-reports')}</th>
        <th scope="col">${say(lang, 'report.people-probes')}</th>
        ${
          hasChecks
            ? html`<th scope="col">${say(lang, 'report.people-fails')}</th>
                <th scope="col">${say(lang, 'report.people-opens')}</th>`
            : ''
        }
      </tr>
    </thead>
    <tbody>
      ${rows.map(line)}
      ${elsewhere === 0 ? '' : line({ name: say(lang, 'report.people-elsewhere'), said: false, reports: elsewhere })}
    </tbody>
  </table>`
  return scrolled(say(lang, 'report.people'), table)
}
