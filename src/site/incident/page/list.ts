import { html } from 'hono/html'
import { anchor } from '../../../core/model/incident/bounds.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { jointRatio } from '../../../core/model/incident/cause.ts'
import type { Episode, Incident } from '../../../core/model/incident/incident.ts'
import type { WatchedCounts } from '../../../core/model/incident/watched.ts'
import { formatAsn, parseAsn, type Asn } from '../../../core/model/units.ts'
import { capitalise, say } from '../../../core/text/format.ts'
import { edgesText, headline, timesText, type NamedIncident } from '../../../core/text/sentence/incident.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatMoment } from '../../../core/text/moment.ts'
import { formatDate, HOME_ZONE, zonedParts } from '../../../core/text/time.ts'
import { urls, type IncidentFilter, type Topic } from '../../urls.ts'
import type { Frame } from '../../../web/html/frame.ts'
import { incidentLines } from '../../parts/incident-line.ts'
import { incidentMark } from './shown.ts'
import { renderHeld } from './review.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { mark } from '../../parts/mark.ts'
import { section } from '../../../web/html/section.ts'

/** An episode with its incidents and the names of its rows and columns. */
export interface EpisodeView {
  readonly episode: Episode
  readonly incidents: readonly NamedIncident[]
}

/** What the list of incidents shows. */
export interface IncidentsView {
  readonly running: readonly NamedIncident[]
  /** Finished and withdrawn ones, newest first. */
  readonly finished: readonly NamedIncident[]
  /** On hold for review by people: named, and in no other part of the list. */
  readonly held: readonly NamedIncident[]
  readonly episodes: readonly EpisodeView[]
  readonly filter: IncidentFilter
  /** Page of the finished ones, from 1; a copy has all of them on one. */
  readonly page: number
  /** What can be chosen. */
  readonly services: readonly { readonly id: string; readonly name: string }[]
  readonly networks: readonly { readonly id: string; readonly name: string }[]
  readonly simulated: boolean
  /** What is watched in all; absent: it is not said. */
  readonly watched?: WatchedCounts
  /** Nothing of the choice was measured in the three hours before: whether something continues is not known. */
  readonly silent: boolean
}

/** Finished ones on one page of a live site. */
const MOST_FINISHED = 60

/** Whether a page of finished ones exists. */
export const hasListPage = (page: number, finished: number): boolean =>
  page === 1 || (page - 1) * MOST_FINISHED < finished

/** All incidents: running ones with the strongest evidence first, then episodes, then finished ones by month. */
export function incidentsPage(lang: Lang, view: IncidentsView): Page {
  const title = say(lang, 'incidents.title')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: view.simulated,
    inLang: (other) => urls.incidents(other, view.filter, view.page),
    data: urls.apiIncidents(view.filter),
    feed: urls.feed(lang, topicOf(view)),
    body: (frame) =>
      html`<div class="ttl">
          <h1>${title}</h1>
          <p>${say(lang, 'incidents.about')}</p>
          <p class="q">${counts(lang, view)}</p>
          ${view.watched === undefined ? '' : html`<p class="q">${watchedText(lang, view.watched)}</p>`}
        </div>
        ${frame.medium === 'live' ? filters(lang, view) : ''}
        ${view.page === 1 ? html`${running(lang, view)} ${renderHeld(lang, view.held)} ${episodes(lang, view)}` : ''}
        ${finished(lang, view, frame)} ${files(lang, view)}`,
  }
}

/** What a feed of the chosen incidents is about: one service or one network; absent: all. */
function topicOf({ filter: { service, network } }: IncidentsView): Topic | undefined {
  if (service !== undefined && network === undefined) return { service }
  return network !== undefined && service === undefined ? { asn: parseAsn(network) } : undefined
}

function counts(lang: Lang, { running: going, finished: over }: IncidentsView): string {
  const withdrawn = over.filter(({ incident }) => incident.withdrawn).length
  return say(lang, 'incidents.counts', { count: going.length + over.length, running: going.length, withdrawn })
}

/** Against how much the list is to be read: it is chosen from all that is watched. */
const watchedText = (lang: Lang, watched: WatchedCounts): string =>
  [watchedCounts(lang, watched), aloneText(lang, watched)].join(' ')

const aloneText = (lang: Lang, { alarmsAlone }: WatchedCounts): string =>
  alarmsAlone === undefined
    ? say(lang, 'incidents.alarms-uncounted')
    : say(lang, 'incidents.alarms-alone', { count: formatNumber(lang, alarmsAlone) })

