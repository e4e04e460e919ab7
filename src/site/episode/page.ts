import { html } from 'hono/html'
import type { Markup } from '../../web/html/markup.ts'
import { filedAt } from '../../core/model/incident/entries.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { formatAsn, instant, type Asn } from '../../core/model/units.ts'
import { formatDate, HOME_ZONE } from '../../core/text/time.ts'
import { say } from '../../core/text/format.ts'
import {
  edgeIds,
  entryDate,
  entryEdges,
  entryHeadline,
  episodeNever,
  episodeParagraph,
  episodeQuotation,
  episodeSentence,
  jointText,
  oneOfEach,
  serviceNames,
  sureTexts,
  type NamedEntry,
} from '../../core/text/sentence/episode.ts'
import { edgeParts, headline, networkText, type EdgeTexts } from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/text/lang.ts'
import { publicUrl, type Frame } from '../../web/html/frame.ts'
import { section } from '../../web/html/section.ts'
import { incidentMark } from '../incident/page/shown.ts'
import { entryMark, serviceLinks } from '../parts/entry-card.ts'
import { incidentLines } from '../parts/incident-line.ts'
import { entryLanes, lanesLegend } from '../parts/lanes.ts'
import { crumbs, homePage } from '../parts/crumbs.ts'
import { simulatedTag, type Page } from '../parts/layout.ts'
import { mark } from '../parts/mark.ts'
import { renderNever } from '../parts/never.ts'
import { COPY_SCRIPT, sayIt } from '../parts/say-it.ts'
import { urls } from '../urls.ts'

/** What the page of one episode shows: its incidents as they are shown. */
export interface EpisodeView {
  readonly id: string
  readonly entry: NamedEntry
  /** The entry as its revisions say: of texts that leave the site with the code. */
  readonly quoted: NamedEntry
  /** Whether every service of it is restricted on every network of it, and nothing of it is on hold. */
  readonly isExact: boolean
  /** Check code of its revisions; empty where one of them is no longer in the journal. */
  readonly code: string
}

/** The page of an episode: what, when, where and how sure; texts to copy; the picture, the matrix, the incidents. */
export function episodePage(lang: Lang, view: EpisodeView): Page {
  const { entry, id } = view
  const simulated = entry.incidents.some(({ incident }) => incident.simulated)
  return {
    lang,
    title: `${entryHeadline(lang, entry)}. ${entryDate(lang, entry)} · Kuager`,
    simulated,
    inLang: (other) => urls.episode(other, id),
    description: `${entryDate(lang, entry)}. ${countsText(lang, entry)}`,
    data: urls.apiEpisodes(id),
    feed: urls.feedOfEpisodes(lang),
    scripts: [COPY_SCRIPT],
    body: (frame) =>
      html`${crumbs(lang, [homePage(lang), { href: urls.incidents(lang), text: say(lang, 'incidents.title') }])}
        <div class="ttl">
          <h1>${mark(entryMark(entry))}<span>${entryHeadline(lang, entry)}</span></h1>
          <p>
            ${simulatedTag(lang, simulated)}<span class="v">${entryDate(lang, entry)}</span>
            <span class="v">${say(lang, 'episode.incidents', { count: entry.incidents.length })}</span>
          </p>
        </div>
        ${answers(lang, view)} ${quotation(lang, view, frame)} ${picture(lang, entry)} ${matrix(lang, entry)}
        ${section('list', say(lang, 'episode.list'), '', incidentLines(lang, entry.incidents))} ${files(lang, view)}`,
  }
}

const countsText = (lang: Lang, entry: NamedEntry): string =>
  say(lang, 'episode.where-about', { services: serviceNames(entry).length, networks: oneOfEach(entry).length })

const time = (label: string, { value, interval }: EdgeTexts): Markup =>
  html`<span
    ><span class="l">${label}</span><span class="b${/^\d\d:\d\d$/.test(value) ? '' : ' words'}">${value}</span>${
      interval === undefined ? '' : html`<span class="iv">${interval}</span>`
    }</span
  >`

