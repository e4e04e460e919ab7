import { html } from 'hono/html'
import { HOUR_MS } from '../../../core/model/duration.ts'
import { anchor, goesOn } from '../../../core/model/incident/bounds.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { DECISIVE_LOG10, type CauseFinding, type WeighedItem } from '../../../core/model/incident/cause.ts'
import { successorOf, type Edge, type Incident } from '../../../core/model/incident/incident.ts'
import type { Instant } from '../../../core/model/units.ts'
import { capitalise, say } from '../../../core/text/format.ts'
import {
  againstSentences,
  dateText,
  edgeClock,
  edgesText,
  edgeText,
  headline,
  inLine,
  lengthText,
  networkText,
  noteText,
  shareText,
  withdrawnText,
  type EdgeTexts,
} from '../../../core/text/sentence/incident.ts'
import { neverSentences } from '../../../core/text/sentence/incident-never.ts'
import { pooledSentences } from '../../../core/text/sentence/incident-pooled.ts'
import { oneSentence, quotable, shortQuotation } from '../../../core/text/sentence/incident-quote.ts'
import { renderNever } from '../../parts/never.ts'
import { sayIt } from '../../parts/say-it.ts'
import {
  itemsAgainst,
  numberWords,
  pairsSentences,
  strengthSentence,
  verdictClause,
  conclusionSentence,
} from '../../../core/text/sentence/incident-verdict.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatClock, formatDateTime, formatOffset, HOME_ZONE } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import { outcomeName } from '../../../core/text/sentence/cause.ts'
import { fold } from '../../../web/html/fold.ts'
import { publicUrl, type Frame } from '../../../web/html/frame.ts'
import { simulatedTag } from '../../parts/layout.ts'
import { renderMasks } from './others.ts'
import { renderReviewNotice } from './review.ts'
import { incidentMark, type IncidentView } from './shown.ts'
import { renderTerms } from './terms.ts'
import { mark } from '../../parts/mark.ts'
import { section } from '../../../web/html/section.ts'

/** Sentences against that are open; of more, the others are one tap away, in the same size. */
const MOST_AGAINST = 7

/** Heading, network and day, and where this is not the newest word on it what has become of it. */
export function renderTitle(lang: Lang, view: IncidentView): Markup {
  const { incident } = view
  return html`<div class="ttl">
    <h1>${mark(incidentMark(incident))}<span>${headline(lang, view)}</span></h1>
    <p>
      ${simulatedTag(lang, incident.simulated)}<span class="v">${dateText(lang, incident)}</span>
      <span class="v">${say(lang, 'incident.network', { network: networkText(lang, view) })}</span>
    </p>
    ${
      view.newest > incident.revision
        ? html`<p class="warn">
            ${say(lang, 'incident.old-revision', { revision: incident.revision })}
            <a href="${urls.incident(lang, incident.id)}"
              >${say(lang, 'incident.newest-revision', { revision: view.newest })}</a
            >
          </p>`
        : ''
    }
    ${renderReviewNotice(lang, view.review)}
    ${
      incident.withdrawn && view.review.standing !== 'withdrawn'
        ? html`<p class="warn">${withdrawnText(lang, incident)} ${heldNow(lang, view)} ${noteLink(lang, incident)}</p>
            <p class="q">${say(lang, 'incident.withdrawn-below')}</p>`
        : ''
    }
    ${goesOn(incident) ? html`<p class="sm q">${presentText(lang, incident)}</p>` : ''}
  </div>`
}

/** Why the data no longer show a withdrawn incident, in numbers: what came after it, and where the service opened. */
function heldNow(lang: Lang, { incident, axis }: IncidentView): string {
  if (successorOf(incident) !== undefined) return ''
  const { later = 0, readings = [] } = axis ?? {}
  const [from, until] = [incident.start.median, incident.end.median]
  if (later === 0 || from === undefined || until === undefined || incident.state === 'throttled') return ''
  const inside = readings.filter(({ at, target }) => at >= from && at <= until && target !== 'none')
  const opened = inside.filter(({ target }) => target !== 'fail')
  const count = (value: number): string => formatNumber(lang, value)
  return say(lang, 'edition.withdrawn-held', {
    later: count(later),
    passed: count(opened.length),
    total: count(inside.length),
    devices: count(new Set(opened.flatMap(({ probe }) => (probe === '' ? [] : [probe]))).size),
  })
}