const watchedCounts = (lang: Lang, watched: WatchedCounts): string =>
  say(lang, 'incidents.watched', {
    series: formatNumber(lang, watched.series),
    weeks: formatNumber(lang, watched.seriesWeeks),
    alarms: formatNumber(lang, watched.alarms),
    withdrawn: formatNumber(lang, watched.alarmsWithdrawn),
    wrong: formatNumber(lang, watched.falseAYear, watched.falseAYear < 10 ? 1 : 0),
    standing: formatNumber(lang, watched.pairsStanding),
  })

/** The same list for programs, tables and feed readers. */
const files = (lang: Lang, view: IncidentsView): Markup =>
  section(
    'files',
    say(lang, 'incidents.files'),
    '',
    html`<ul class="dl">
      <li><a href="${urls.asCsv(urls.apiIncidents(view.filter))}">${say(lang, 'incidents.csv')}</a></li>
      <li><a href="${urls.apiIncidents(view.filter)}">${say(lang, 'incidents.json')}</a></li>
      <li><a href="${urls.feed(lang, topicOf(view))}">${say(lang, 'incidents.feed')}</a></li>
    </ul>`,
  )

const select = (name: string, label: string, { chosen, options, all }: Choice): Markup =>
  html`<label
    >${label}
    <select name="${name}">
      <option value="">${all}</option>
      ${options.map(
        (option) =>
          html`<option value="${option.id}" ${option.id === chosen ? 'selected' : ''}>${option.name}</option>`,
      )}
    </select></label
  >`

interface Choice {
  readonly chosen: string | undefined
  readonly options: readonly { readonly id: string; readonly name: string }[]
  readonly all: string
}

function filters(lang: Lang, view: IncidentsView): Markup {
  const all = say(lang, 'incidents.all')
  return html`<form class="days-form" method="get" action="${urls.incidents(lang)}">
    <fieldset>
      <legend>${say(lang, 'incidents.filter')}</legend>
      ${select('service', say(lang, 'column.service'), { chosen: view.filter.service, options: view.services, all })}
      ${select('network', say(lang, 'column.network'), { chosen: view.filter.network, options: view.networks, all })}
      <button class="btn first" type="submit">${say(lang, 'first.show')}</button>
    </fieldset>
  </form>`
}

const running = (lang: Lang, view: IncidentsView): Markup =>
  html`<section class="sec side" aria-labelledby="running">
    <div class="head"><h2 id="running">${say(lang, 'incidents.running')}</h2></div>
    ${
      view.running.length === 0
        ? html`<p>${say(lang, view.silent ? 'edition.silent' : 'incidents.none-running')}</p>`
        : incidentLines(lang, view.running)
    }
  </section>`

const monthOf = ({ incident }: NamedIncident): string => {
  const { year, month } = zonedParts(anchor(incident) ?? incident.revisedAt, HOME_ZONE)
  return `${year}-${String(month).padStart(2, '0')}`
}

const isChosen = ({ filter }: IncidentsView): boolean => filter.service !== undefined || filter.network !== undefined

/** Finished ones under a heading for each month, which counts all of them also where a page shows a part. */
function finished(lang: Lang, view: IncidentsView, { medium }: Frame): Markup {
  const whole = medium !== 'live'
  const shown = whole ? view.finished : view.finished.slice((view.page - 1) * MOST_FINISHED, view.page * MOST_FINISHED)
  const counted = Map.groupBy(view.finished, monthOf)
  return section(
    'finished',
    say(lang, 'incidents.finished'),
    '',
    view.finished.length === 0
      ? html`<p>${say(lang, isChosen(view) ? 'incidents.none' : 'place.past-none')}</p>`
      : html`${[...Map.groupBy(shown, monthOf)].map(
          ([month, list]) =>
            html`<h3 class="day">
                ${say(lang, 'place.month-count', {
                  month: capitalise(lang, formatMoment(lang, month)),
                  count: counted.get(month)?.length ?? list.length,
                })}
              </h3>
              ${incidentLines(lang, list)}`,
        )}
        ${whole ? '' : pages(lang, view)}`,
  )
}

function pages(lang: Lang, view: IncidentsView): Markup {
  const count = Math.ceil(view.finished.length / MOST_FINISHED)
  if (count < 2) return html``
  return html`<nav class="pages" aria-label="${say(lang, 'place.pages')}">
    ${Array.from({ length: count }, (_, index) => index + 1).map((page) => {
      const number = formatNumber(lang, page)
      return page === view.page
        ? html`<span aria-current="page">${number}</span>`
        : html`<a
            href="${urls.incidents(lang, view.filter, page)}#finished"
            aria-label="${say(lang, 'place.page', { page: number })}"
            >${number}</a
          >`
    })}
  </nav>`
}

