import { knownSentences } from '../../../core/text/sentence/impact.ts'
import { html } from 'hono/html'
import { defined } from '../../../core/model/defined.ts'
import { anchor } from '../../../core/model/incident/bounds.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { knownBounds } from '../../../core/model/incident/impact-bounds.ts'
import { IMPACT_INPUTS } from '../../../core/model/tables/impact-table.ts'
import type { Incident } from '../../../core/model/incident/incident.ts'
import type { Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import { comparedOpinions, edgesText, intervalText } from '../../../core/text/sentence/incident.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatClock, formatDateTime } from '../../../core/text/time.ts'
import { scrolled } from '../../../web/html/fold.ts'
import { gapless } from './figure.ts'
import { ofEdition, type IncidentView } from './shown.ts'
import { part } from '../../../web/html/part.ts'

/** What contradicts or accompanies the dating: other methods on the same measurements, and stretches without any. */
export function renderChecks(lang: Lang, { incident }: IncidentView): Markup {
  const opinions = comparedOpinions(incident)
  const agreeing = opinions.filter(({ compared }) => compared === 'agrees')
  return part({
    id: 'checks',
    heading: say(lang, 'incident.checks'),
    answer: ofEdition(
      lang,
      incident,
      opinions.length === 0
        ? say(lang, 'incident.opinions-none')
        : `${say(lang, 'incident.opinions')}. ${say(lang, 'incident.opinions-counted', {
            agree: agreeing.length,
            differ: opinions.length - agreeing.length,
          })}`,
    ),
    body: html`${
      opinions.length === 0
        ? ''
        : html`<p class="sm q">${say(lang, 'incident.opinions-about')}</p>
            ${opinionTable(lang, incident, opinions)}`
    }
    ${gaps(lang, incident)}
    ${
      incident.alarm === undefined
        ? ''
        : html`<p class="sm q">
            ${say(lang, 'incident.alarm', { at: formatDateTime(lang, incident.alarm.raisedAt) })}
            ${
              incident.alarm.clearedAt === undefined
                ? ''
                : say(lang, 'incident.alarm-cleared', { at: formatDateTime(lang, incident.alarm.clearedAt) })
            }
          </p>`
    }`,
  })
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

/** Stretches without data, and the longest restriction that could hide in each. */
const gaps = (lang: Lang, incident: Incident): Markup =>
  incident.gaps.length === 0
    ? html`<p class="sm q">${gapless(lang, incident)}</p>`
    : html`<h3 class="after">${say(lang, 'incident.gaps')}</h3>
        <p class="sm q">${say(lang, 'incident.gaps-about')}</p>
        <ul class="lines">
          ${incident.gaps.map(
            ({ from, until, couldHideMinutes }) =>
              html`<li>
                <b>${intervalText(lang, [from, until], dayOf(incident))}</b>.
                ${say(lang, 'incident.gap-hides', { minutes: couldHideMinutes })}
              </li>`,
          )}
        </ul>`

const dayOf = (incident: Incident): { readonly day?: NonNullable<ReturnType<typeof anchor>> } => {
  const day = anchor(incident)
  return defined({ day })
}

/** People affected as bounds, lower one first, with every input of the estimate. */
export function renderImpact(lang: Lang, { incident }: IncidentView): Markup {
  const { impact, simulated, state, withdrawn } = incident
  const heading = say(lang, 'incident.impact')
  if (impact === undefined) return part({ id: 'impact', heading, answer: say(lang, 'incident.impact-none') })
  if (withdrawn) return part({ id: 'impact', heading, answer: say(lang, 'incident.impact-withdrawn') })
  if (state === 'insufficient') return part({ id: 'impact', heading, answer: say(lang, 'incident.impact-withheld') })
  const bounds = (atLeast: number, atMost: number): string =>
    `${say(lang, 'incident.at-least', { value: atLeast })}, ${say(lang, 'incident.at-most', { value: atMost })}`
  const known = knownBounds(impact)
  return part({
    id: 'impact',
    heading,
    answer: [
      ...(simulated ? [`${say(lang, 'page.simulated-tag')}.`] : []),
      ...(known === undefined ? [] : knownSentences(lang, known).slice(0, 1)),
      say(lang, 'incident.assumed-range', { bounds: bounds(impact.atLeast, impact.atMost) }),
    ].join(' '),
    body: html`${known === undefined ? '' : html`<p>${knownSentences(lang, known).join(' ')}</p>`}
      <p>${say(lang, 'incident.person-hours')}: ${bounds(impact.personHours.atLeast, impact.personHours.atMost)}.</p>
      <p class="sm q">${say(lang, 'incident.assumed-why')} ${say(lang, `incident.basis.${impact.basis}`)}</p>
      <p class="sm q">${say(lang, 'incident.inputs', { count: impact.inputs.length })}</p>
      ${scrolled(
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
      )}`,
  })
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