/** A person's words on a revision, or the way to the incident that took the place of a withdrawn one. */
function noteLink(lang: Lang, incident: Incident): Markup | string {
  const successor = successorOf(incident)
  const words = noteText(lang, incident)
  return successor === undefined ? words : html`<a href="${urls.incident(lang, successor)}">${words}</a>`
}

/** Longer than this after the last measurement, an invented evening was published at another time than its own. */
const OWN_TIME_MS = 3 * HOUR_MS

/** That it continues, and when its figures are of; an invented one continues only in its own time. */
function presentText(lang: Lang, { end, revisedAt, simulated }: Incident): string {
  const last = end.bracket[0] ?? revisedAt
  if (simulated && revisedAt - last > OWN_TIME_MS)
    return say(lang, 'edition.simulated-present', { at: formatDateTime(lang, last) })
  return say(lang, last > revisedAt ? 'edition.running' : 'incident.provisional', {
    at: formatDateTime(lang, revisedAt),
  })
}

/** The reader's questions in their order: when, what, how sure, what speaks against, who. */
export const renderAnswers = (lang: Lang, view: IncidentView): Markup =>
  html`<dl class="four incident${view.incident.withdrawn ? ' former' : ''}">
    ${when(lang, view)} ${what(lang, view)} ${howSure(lang, view)} ${against(lang, view)}
    <div>
      <dt>${say(lang, view.incident.cause.word === 'blocking' ? 'incident.who' : 'incident.who-if')}</dt>
      <dd>${say(lang, 'incident.who-answer')}</dd>
    </div>
  </dl>`

const time = (label: string, { value, interval }: EdgeTexts): Markup =>
  html`<span
    ><span class="l">${label}</span><span class="b${/^\d\d:\d\d$/.test(value) ? '' : ' words'}">${value}</span>${
      interval === undefined ? '' : html`<span class="iv">${interval}</span>`
    }</span
  >`

function when(lang: Lang, { incident, episode }: IncidentView): Markup {
  const { start, end } = edgesText(lang, incident)
  const length = lengthText(lang, incident)
  const at = anchor(incident)
  const known = [
    ...nearestMeasurements(lang, incident),
    ...(at === undefined ? [] : [say(lang, 'incident.utc', utcEdges(lang, incident))]),
    ...(length.interval === undefined ? [] : [say(lang, 'incident.length-wider')]),
    ...pooledSentences(lang, incident),
    say(lang, 'incident.place-why'),
  ]
  return html`<div class="w2">
    <dt>${say(lang, 'incident.when')}</dt>
    <dd class="times">
      ${time(say(lang, 'incident.start'), start)} ${time(say(lang, 'incident.end'), end)}
      <span class="du"
        ><span class="l">${say(lang, 'incident.length')}</span><span class="b">${length.value}</span>${
          length.interval === undefined ? '' : html`<span class="iv">${length.interval}</span>`
        }</span
      >
    </dd>
    <dd class="n sm">
      ${at === undefined ? '' : say(lang, 'incident.zone-between', { offset: formatOffset(at, HOME_ZONE) })}
      ${sinceThen(lang, incident).join(' ')}
    </dd>
    <dd class="more sm">
      ${fold(
        say(lang, 'incident.when-how'),
        html`<p>${known.join(' ')}</p>
          ${
            episode === undefined
              ? ''
              : html`<p class="episode">
                  <a href="${urls.episode(lang, episode.id)}">${say(lang, 'episode.part', { total: episode.total })}</a>
                </p>`
          }
          ${renderMasks(lang, incident)}`,
      )}
    </dd>
  </div>`
}

/** Until when there are measurements of what has no end yet. */
function sinceThen(lang: Lang, incident: Incident): readonly string[] {
  const { end, withdrawn, state } = incident
  const [last, passed] = end.bracket
  if (last === undefined || passed !== undefined || withdrawn) return []
  const key = state === 'throttled' ? 'incident.last-slow' : 'incident.last-failed'
  // Of what continues it is not said as well that nothing is known of it.
  return [
    say(lang, key, { time: formatDateTime(lang, last) }),
    ...(goesOn(incident) ? [] : [say(lang, 'incident.nothing-after')]),
  ]
}

