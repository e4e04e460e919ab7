import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import { edgeParts } from '../../../core/text/sentence/incident.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatClock, formatDate, formatDateTime, HOME_ZONE } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import type { FirstRow, FirstView } from './shown.ts'
import { mark, type MarkName } from '../../parts/mark.ts'

/** A clock where the time is of the day of `asOf`, else with its date. */
export const when = (lang: Lang, at: Instant, asOf: Instant): string =>
  isSameDay(at, asOf) ? formatClock(at) : formatDateTime(lang, at)

export const isSameDay = (a: Instant, b: Instant): boolean => formatDate('en', a) === formatDate('en', b)

/** One service in one sentence; start and devices only where something is wrong. */
export function serviceRow(lang: Lang, view: FirstView, row: FirstRow): Markup {
  const href = view.own === undefined ? urls.service(lang, row.service) : urls.series(lang, row.service, view.own.asn)
  const target = row.incident === undefined ? href : urls.incident(lang, row.incident.id)
  const details = detailsOf(lang, view, row)
  return html`<li class="${row.state}">
    <a href="${target}"
      >${mark(markOf(row))}<span
        ><span class="s"><b>${row.name}</b>: <i>${stateText(lang, row)}</i>.</span>${
          details.length === 0
            ? ''
            : html` <span class="d">${details.map((sentence) => html`<span class="v">${sentence}</span> `)}</span>`
        }</span
      ></a
    >
  </li>`
}

/** Over all networks a restriction of some of them is a part, even if it is complete on each. */
function markOf({ state, scope, networks }: FirstRow): MarkName {
  if (scope !== 'some' || networks === undefined || state === 'slow') return state
  return networks.count === networks.total ? state : 'part'
}

function stateText(lang: Lang, { state, scope }: FirstRow): string {
  const isSome = scope === 'some' && (state === 'shut' || state === 'part' || state === 'slow')
  return isSome ? say(lang, `board.some.${state}`) : say(lang, `board.state.${state}`)
}

function detailsOf(lang: Lang, { asOf }: FirstView, { incident, networks, latest }: FirstRow): readonly string[] {
  const count = (value: number): string => formatNumber(lang, value)
  if (networks !== undefined)
    return [say(lang, 'board.networks', { count: count(networks.count), total: count(networks.total) })]
  if (latest !== undefined) return [say(lang, 'board.last', { at: when(lang, latest, asOf) })]
  if (incident === undefined) return []
  const { start, probes, probesFailed } = incident
  const at = start.median ?? start.bracket[1]
  const dated = at === undefined || !isSameDay(at, asOf)
  return [
    say(lang, 'board.since', { time: edgeParts(lang, start, { side: 'start', zone: HOME_ZONE, dated }).value }),
    ...(probes === 0 ? [] : [say(lang, 'board.devices', { count: count(probesFailed), total: count(probes) })]),
  ]
}
