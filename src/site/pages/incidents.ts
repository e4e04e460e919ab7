import { html } from 'hono/html'
import type { Episode, Incident } from '../../model/incident.ts'
import { formatAsn, type Asn } from '../../model/units.ts'
import { say } from '../../text/format.ts'
import { anchor, edgesText, headline, type NamedIncident } from '../../text/incident-sentence.ts'
import type { Lang } from '../../text/lang.ts'
import { formatNumber } from '../../text/number.ts'
import { formatDate } from '../../text/time.ts'
import { urls, type IncidentFilter } from '../urls.ts'
import { incidentLines } from './incident-line.ts'
import { incidentMark } from './incident-view.ts'
import { simulatedTag, type Page } from './layout.ts'
import { mark, type Markup } from './mark.ts'

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
  readonly episodes: readonly EpisodeView[]
  readonly filter: IncidentFilter
  /** What can be chosen. */
  readonly services: readonly { readonly id: string; readonly name: string }[]
  readonly networks: readonly { readonly id: string; readonly name: string }[]
  readonly simulated: boolean
}

/** All incidents: running ones with the strongest evidence first, then episodes, then finished ones by day. */
export function incidentsPage(lang: Lang, view: IncidentsView): Page {
  const title = say(lang, 'incidents.title')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: view.simulated,
    inLang: (other) => urls.incidents(other, view.filter),
    data: urls.apiIncidents(view.filter),
    body: () =>
      html`<div class="ttl">
          <h1>${title}</h1>
          <p>${say(lang, 'incidents.about')}</p>
        </div>
        ${filters(lang, view)} ${running(lang, view)} ${episodes(lang, view)} ${finished(lang, view)}`,
  }
}

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
        ? html`<p>${say(lang, 'incidents.none-running')}</p>`
        : incidentLines(lang, view.running)
    }
  </section>`

/** Finished ones under a heading for each day. */
function finished(lang: Lang, view: IncidentsView): Markup {
  const day = ({ incident }: NamedIncident): string => {
    const at = anchor(incident)
    return at === undefined ? say(lang, 'incident.not-dated') : formatDate(lang, at)
  }
  return html`<section class="sec side" aria-labelledby="finished">
    <div class="head"><h2 id="finished">${say(lang, 'incidents.finished')}</h2></div>
    <div>
      ${
        view.finished.length === 0
          ? html`<p>${say(lang, 'incidents.none')}</p>`
          : [...Map.groupBy(view.finished, day)].map(
              ([name, list]) =>
                html`<h3 class="day">${name}</h3>
                  ${incidentLines(lang, list)}`,
            )
      }
    </div>
  </section>`
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

function episode(lang: Lang, { episode: found, incidents }: EpisodeView, index: number): Markup {
  const first = incidents[0]?.incident
  const at = found.start.median ?? (first === undefined ? undefined : anchor(first))
  const edges = first === undefined ? undefined : edgesText(lang, { ...first, start: found.start, end: found.end })
  const title = at === undefined ? say(lang, 'incident.not-dated') : formatDate(lang, at)
  const label = `episode-${index}`
  return html`<article class="episode" aria-labelledby="${label}">
    <h3 class="day" id="${label}">
      ${title}${edges === undefined ? '' : `, ${edges.start.value}\u2013${edges.end.value}`}
    </h3>
    <p>
      ${simulatedTag(
        lang,
        incidents.some(({ incident }) => incident.simulated),
      )}${say(lang, 'incidents.episode', {
        count: formatNumber(lang, found.incidents.length),
        networks: formatNumber(lang, found.asns.length),
        services: formatNumber(lang, found.services.length),
      })}
      ${found.rule.exact ? say(lang, 'incidents.episode-rule') : ''}
    </p>
    <div class="scroll" role="group" aria-labelledby="${label}" tabindex="0">
      <table class="mx">
        <thead>
          <tr>
            <th scope="col"><span class="vh">${say(lang, 'column.network')}</span></th>
            ${found.services.map((service) => html`<th scope="col">${serviceOf(incidents, service)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${found.asns.map(
            (asn) =>
              html`<tr>
                <th scope="row">${networkOf(incidents, asn)} <small class="q">${formatAsn(asn)}</small></th>
                ${found.services.map((service) => cell(lang, incidents, { service, asn }))}
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
