import { html } from 'hono/html'
import type { IncidentReview, StandingAct } from '../../../core/model/incident/review.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { reviewFacts, reviewKind, reviewWho } from '../../../core/text/sentence/review.ts'
import { formatDateTime } from '../../../core/text/time.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { part } from '../../../web/html/part.ts'
import { section } from '../../../web/html/section.ts'
import { incidentLines } from '../../parts/incident-line.ts'
import type { NamedIncident } from '../../../core/text/sentence/incident.ts'

// What people did with an incident is shown next to the program's revision and never in its figures.

/** The act in force, said above everything else; empty where there is none. */
export function renderReviewNotice(lang: Lang, { standing, by }: IncidentReview): Markup {
  if (standing === 'none' || by === undefined) return html``
  const { ends, confirmed, at } = by
  const notice = {
    disputed: () => say(lang, 'review.notice.disputed', { at: formatDateTime(lang, at) }),
    held: () => say(lang, 'review.notice.held', { until: formatDateTime(lang, ends ?? at) }),
    withdrawn: () => say(lang, 'review.notice.withdrawn', { at: formatDateTime(lang, confirmed?.at ?? at) }),
  }[standing]
  return html`<p class="warn">
      ${notice()} ${standing === 'held' && confirmed === undefined ? say(lang, 'review.notice.alone') : ''}
    </p>
    <p>${actReason(lang, by)} <a class="tap" href="#review">${say(lang, 'review.more')}</a></p>`
}

/** The words of a person, in the language in which they were written. */
export const actReason = (lang: Lang, { reason, lang: own }: StandingAct): Markup =>
  html`${say(lang, 'review.reason')}: <span lang="${own}">${reason}</span>`

/** Who did it, and what else is known of the act. */
export const actFacts = (lang: Lang, act: StandingAct): Markup =>
  html`<p class="sm q">
    <span class="v">${reviewWho(lang, act)}.</span>
    ${reviewFacts(lang, act).map((fact) => html`<span class="v">${fact}.</span> `)}
  </p>`

/** Every act on the incident with its reason and how it stands. */
export const renderReview = (lang: Lang, { standing, acts }: IncidentReview): Markup =>
  acts.length === 0
    ? part({ id: 'review', heading: say(lang, 'review.title'), answer: say(lang, 'review.none') })
    : part({
        id: 'review',
        heading: say(lang, 'review.title'),
        answer: say(lang, `review.standing.${standing}`),
        body: html`<p class="sm q">${say(lang, 'review.about')}</p>
          <ul class="lines">
            ${acts.map(
              (act) =>
                html`<li id="act-${act.id.slice(0, 8)}">
                  <h3 class="by">
                    <b>${formatDateTime(lang, act.at)}</b>
                    <span>${reviewKind(lang, act)}</span>
                  </h3>
                  <p>${actReason(lang, act)}</p>
                  ${actFacts(lang, act)}
                </li>`,
            )}
          </ul>`,
      })

/** Incidents that are not in the lists for now, so that none is taken away without a word. */
export const renderHeld = (lang: Lang, held: readonly NamedIncident[]): Markup =>
  held.length === 0
    ? html``
    : section('held', say(lang, 'review.held-list'), say(lang, 'review.held-about'), incidentLines(lang, held))
