import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { verdictShort } from '../../../core/text/sentence/incident-verdict.ts'
import { capitalise, say } from '../../../core/text/format.ts'
import { edgeParts } from '../../../core/text/sentence/incident.ts'
import {
  mainConclusion,
  oneOfEach,
  servicesText,
  supportRange,
  worstState,
  type NamedEntry,
} from '../../../core/text/sentence/episode.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatDayMonth, HOME_ZONE } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import { isSameDay } from './row.ts'
import type { FirstAnswer, FirstNetwork, FirstView, MatrixCellNow, MatrixLine } from './shown.ts'
import { entryHref, entryMark } from '../../parts/entry-card.ts'
import { mark } from '../../parts/mark.ts'
import { stateLegend } from '../../parts/strips.ts'

/** Services by networks now, the reader's own network first; it scrolls inside itself. */
export const matrixNow = (lang: Lang, view: FirstView): Markup =>
  html`${
      view.networks.length === 0
        ? ''
        : html`<div class="scroll" role="group" aria-labelledby="matrix" tabindex="0">
            <table class="mx now">
              <thead>
                <tr>
                  <th scope="col"><span class="vh">${say(lang, 'column.service')}</span></th>
                  ${view.networks.map(
                    (network) =>
                      html`<th scope="col" ${own(view, network)}>
                        <span class="nm">${network.name}</span><small class="nw">AS${network.asn}</small>
                      </th>`,
                  )}
                </tr>
              </thead>
              <tbody>
                ${view.matrix.map((line) => matrixLine(lang, view, line))}
              </tbody>
            </table>
          </div>`
    }
    ${stateLegend(lang)}
    <p class="sm q after">${say(lang, 'board.matrix-rule')}</p>
    <p class="after"><a class="tap" href="${urls.matrix(lang)}">${say(lang, 'board.more')}</a></p>`

const own = (view: FirstView, network: FirstNetwork | undefined): Markup =>
  view.own !== undefined && network?.asn === view.own.asn ? html` class="me"` : html``

const matrixLine = (lang: Lang, view: FirstView, line: MatrixLine): Markup =>
  html`<tr>
    <th scope="row"><a class="way" href="${urls.service(lang, line.service)}">${line.name}</a></th>
    ${line.cells.map((cell, column) => {
      const network = view.networks[column]
      const content = cellContent(lang, cell)
      return html`<td${own(view, network)}>${
        cell.state === 'none' || network === undefined
          ? html`<span class="c">${content}</span>`
          : html`<a class="c" href="${urls.series(lang, line.service, network.asn)}">${content}</a>`
      }</td>`
    })}
  </tr>`

/** Mark above the number of probes; where no probe is named, the number of measurements, and that is said. */
function cellContent(lang: Lang, { state, devices, measurements }: MatrixCellNow): Markup {
  const isUnnamed = devices === 0 && measurements > 0
  const shown = isUnnamed ? say(lang, 'board.count-measurements', { count: measurements }) : formatNumber(lang, devices)
  const label = isUnnamed ? say(lang, 'board.cell-measurements') : say(lang, 'board.cell-devices')
  return html`${mark(state)}<span
      ><span class="vh">${say(lang, `board.state.${state}`)}, ${label}: </span>${shown}</span
    >`
}

/** Where nothing was measured, the page does not say that nothing was seen. */
const NOTHING_KNOWN: { readonly [kind in FirstAnswer['kind']]?: 'board.stale' | 'board.empty' } = {
  stale: 'board.stale',
  empty: 'board.empty',
}

/** What continues as a timetable. */
export const runningNow = (lang: Lang, view: FirstView): Markup =>
  html`${
      view.running.length === 0
        ? html`<p>${say(lang, NOTHING_KNOWN[view.answer.kind] ?? 'board.running-none')}</p>`
        : html`<table class="run">
            <thead>
              <tr>
                <th scope="col">${say(lang, 'incident.start')}</th>
                <th scope="col">${say(lang, 'board.service-network')}</th>
                <th scope="col">${say(lang, 'board.evidence')}</th>
              </tr>
            </thead>
            <tbody>
              ${view.running.map((entry) => runningRow(lang, view, entry))}
            </tbody>
          </table>`
    }
    <p><a class="tap" href="${urls.incidents(lang)}">${say(lang, 'incidents.all-link')}</a></p>`

const STATES = { restricted: 'shut', 'partly-restricted': 'part', throttled: 'slow', insufficient: 'unkn' } as const

/** One evening as one row: the start of its earliest incident, its worst state, the conclusion that most of them have. */
function runningRow(lang: Lang, view: FirstView, entry: NamedEntry): Markup {
  const { incident } = entry.incidents[0]! // an entry has one at least
  const { start } = incident
  const { value, interval } = edgeParts(lang, start, { side: 'start', zone: HOME_ZONE, dated: false })
  const at = start.median ?? start.bracket[1] ?? start.bracket[0]
  const day = at === undefined || isSameDay(at, view.asOf) ? '' : formatDayMonth(lang, at)
  const isDated = start.kind === 'dated' && start.median !== undefined
  return html`<tr data-start="${incident.id}">
    <td class="t">
      ${isDated ? value : html`<span class="sm">${value}</span>`}${
        interval === undefined ? '' : html`<small>${interval}</small>`
      }${day === '' ? '' : html`<small>${day}</small>`}
    </td>
    <td>
      <a href="${entryHref(lang, entry)}">${placeText(lang, entry)}</a><br />
      <span class="st sm">${mark(entryMark(entry))}${say(lang, `board.state.${STATES[worstState(entry)]}`)}</span>
    </td>
    <td>${evidence(lang, entry)}</td>
  </tr>`
}

/** Names that a row has room for; of more, their number. */
const MOST_NAMES = 2

function placeText(lang: Lang, entry: NamedEntry): string {
  const networks = oneOfEach(entry)
  const names = networks.map(({ networkName, incident }) => networkName ?? `AS${incident.asn}`)
  return networks.length <= MOST_NAMES
    ? `${servicesText(lang, entry)}, ${names.join(', ')}`
    : `${servicesText(lang, entry)}. ${say(lang, 'board.networks-count', { count: networks.length })}`
}

/** The conclusion that most incidents have, how strongly it is supported and how many have it. */
function evidence(lang: Lang, entry: NamedEntry): Markup {
  const { incidents, total } = mainConclusion(lang, entry)
  const [least] = incidents
  if (least === undefined) return html``
  const { cause } = least
  const isOfOneSide = (cause.word === 'blocking' || cause.word === 'fault') && cause.support !== 'none'
  return html`${capitalise(lang, verdictShort(lang, least))}${
    isOfOneSide
      ? html`<small
          >${say(lang, 'board.support', { support: supportRange(lang, incidents) })}${
            total === 1 ? '' : html`<br />${say(lang, 'board.of-incidents', { count: incidents.length, total })}`
          }</small
        >`
      : total === 1
        ? ''
        : html`<small>${say(lang, 'board.of-incidents', { count: incidents.length, total })}</small>`
  }`
}