/** The single measurements on either side of each edge, in words. */
function nearestMeasurements(lang: Lang, incident: Incident): readonly string[] {
  const { dated } = edgesText(lang, incident)
  const slow = incident.state === 'throttled'
  const show = (at: Instant): string => (dated ? formatDateTime(lang, at) : formatClock(at))
  const bracket = (edge: Edge, side: 'start' | 'end'): readonly string[] => {
    const [from, until] = edge.bracket
    if (from === undefined || until === undefined) return []
    const key = `incident.bracket-${side}` as const
    return [say(lang, slow ? `${key}-slow` : key, { from: show(from), until: show(until) })]
  }
  return [
    ...bracket(incident.start, 'start'),
    ...bracket(incident.end, 'end'),
    ...([incident.start, incident.end].some(isWider) ? [say(lang, 'incident.interval-wider')] : []),
  ]
}

/** Whether the interval of an edge reaches beyond the measurements on either side of it. */
const isWider = ({ lo95, hi95, bracket: [from, until] }: Edge): boolean =>
  (lo95 !== undefined && from !== undefined && lo95 < from) ||
  (hi95 !== undefined && until !== undefined && hi95 > until)

/** Both edges in UTC: with the day once where they share it. */
function utcEdges(lang: Lang, incident: Incident): { start: string; end: string } {
  const utc = { zone: 'UTC', running: goesOn(incident) } as const
  const show = edgesText(lang, incident, 'UTC').dated ? edgeText : edgeClock
  return {
    start: edgeText(lang, incident.start, { ...utc, side: 'start' }),
    end: show(lang, incident.end, { ...utc, side: 'end' }).replace(/\.$/, ''),
  }
}

function what(lang: Lang, { incident, apart }: IncidentView): Markup {
  return html`<div>
    <dt>${say(lang, 'incident.what')}</dt>
    ${shareText(lang, incident).map((sentence) => html`<dd>${sentence}</dd>`)}
    ${apart === 0 ? '' : html`<dd class="n">${say(lang, 'incident.kept-apart', { count: apart })}</dd>`}
  </div>`
}

/** On how many owners of other services the same was seen, where it was seen at all; where not, it speaks against. */
const servicesSeen = (lang: Lang, { cause }: Incident): readonly string[] =>
  cause.items.flatMap(({ item, outcome, count }) =>
    item === 'unrelated' && outcome === 'several'
      ? [say(lang, 'incident.services-seen', { count: count.k, total: count.n })]
      : [],
  )

/** How sure it is: what the signs fit with its strength, then the number to quote and what it says and does not say. */
function howSure(lang: Lang, { incident }: IncidentView): Markup {
  const { cause, withdrawn } = incident
  const verdict = withdrawn
    ? say(lang, 'incident.former', { text: `${inLine(lang, verdictClause(lang, incident))}.` })
    : conclusionSentence(lang, incident)
  const [pairs, how] = withdrawn ? [] : pairsSentences(lang, cause)
  const numbers = cause.word === 'insufficient' || withdrawn ? undefined : numberWords(lang, cause)
  return html`<div class="how-sure">
    <dt>${say(lang, 'incident.how-sure')}</dt>
    ${pairs === undefined ? '' : html`<dd class="pairs-show">${pairs}</dd>`}
    <dd>
      <b class="sure">${verdict} ${strengthSentence(lang, cause)}</b>
    </dd>
    ${numbers === undefined ? '' : html`<dd class="cautious">${numbers.quoted}</dd>`}
    ${servicesSeen(lang, incident).map((sentence) => html`<dd>${sentence}</dd>`)}
    <dd class="more">
      ${fold(
        say(lang, 'incident.terms'),
        html`${
          numbers === undefined
            ? ''
            : html`<ul class="plain">
                ${[how ?? '', ...numbers.meaning, reach(lang, cause)]
                  .filter((sentence) => sentence !== '')
                  .map((sentence) => html`<li>${sentence}</li>`)}
              </ul>`
        }${renderTerms(lang, incident)}`,
      )}
    </dd>
  </div>`
}

/** How far the weaker end of the interval reaches: to no difference at all, or to an undetermined cause; else nothing. */
function reach(lang: Lang, { quoted, word }: CauseFinding): string {
  const weaker =
    quoted === undefined ? Infinity : word === 'fault' ? -quoted.hi95 : word === 'blocking' ? quoted.lo95 : Infinity
  if (weaker <= 0) return say(lang, 'incident.sure-reaches-one')
  return weaker < DECISIVE_LOG10 ? say(lang, 'incident.sure-reaches') : ''
}