function answers(lang: Lang, { entry, isExact }: EpisodeView): Markup {
  const { start, end } = entryEdges(lang, entry)
  const { first, last } = edgeIds(entry)
  return html`<dl class="four episode" data-start="${first}" data-end="${last}">
    <div class="w2">
      <dt>${say(lang, 'incident.when')}</dt>
      <dd class="times">${time(say(lang, 'incident.start'), start)} ${time(say(lang, 'incident.end'), end)}</dd>
      <dd class="n sm">${say(lang, 'episode.how')}</dd>
    </div>
    <div>
      <dt>${say(lang, 'episode.where')}</dt>
      <dd>${countsText(lang, entry)}</dd>
      <dd>${say(lang, 'episode.services')}: ${serviceLinks(lang, entry)}</dd>
      <dd>
        ${say(lang, 'episode.networks')}:
        ${oneOfEach(entry).map(
          (one, nth) =>
            html`${nth === 0 ? '' : ', '}<a href="${urls.network(lang, one.incident.asn)}"
                >${networkText(lang, one)}</a
              >`,
        )}
      </dd>
      ${isExact ? html`<dd class="n">${say(lang, 'incidents.episode-rule')}</dd>` : ''}
    </div>
    <div class="how-sure">
      <dt>${say(lang, 'incident.how-sure')}</dt>
      ${sureTexts(lang, entry).map((text) => html`<dd><b class="sure">${text}.</b></dd>`)}
      <dd class="cautious">${jointText(lang, entry)}</dd>
    </div>
    <div>
      <dt>${say(lang, 'incident.who-if')}</dt>
      <dd>${say(lang, 'incident.who-answer')} ${say(lang, 'episode.quote.grouped')}</dd>
    </div>
  </dl>`
}

function quotation(lang: Lang, { quoted: entry, id, code }: EpisodeView, frame: Frame): Markup {
  const coded = code === '' ? '' : ` ${say(lang, 'incident.code')}: ${code}.`
  const texts = code === '' ? [] : [{ length: 'sentence' as const, text: episodeSentence(lang, entry, code) }]
  return section(
    'quotation',
    say(lang, 'incident.quotation'),
    '',
    html`<details class="tab every">
        <summary>${say(lang, 'incident.quotation-about')}</summary>
        ${sayIt(lang, [
          ...texts,
          { length: 'paragraph', text: `${episodeParagraph(lang, entry)}${coded}` },
          {
            length: 'whole',
            text: `${episodeQuotation(lang, entry)}\n${coded} ${publicUrl(frame, urls.episode(lang, id))}`.replace(
              '\n ',
              '\n',
            ),
          },
        ])}
      </details>
      ${renderNever(lang, episodeNever(lang, entry))}`,
  )
}

const picture = (lang: Lang, entry: NamedEntry): Markup =>
  section(
    'picture',
    say(lang, 'episode.picture'),
    say(lang, 'episode.picture-about'),
    html`${entryLanes(lang, entry)} ${lanesLegend(lang)}`,
  )

/** Services by networks, each cell an incident or several of one series. */
function matrix(lang: Lang, entry: NamedEntry): Markup {
  const services = serviceNames(entry)
  const heading = say(lang, 'episode.matrix')
  return section(
    'matrix',
    heading,
    '',
    html`<div class="scroll" role="group" aria-labelledby="matrix" tabindex="0">
      <table class="mx">
        <thead>
          <tr>
            <th scope="col"><span class="vh">${say(lang, 'column.network')}</span></th>
            ${services.map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${oneOfEach(entry).map(
            ({ incident: { asn }, networkName }) =>
              html`<tr>
                <th scope="row">
                  <a class="way" href="${urls.network(lang, asn)}"
                    ><span>${networkName ?? ''} <small class="q">${formatAsn(asn)}</small></span></a
                  >
                </th>
                ${services.map((name) => cell(lang, entry, { name, asn }))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`,
  )
}

function cell(
  lang: Lang,
  { incidents }: NamedEntry,
  { name, asn }: { readonly name: string; readonly asn: Asn },
): Markup {
  const [first] = incidents
  const day = first === undefined ? '' : dayOf(lang, first.incident)
  const own = incidents.filter(({ incident, serviceName }) => serviceName === name && incident.asn === asn)
  if (own.length === 0)
    return html`<td>
      <span class="c"
        ><span aria-hidden="true">–</span><span class="vh">${say(lang, 'incidents.episode-none')}</span></span
      >
    </td>`
  return html`<td>
    ${own.map(
      (one) =>
        html`<a class="c" href="${urls.incident(lang, one.incident.id)}"
          >${mark(incidentMark(one.incident))}<span class="vh">${headline(lang, one)}</span
          ><span aria-hidden="true">${startText(lang, one.incident, day)}</span></a
        >`,
    )}
  </td>`
}

const dayOf = (lang: Lang, incident: Incident): string => formatDate(lang, instant(filedAt(incident)))

/** Start of an incident: on the day of the episode its clock alone. */
const startText = (lang: Lang, incident: Incident, day: string): string =>
  dayOf(lang, incident) === day
    ? edgeParts(lang, incident.start, { side: 'start', zone: HOME_ZONE, dated: false }).value
    : edgeParts(lang, incident.start, { side: 'start', zone: HOME_ZONE, dated: true }).value

const files = (lang: Lang, { id }: EpisodeView): Markup =>
  section(
    'files',
    say(lang, 'incidents.files'),
    '',
    html`<ul class="dl">
      <li><a href="${urls.apiEpisodes(id)}">${say(lang, 'episode.data')}</a></li>
      <li><a href="${urls.feedOfEpisodes(lang)}">${say(lang, 'episode.feed')}</a></li>
    </ul>`,
  )
