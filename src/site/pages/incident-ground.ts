import { html } from 'hono/html'
import type { CauseItem } from '../../model/cause.ts'
import { IMPACT_INPUTS } from '../../model/impact-table.ts'
import type { Incident } from '../../model/incident.ts'
import type { Instant, Sha256 } from '../../model/units.ts'
import { say } from '../../text/format.ts'
import {
  anchor,
  comparedOpinions,
  dateText,
  edgesText,
  headline,
  intervalText,
  lastKnown,
  networkText,
} from '../../text/incident-sentence.ts'
import type { Lang } from '../../text/lang.ts'
import { formatNumber } from '../../text/number.ts'
import { formatClock, formatDateTime, HOME_ZONE } from '../../text/time.ts'
import { urls, type Days } from '../urls.ts'
import { itemName, itemSentence } from '../../text/cause-sentence.ts'
import { fold, scrolled } from './fold.ts'
import type { IncidentView, StatementEntry } from './incident-view.ts'
import { simulatedTag } from './layout.ts'
import type { Markup } from './mark.ts'
import { section } from './section.ts'

/** What other methods say of the same measurements: those that disagree at once, those that agree one tap away. */
export function renderOpinions(lang: Lang, { incident }: IncidentView): Markup {
  const opinions = comparedOpinions(incident)
  const differing = opinions.filter(({ compared }) => compared !== 'agrees')
  const agreeing = opinions.filter(({ compared }) => compared === 'agrees')
  const counted = say(lang, 'incident.opinions-counted', {
    agree: formatNumber(lang, agreeing.length),
    differ: formatNumber(lang, differing.length),
  })
  return section(
    'opinions',
    say(lang, 'incident.opinions'),
    say(lang, 'incident.opinions-about'),
    opinions.length === 0
      ? html`<p>${say(lang, 'incident.opinions-none')}</p>`
      : html`${differing.length === 0 ? '' : opinionTable(lang, incident, differing)}
        ${agreeing.length === 0 ? html`<p>${counted}</p>` : fold(counted, opinionTable(lang, incident, agreeing))}`,
  )
}