/**
 * Everything against, once on the page: items of the weight that point the other way first, then the data's own limits.
 * How often an item was seen is shown where it is weighed.
 */
function against(lang: Lang, { incident, others }: IncidentView): Markup {
  const items = itemsAgainst(incident.cause).map((item) =>
    [`${capitalise(lang, outcomeName(lang, item, item.outcome))}.`, whyAgainst(lang, incident, item)].join(' ').trim(),
  )
  const found = [...items, ...againstSentences(lang, incident), ...otherwise(lang, others)]
  const sentences = found.length === 0 ? [say(lang, 'incident.against-none')] : found
  // A single one is never folded away.
  const shown = sentences.length === MOST_AGAINST + 1 ? sentences.length : MOST_AGAINST
  const rest = sentences.slice(shown)
  return html`<div id="against">
    <dt>${say(lang, 'incident.against')}</dt>
    ${sentences.slice(0, shown).map((sentence) => html`<dd>${sentence}</dd>`)}
    ${
      rest.length === 0
        ? ''
        : html`<dd class="more">
            ${fold(
              say(lang, 'incident.against-all', { count: sentences.length }),
              html`<ul class="plain">
                ${rest.map((sentence) => html`<li>${sentence}</li>`)}
              </ul>`,
            )}
          </dd>`
    }
  </div>`
}

/** OONI's figures of the network where most of them are without anomaly. */
const otherwise = (lang: Lang, { ooni }: IncidentView['others']): readonly string[] =>
  ooni.flatMap(({ own }) =>
    own === undefined || own.ok * 2 <= own.total
      ? []
      : [say(lang, 'incident.against-ooni', { count: own.ok, total: own.total })],
  )

/** Why an item counts against, if its sentence does not say so; where two items seem to clash, what each measured. */
function whyAgainst(lang: Lang, { cause }: Incident, { item, outcome }: WeighedItem): string {
  if (item === 'daily' && outcome !== 'same-hours') return say(lang, 'incident.against-why.daily')
  if (item === 'artefact' && outcome === 'none') return say(lang, 'incident.against-why.artefact')
  if (item === 'owners' && outcome === 'one-of-several') return say(lang, 'incident.against-why.owners')
  if (item === 'unrelated' && outcome === 'no') return say(lang, 'incident.against-why.unrelated')
  const other = item === 'other-countries' ? 'abroad' : item === 'abroad' ? 'other-countries' : undefined
  const clashes = cause.items.some((one) => one.item === other && one.outcome !== outcome)
  return clashes ? say(lang, 'incident.against-why.abroad') : ''
}

/** A paragraph to copy with the way back to it, and what the measurements do not allow anyone to write. */
export function renderQuotation(lang: Lang, view: IncidentView, frame: Frame): Markup {
  const { incident } = view
  const pinned = frame.medium === 'live' ? { revision: String(incident.revision) } : {}
  return section(
    'quotation',
    say(lang, 'incident.quotation'),
    '',
    html`<details class="tab every">
        <summary>${say(lang, 'incident.quotation-about')}</summary>
        ${sayIt(lang, [
          { length: 'sentence', text: oneSentence(lang, view.quoted, view.code) },
          {
            length: 'paragraph',
            text: `${shortQuotation(lang, view.quoted)} ${say(lang, 'incident.code')}: ${view.code}.`,
          },
          {
            length: 'whole',
            text: `${quotable(lang, view.quoted)}\n${say(lang, 'incident.code')}: ${view.code}. ${publicUrl(frame, urls.incident(lang, incident.id, pinned))}`,
          },
        ])}
        ${
          view.newest > incident.revision
            ? ''
            : html`<p class="forms">
                <a class="tap" href="${urls.incidentText(lang, incident.id)}">${say(lang, 'incident.channel-text')}</a>
                ${
                  view.hasCard
                    ? html`<a class="tap" href="${urls.incidentCard(lang, incident.id, incident.revision)}"
                        >${say(lang, 'incident.card')}</a
                      >`
                    : ''
                }
              </p>`
        }
      </details>
      ${renderNever(lang, neverSentences(lang, view))}`,
  )
}
