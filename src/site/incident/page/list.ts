import { html } from 'hono/html'
import { goesOn } from '../../../core/model/incident/bounds.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { WatchedCounts } from '../../../core/model/incident/watched.ts'
import { parseAsn } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { NamedEntry } from '../../../core/text/sentence/episode.ts'
import type { NamedIncident } from '../../../core/text/sentence/incident.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { urls, type IncidentFilter, type Topic } from '../../urls.ts'
import type { Frame } from '../../../web/html/frame.ts'
import { entriesByMonth, entryCards, entryGuide } from '../../parts/entry-card.ts'
import { renderHeld } from './review.ts'
import type { Page } from '../../parts/layout.ts'
import { section } from '../../../web/html/section.ts'

/** What the list of incidents shows. */
export interface IncidentsView {
  /** Entries with an ongoing incident, newest start first. */
  readonly running: readonly NamedEntry[]
  /** Finished and withdrawn ones, newest start first. */
  readonly finished: readonly NamedEntry[]
  /** On hold for review by people: named, and in no other part of the list. */
  readonly held: readonly NamedIncident[]
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

/** Finished entries on one page of a live site. */
const MOST_FINISHED = 30

/** Whether a page of finished ones exists. */
export const hasListPage = (page: number, finished: number): boolean =>
  page === 1 || (page - 1) * MOST_FINISHED < finished

/** All incidents, one evening as one entry: those that continue, those on hold, then finished ones by month. */
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
        ${frame.medium === 'live' ? filters(lang, view) : ''} ${entryGuide(lang)}
        ${view.page === 1 ? html`${running(lang, view)} ${renderHeld(lang, view.held)}` : ''}
        ${finished(lang, view, frame)} ${files(lang, view)}`,
  }
}

/** What a feed of the chosen incidents is about: one service or one network; absent: all. */
function topicOf({ filter: { service, network } }: IncidentsView): Topic | undefined {
  if (service !== undefined && network === undefined) return { service }
  return network !== undefined && service === undefined ? { asn: parseAsn(network) } : undefined
}

/** What the list has: its incidents, and the entries in which they are. */
function counts(lang: Lang, { running: going, finished }: IncidentsView): string {
  const entries = [...going, ...finished]
  const all = entries.flatMap(({ incidents }) => incidents).map(({ incident }) => incident)
  return say(lang, 'incidents.counts', {
    count: all.length,
    running: all.filter(goesOn).length,
    withdrawn: all.filter(({ withdrawn }) => withdrawn).length,
    entries: entries.length,
    episodes: entries.filter(({ incidents }) => incidents.length > 1).length,
  })
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
      <li><a href="${urls.feedOfEpisodes(lang)}">${say(lang, 'episode.feed')}</a></li>
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
      <label>${say(lang, 'incidents.day')} <input type="date" name="day" value="${view.filter.day ?? ''}" /></label>
      <button class="btn first" type="submit">${say(lang, 'first.show')}</button>
    </fieldset>
  </form>`
}

const running = (lang: Lang, view: IncidentsView): Markup =>
  view.filter.day !== undefined && view.running.length === 0
    ? html``
    : html`<section class="sec side" aria-labelledby="running">
        <div class="head"><h2 id="running">${say(lang, 'incidents.running')}</h2></div>
        ${
          view.running.length === 0
            ? html`<p>${say(lang, view.silent ? 'edition.silent' : 'incidents.none-running')}</p>`
            : entryCards(lang, view.running)
        }
      </section>`

const isChosen = ({ filter }: IncidentsView): boolean =>
  [filter.service, filter.network, filter.day].some((one) => one !== undefined)

/** Finished ones under a heading for each month, which counts all of them also where a page shows a part. */
function finished(lang: Lang, view: IncidentsView, { medium }: Frame): Markup {
  const whole = medium !== 'live'
  const shown = whole ? view.finished : view.finished.slice((view.page - 1) * MOST_FINISHED, view.page * MOST_FINISHED)
  return section(
    'finished',
    say(lang, 'incidents.finished'),
    '',
    view.finished.length === 0
      ? html`<p>${say(lang, isChosen(view) ? 'incidents.none' : 'place.past-none')}</p>`
      : html`${entriesByMonth(lang, { shown, all: view.finished })} ${whole ? '' : pages(lang, view)}`,
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