function opinionTable(lang: Lang, incident: Incident, opinions: ReturnType<typeof comparedOpinions>): Markup {
  const { dated } = edgesText(lang, incident)
  const show = (at: Instant | undefined): string =>
    at === undefined ? '\u2013' : dated ? formatDateTime(lang, at) : formatClock(at)
  return scrolled(
    say(lang, 'incident.opinions'),
    html`<table class="tbl">
      <thead>
        <tr>
          <th scope="col">${say(lang, 'incident.opinion-method')}</th>
          <th scope="col">${say(lang, 'incident.start')}</th>
          <th scope="col">${say(lang, 'incident.end')}</th>
          <th scope="col">${say(lang, 'incident.opinion-compared')}</th>
        </tr>
      </thead>
      <tbody>
        ${opinions.map(
          ({ method, start, end, compared }) =>
            html`<tr>
              <th scope="row">${say(lang, `incident.method.${method}`)}</th>
              <td>${show(start)}</td>
              <td>${show(end)}</td>
              <td>${say(lang, `incident.opinion.${compared}`)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
}

/** Stretches without data, and the longest restriction that could hide in each; nothing where there are none. */
export const renderGaps = (lang: Lang, { incident }: IncidentView): Markup =>
  incident.gaps.length === 0
    ? html``
    : section(
        'gaps',
        say(lang, 'incident.gaps'),
        say(lang, 'incident.gaps-about'),
        html`<ul class="lines">
          ${incident.gaps.map(
            ({ from, until, couldHideMinutes }) =>
              html`<li>
                <b>${intervalText(lang, [from, until], dayOf(incident))}</b>.
                ${say(lang, 'incident.gap-hides', { minutes: formatNumber(lang, couldHideMinutes) })}
              </li>`,
          )}
        </ul>`,
      )

const dayOf = (incident: Incident): { readonly day?: NonNullable<ReturnType<typeof anchor>> } => {
  const day = anchor(incident)
  return day === undefined ? {} : { day }
}

/** People affected as bounds, lower one first, with every input of the estimate. */
export function renderImpact(lang: Lang, { incident: { impact, simulated } }: IncidentView): Markup {
  const heading = say(lang, 'incident.impact')
  if (impact === undefined) return section('impact', heading, '', html`<p>${say(lang, 'incident.impact-none')}</p>`)
  const bounds = (atLeast: number, atMost: number): Markup =>
    html`<b>${say(lang, 'incident.at-least', { value: formatNumber(lang, atLeast) })}</b>,
      ${say(lang, 'incident.at-most', { value: formatNumber(lang, atMost) })}`
  return section(
    'impact',
    heading,
    say(lang, `incident.basis.${impact.basis}`),
    html`<dl class="pairs">
        <div>
          <dt>${simulatedTag(lang, simulated)}${say(lang, 'incident.people')}</dt>
          <dd>${bounds(impact.atLeast, impact.atMost)}</dd>
        </div>
        <div>
          <dt>${say(lang, 'incident.person-hours')}</dt>
          <dd>${bounds(impact.personHours.atLeast, impact.personHours.atMost)}</dd>
        </div>
      </dl>
      ${fold(
        say(lang, 'incident.inputs', { count: formatNumber(lang, impact.inputs.length) }),
        scrolled(
          heading,
          html`<table class="tbl">
            <thead>
              <tr>
                <th scope="col">${say(lang, 'incident.input-what')}</th>
                <th scope="col" class="r">${say(lang, 'incident.input-value')}</th>
                <th scope="col">${say(lang, 'incident.input-source')}</th>
              </tr>
            </thead>
            <tbody>
              ${impact.inputs.map(
                (input) =>
                  html`<tr>
                    <th scope="row">${inputName(lang, input.what)}</th>
                    <td class="r">${formatNumber(lang, input.value, 3)}</td>
                    <td>${inputSource(lang, input.source)}, ${input.asOf}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`,
        ),
      )}`,
  )
}

/** `network-users:AS9198` in words: what it is, then which network or service; a word of another version as it is. */
function inputName(lang: Lang, what: string): string {
  const [kind, ...rest] = what.split(':')
  const known = IMPACT_INPUTS.find((one) => one === kind)
  if (known === undefined) return what
  return [say(lang, `impact-input.${known}`), ...(rest.length === 0 ? [] : [rest.join(':')])].join(': ')
}

/** Counts of devices come from the measurements themselves; any other source is the title of a work, as it is. */
const inputSource = (lang: Lang, source: string): string =>
  source === 'measurements' ? say(lang, 'incident.measurements') : source

/** Statements of these days as the record has them; what the measurements say of each claim stands beside it. */
export const renderStatements = (lang: Lang, { statements }: IncidentView): Markup =>
  section(
    'statements',
    say(lang, 'incident.statements'),
    statements.length === 0 ? '' : say(lang, 'incident.statements-about'),
    statements.length === 0
      ? html`<p>${say(lang, 'incident.statements-none')}</p>`
      : html`<ul class="vs">
          ${statements.map((one) => statement(lang, one))}
        </ul>`,
  )

const statement = (lang: Lang, one: StatementEntry): Markup =>
  html`<li>
    <div>
      <p class="lb">
        ${one.number === undefined ? '' : html`<span class="num">${one.number}</span> `}${one.when}.
        ${one.who}${one.checked ? '' : ` (${say(lang, 'incident.statement-unchecked')})`}
      </p>
      <p>${one.words}</p>
    </div>
    <div>
      ${one.claims.map(
        ({ text, finding }) =>
          html`<p class="lb">${text}</p>
            <p class="rs">${say(lang, `finding.${finding}`)}</p>`,
      )}
    </div>
  </li>`

/** Items that come from outside the measured network. */
const OUTSIDE = ['abroad', 'same-address-abroad', 'other-countries', 'outage'] as const satisfies readonly CauseItem[]

/** What others saw; where nobody looked it is said that nobody looked. */
export const renderOthers = (lang: Lang, { incident: { cause } }: IncidentView): Markup =>
  section(
    'others',
    say(lang, 'incident.others'),
    say(lang, 'incident.others-about'),
    html`<dl class="pairs">
      ${OUTSIDE.map((item) => {
        const seen = cause.items.find((one) => one.item === item)
        return html`<div class="${seen === undefined ? 'absent' : ''}">
          <dt>${itemName(lang, { item })}</dt>
          <dd>${seen === undefined ? say(lang, 'incident.others-absent') : itemSentence(lang, seen)}</dd>
        </div>`
      })}
    </dl>`,
  )

/** Ids shown at once. */
const MOST_IDS = 200

/** Links to the measurements themselves, and to the series of those days. */
export function renderMeasurements(lang: Lang, { incident }: IncidentView): Markup {
  const count = formatNumber(lang, incident.measurements.length)
  const days = daysOf(incident)
  return section(
    'measurements',
    say(lang, 'incident.measurements'),
    incident.measurements.length === 0
      ? say(lang, 'incident.measurements-none')
      : say(lang, 'incident.measurements-about', { count }),
    html`${
      days === undefined
        ? ''
        : html`<p>
            <a class="tap" href="${urls.series(lang, incident.service, incident.asn, days)}"
              >${say(lang, 'incident.measurements-all')}</a
            >
          </p>`
    }
    ${
      incident.measurements.length === 0
        ? ''
        : fold(
            `${say(lang, 'series.measurements')}: ${count}`,
            html`<ol class="ids">
              ${incident.measurements
                .slice(0, MOST_IDS)
                .map((id) => html`<li><a class="mono" href="${urls.measurement(lang, id)}">${short(id)}</a></li>`)}
            </ol>`,
          )
    }`,
  )
}

const short = (id: Sha256): string => id.slice(0, 16)

const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10)

function daysOf(incident: Incident): Days | undefined {
  const [from, until] = [anchor(incident), lastKnown(incident)]
  return from === undefined ? undefined : { since: dayText(from), until: dayText(until ?? from) }
}

/** Every revision with its reason; nothing that was published disappears. */
export const renderRevisions = (lang: Lang, view: IncidentView): Markup =>
  section(
    'revisions',
    say(lang, 'incident.revisions'),
    view.revisions.length === 1 ? say(lang, 'incident.no-corrections') : '',
    scrolled(
      say(lang, 'incident.revisions'),
      html`<table class="tbl">
        <thead>
          <tr>
            <th scope="col">${say(lang, 'incident.revision')}</th>
            <th scope="col">${say(lang, 'incident.revised-at')}</th>
            <th scope="col">${say(lang, 'incident.revision-why')}</th>
          </tr>
        </thead>
        <tbody>
          ${view.revisions.map((one) => {
            const number = formatNumber(lang, one.revision)
            const shown = one.revision === view.incident.revision
            return html`<tr>
              <th scope="row">
                ${
                  shown
                    ? html`<b aria-current="true">${number}</b>`
                    : html`<a href="${urls.incident(lang, one.id, { revision: String(one.revision) })}">${number}</a>`
                }
              </th>
              <td>${formatDateTime(lang, one.revisedAt)}</td>
              <td>${say(lang, `incident.reason.${one.reason}`)}${one.note === undefined ? '' : `. ${one.note}`}</td>
            </tr>`
          })}
        </tbody>
      </table>`,
    ),
  )

/** A line to cite, the id and the digest of the bytes behind it. */
export function renderCitation(lang: Lang, view: IncidentView): Markup {
  const { incident } = view
  const parts = [
    'Kuager',
    headline(lang, view),
    say(lang, 'incident.network', { network: networkText(lang, view) }),
    dateText(lang, incident, HOME_ZONE).replace(/\.$/, ''),
    incident.id,
    `${say(lang, 'incident.revision')}: ${formatNumber(lang, incident.revision)}`,
    ...(incident.simulated ? [say(lang, 'incident.simulated').replace(/\.$/, '')] : []),
  ]
  const detail = (label: string, value: string): Markup =>
    html`<div>
      <dt>${label}</dt>
      <dd class="mono">${value}</dd>
    </div>`
  return section(
    'cite',
    say(lang, 'incident.cite'),
    '',
    html`<p class="cite">${parts.join('. ')}.</p>
      <dl class="pairs">${detail(say(lang, 'incident.cite-digest'), view.digest)}</dl>
      <p class="sm q">${say(lang, 'incident.cite-digest-about')}</p>
      <p class="sm q">
        <span class="v">${say(lang, 'incident.cite-rules')}: ${incident.rulesVersion}.</span>
        <span class="v">${say(lang, 'incident.cite-seed')}: ${String(incident.seed)}.</span>
      </p>
      <ul class="dl">
        <li>
          <a href="${urls.apiIncident(incident.id, incident.revision)}">${say(lang, 'incident.json')}</a>
        </li>
      </ul>`,
  )
}
