import { html } from 'hono/html'
import { entryBegan } from '../../core/model/incident/entries.ts'
import { instant } from '../../core/model/units.ts'
import { capitalise, say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatMoment } from '../../core/text/moment.ts'
import {
  bareEntry,
  edgeIds,
  entryDate,
  entryEdges,
  entryHeadline,
  serviceNames,
  sureTexts,
  type NamedEntry,
} from '../../core/text/sentence/episode.ts'
import { HOME_ZONE, zonedParts } from '../../core/text/time.ts'
import { dateText, networkText, withdrawnText, type NamedIncident } from '../../core/text/sentence/incident.ts'
import { fold } from '../../web/html/fold.ts'
import type { Markup } from '../../web/html/markup.ts'
import { incidentMark } from '../incident/page/shown.ts'
import { urls } from '../urls.ts'
import { edgeValue, incidentLines, type LineParts } from './incident-line.ts'
import { entryLanes, lanesLegend } from './lanes.ts'
import { simulatedTag } from './layout.ts'
import { mark, type MarkName } from './mark.ts'

/** The worst first: the mark of an entry is that of its worst incident. */
const WORST: readonly MarkName[] = ['shut', 'part', 'slow', 'unkn', 'none']

/** Mark of an entry. */
export const entryMark = ({ incidents }: NamedEntry): MarkName =>
  WORST.find((name) => incidents.some(({ incident }) => incidentMark(incident) === name)) ?? 'none'

/** Where an entry leads: to its episode; of an incident without one, or of which a list shows no other, to the incident. */
export const entryHref = (lang: Lang, { episode, incidents: [first, second] }: NamedEntry): string =>
  episode !== undefined && second !== undefined
    ? urls.episode(lang, episode)
    : urls.incident(lang, first?.incident.id ?? '')

/** Services of an entry, each with its page. */
export function serviceLinks(lang: Lang, entry: NamedEntry): Markup {
  const ids = new Map(entry.incidents.map(({ incident, serviceName }) => [serviceName, incident.service]))
  return html`${serviceNames(entry).map(
    (name, nth) => html`${nth === 0 ? '' : ', '}<a href="${urls.service(lang, ids.get(name) ?? '')}">${name}</a>`,
  )}`
}

/**
 * One entry of a list: what, where, from when to when, how sure, a picture of networks and time; its incidents below. Of
 * a withdrawn incident its reason, and neither times nor a picture.
 */
function entryCard(lang: Lang, entry: NamedEntry, parts: LineParts): Markup {
  const [first] = entry.incidents
  if (first === undefined) return html``
  return first.incident.withdrawn ? withdrawnCard(lang, entry, first) : standingCard(lang, entry, parts)
}

const head = (lang: Lang, entry: NamedEntry): Markup =>
  html`<a class="what" href="${entryHref(lang, entry)}"
    >${mark(entryMark(entry))}<span><b>${entryHeadline(lang, entry)}</b></span></a
  >`

const withdrawnCard = (lang: Lang, entry: NamedEntry, named: NamedIncident): Markup =>
  html`<li class="entry">
    ${head(lang, entry)}
    <p>
      ${simulatedTag(lang, named.incident.simulated)}<span class="v">${dateText(lang, named.incident)}</span>
      <span class="v">${say(lang, 'incident.network', { network: networkText(lang, named) })}</span>
    </p>
    <p class="q">${withdrawnText(lang, named.incident)}</p>
  </li>`

function standingCard(lang: Lang, entry: NamedEntry, parts: LineParts): Markup {
  const { start, end, dated } = entryEdges(lang, entry)
  const { first, last } = edgeIds(entry)
  const { episode, incidents, total } = entry
  return html`<li class="entry" data-start="${first}" data-end="${last}">
    ${head(lang, entry)}
    <p class="edges${dated ? ' dated' : ''}">
      <span
        >${simulatedTag(
          lang,
          incidents.some(({ incident }) => incident.simulated),
        )}${dated ? '' : html`<span class="v">${entryDate(lang, entry)}</span> `}</span
      >
      <span>${say(lang, 'incident.start')}: ${edgeValue(lang, start)}</span>
      <span>${say(lang, 'incident.end')}: ${edgeValue(lang, end)}</span>
    </p>
    ${sureTexts(lang, entry).map((text) => html`<p class="q">${text}</p>`)}
    <p>${say(lang, 'episode.services')}: ${serviceLinks(lang, entry)}</p>
    ${entryLanes(lang, entry)}
    ${
      episode === undefined || incidents.length === total
        ? ''
        : html`<p>
            <a class="tap part-of" href="${urls.episode(lang, episode)}">${say(lang, 'episode.part', { total })}</a>
          </p>`
    }
    ${
      incidents.length === 1
        ? ''
        : fold(say(lang, 'episode.incidents', { count: incidents.length }), incidentLines(lang, incidents, parts))
    }
  </li>`
}

/** Entries of a list, in their order. */
export const entryCards = (lang: Lang, entries: readonly NamedEntry[], parts: LineParts = {}): Markup =>
  html`<ul class="entries">
    ${entries.map((entry) => entryCard(lang, entry, parts))}
  </ul>`

const monthOf = (entry: NamedEntry): string => {
  const { year, month } = zonedParts(instant(entryBegan(bareEntry(entry))), HOME_ZONE)
  return `${year}-${String(month).padStart(2, '0')}`
}

/** Entries under a heading for each month, which counts all of them also where a page shows a part. */
export function entriesByMonth(
  lang: Lang,
  { shown, all }: { readonly shown: readonly NamedEntry[]; readonly all: readonly NamedEntry[] },
  parts: LineParts = {},
): Markup {
  const counted = Map.groupBy(all, monthOf)
  return html`${[...Map.groupBy(shown, monthOf)].map(([month, list]) => {
    const own = counted.get(month) ?? list
    return html`<h3 class="day">
        ${say(lang, 'episode.month', {
          month: capitalise(lang, formatMoment(lang, month)),
          entries: own.length,
          count: own.reduce((sum, { incidents }) => sum + incidents.length, 0),
        })}
      </h3>
      ${entryCards(lang, list, parts)}`
  })}`
}

/** What the times, conclusions and signs of an entry mean; once a page. */
export const entryGuide = (lang: Lang): Markup =>
  fold(
    say(lang, 'episode.read'),
    html`<p>${say(lang, 'episode.how')}</p>
      <p>${say(lang, 'episode.picture-about')}</p>
      ${lanesLegend(lang)}`,
  )