const episodes = (lang: Lang, view: IncidentsView): Markup =>
  view.episodes.length === 0
    ? html``
    : html`<section class="sec side" aria-labelledby="episodes">
        <div class="head">
          <h2 id="episodes">${say(lang, 'incidents.episodes')}</h2>
          <p>${say(lang, 'incidents.episodes-about')}</p>
        </div>
        <div>${view.episodes.map((one, index) => episode(lang, one, index))}</div>
      </section>`

/**
 * The joint weight of an episode, and that ratios of its incidents are not multiplied. What earlier rules quoted has no
 * such mean, and counts as nothing.
 */
function jointText(lang: Lang, incidents: readonly NamedIncident[]): string {
  const joint = jointRatio(incidents.map(({ incident }) => incident.cause.quoted?.log10Lr ?? 0))
  return [
    joint === 0 ? say(lang, 'incidents.joint-none') : say(lang, 'incidents.joint', { times: timesText(lang, joint) }),
    say(lang, 'incidents.not-multiplied'),
  ].join(' ')
}

function episode(lang: Lang, { episode: found, incidents }: EpisodeView, index: number): Markup {
  const first = incidents[0]?.incident
  const at = found.start.median ?? (first === undefined ? undefined : anchor(first))
  const edges = first === undefined ? undefined : edgesText(lang, { ...first, start: found.start, end: found.end })
  const title = at === undefined ? say(lang, 'incident.not-dated') : formatDate(lang, at)
  const label = `episode-${index}`
  // Of what is listed alone: an incident on hold, or outside the filter, has neither a row nor a column.
  const services = found.services.filter((service) => incidents.some(({ incident }) => incident.service === service))
  const asns = found.asns.filter((asn) => incidents.some(({ incident }) => incident.asn === asn))
  return html`<article class="episode" aria-labelledby="${label}">
    <h3 class="day" id="${label}">
      ${title}${edges === undefined ? '' : `, ${edges.start.value}\u2013${edges.end.value}`}
    </h3>
    <p>
      ${simulatedTag(
        lang,
        incidents.some(({ incident }) => incident.simulated),
      )}${say(lang, 'incidents.episode', {
        count: incidents.length,
        networks: asns.length,
        services: services.length,
      })}
      ${found.rule.exact ? say(lang, 'incidents.episode-rule') : ''} ${jointText(lang, incidents)}
    </p>
    <div class="scroll" role="group" aria-labelledby="${label}" tabindex="0">
      <table class="mx">
        <thead>
          <tr>
            <th scope="col"><span class="vh">${say(lang, 'column.network')}</span></th>
            ${services.map((service) => html`<th scope="col">${serviceOf(incidents, service)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${asns.map(
            (asn) =>
              html`<tr>
                <th scope="row">${networkOf(incidents, asn)} <small class="q">${formatAsn(asn)}</small></th>
                ${services.map((service) => cell(lang, incidents, { service, asn }))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </article>`
}

const serviceOf = (incidents: readonly NamedIncident[], service: string): string =>
  incidents.find(({ incident }) => incident.service === service)?.serviceName ?? service

const networkOf = (incidents: readonly NamedIncident[], asn: Asn): string =>
  incidents.find(({ incident }) => incident.asn === asn)?.networkName ?? ''

const isAt =
  ({ service, asn }: { readonly service: string; readonly asn: Asn }) =>
  ({ incident }: { readonly incident: Incident }): boolean =>
    incident.service === service && incident.asn === asn

function cell(
  lang: Lang,
  incidents: readonly NamedIncident[],
  place: { readonly service: string; readonly asn: Asn },
): Markup {
  const found = incidents.find(isAt(place))
  if (found === undefined)
    return html`<td>
      <span class="c"
        ><span aria-hidden="true">–</span><span class="vh">${say(lang, 'incidents.episode-none')}</span></span
      >
    </td>`
  return html`<td>
    <a class="c" href="${urls.incident(lang, found.incident.id)}"
      >${mark(incidentMark(found.incident))}<span class="vh">${headline(lang, found)}</span
      ><span aria-hidden="true">${edgesText(lang, found.incident).start.value}</span></a
    >
  </td>`
}
