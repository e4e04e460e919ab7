import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { ObservedOutage, OoniCount } from '../../../core/model/tables/others.ts'
import { say } from '../../../core/text/format.ts'
import type { Incident } from '../../../core/model/incident/incident.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatMoment } from '../../../core/text/moment.ts'
import { formatDate, formatDateTime } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import type { ActEntry, IncidentView, OutageEntry, OoniEntry, OtherSource, StatementEntry } from './shown.ts'
import { simulatedTag } from '../../parts/layout.ts'
import { part } from '../../../web/html/part.ts'
import { outside } from '../../parts/source-line.ts'

/** What others measured of that time; where no file was imported, the page says that this was not checked. */
export const renderOthers = (lang: Lang, { others }: IncidentView): Markup =>
  part({
    id: 'others',
    heading: say(lang, 'incident.others'),
    answer: say(lang, 'incident.others-short', {
      ooni: others.ooni.length,
      ioda: others.ioda.length,
      radar: others.radar.length,
    }),
    body: html`<p class="sm q">${say(lang, 'incident.others-about')}</p>
      <dl class="seen">
        <div>
          <dt>${say(lang, 'incident.ooni')}</dt>
          ${
            others.ooni.length === 0
              ? html`<dd>${say(lang, 'incident.others-nobody')}</dd>`
              : html`${others.ooni.map((one) => ooni(lang, one))}
                  <dd class="sm q">${say(lang, 'incident.ooni-about')}</dd>`
          }
        </div>
        ${(['ioda', 'radar'] as const).map(
          (by) =>
            html`<div>
              <dt>${say(lang, `incident.${by}`)}</dt>
              ${
                others[by].length === 0
                  ? html`<dd>${say(lang, 'incident.others-nobody')}</dd>`
                  : html`${others[by].map((one) => outages(lang, one))}
                      <dd class="sm q">${say(lang, `incident.${by}-about`)}</dd>`
              }
            </div>`,
        )}
      </dl>`,
  })

function ooni(lang: Lang, { own, together, rest, days, source }: OoniEntry): Markup {
  const span = intervalDays(lang, days)
  const lines = [
    ...(own === undefined ? [] : [line(say(lang, 'incident.ooni-own', { days: span }), counts(lang, own))]),
    ...(together === undefined
      ? []
      : [line(say(lang, 'incident.ooni-together', { days: span }), counts(lang, together))]),
    ...(rest === undefined
      ? []
      : [line(say(lang, 'incident.ooni-rest', { count: rest.networks }), counts(lang, rest))]),
  ]
  return html`${lines.length === 0 ? html`<dd>${say(lang, 'incident.ooni-none')}</dd>` : lines}${retrieved(lang, source)}`
}

const line = (label: string, text: string): Markup => html`<dd><b>${label}.</b> ${text}</dd>`

const counts = (lang: Lang, one: Omit<OoniCount, 'service' | 'from' | 'until'>): string =>
  say(lang, 'incident.ooni-counts', {
    total: one.total,
    anomaly: one.anomaly,
    confirmed: one.confirmed,
    failure: one.failure,
    ok: one.ok,
  })

const intervalDays = (lang: Lang, { from, until }: OoniEntry['days']): string => {
  const [first, last] = [formatDate(lang, from, 'UTC'), formatDate(lang, until, 'UTC')]
  return first === last ? `${first}, UTC` : `${first} \u2013 ${last}, UTC`
}

const outages = (lang: Lang, { outages: seen, source }: OutageEntry): Markup =>
  html`${
    seen.length === 0
      ? html`<dd>${say(lang, 'incident.ioda-none')}</dd>`
      : seen.map((one) => line(say(lang, `incident.ioda-entity.${one.entity.kind}`), when(lang, one)))
  }${retrieved(lang, source)}`

/** Outages in which failures count as not measured: what each is, when, and whose answer has it. */
export const renderMasks = (lang: Lang, { outages: seen = [] }: Incident): Markup | string =>
  seen.length === 0
    ? ''
    : html`<p>${say(lang, 'incident.outages')}</p>
        <ul class="plain">
          ${seen.map(
            (one) =>
              html`<li>
                ${say(lang, `incident.ioda-entity.${one.scope}`)}: ${when(lang, one)}
                ${answerOf(lang, { ...one, title: one.source })}
              </li>`,
          )}
        </ul>`

const when = (lang: Lang, { from, until }: Pick<ObservedOutage, 'from' | 'until'>): string =>
  until === undefined
    ? `${say(lang, 'incident.ioda-no-end', { from: formatDateTime(lang, from) })}.`
    : `${formatDateTime(lang, from)} \u2013 ${formatDateTime(lang, until)}.`

/** Source, time and hash of an answer: anyone who asks the source again can compare. */
const retrieved = (lang: Lang, source: OtherSource): Markup => html`<dd class="sm q">${answerOf(lang, source)}</dd>`

const answerOf = (lang: Lang, { title, url, retrieved: day, at, sha256, setAside }: OtherSource): Markup =>
  html`${url === undefined ? title : outside(url, title)}.
  ${
    at === undefined
      ? dayed(lang, 'incident.others-retrieved', day)
      : say(lang, 'incident.others-retrieved-at', { at: formatDateTime(lang, at) })
  }
  ${sha256 === undefined ? '' : html`SHA-256: <span class="mono">${sha256}</span>.`}
  ${setAside === undefined ? '' : say(lang, 'incident.others-set-aside', { count: setAside })}`

/** A sentence that ends with a day; a Russian year brings its own stop. */
const dayed = (
  lang: Lang,
  key: 'incident.others-retrieved' | 'incident.act-requested' | 'incident.act-answered',
  day: string,
): string => say(lang, key, { day: formatMoment(lang, day) }).replace(/\.\.$/, '.')

/** Statements of those days and what was asked and answered; what the measurements say of each claim next to it. */
export const renderNotices = (
  lang: Lang,
  { incident, statements, statementsOfDays: all, acts }: IncidentView,
): Markup =>
  part({
    id: 'notices',
    heading: say(lang, 'incident.notices'),
    answer: say(lang, 'incident.notices-short', { statements: all, about: statements.length, acts: acts.length }),
    body: html`${
        statements.length === 0
          ? html`<p>${say(lang, all === 0 ? 'incident.statements-none' : 'incident.statements-none-about')}</p>`
          : html`<p class="sm q">${say(lang, 'incident.notices-about')}</p>
              <ul class="vs">
                ${statements.map((one) => statement(lang, one, incident.simulated))}
              </ul>
              <p class="sm">
                ${say(lang, 'incident.claim-by')}
                <a href="${urls.claims(lang)}">${say(lang, 'incident.claims-all')}</a>
              </p>`
      }
      ${
        all === statements.length
          ? ''
          : html`<p class="sm">
              ${say(lang, 'incident.statements-others', { count: all - statements.length })}
              <a href="${urls.plain(lang, 'chronicle')}">${say(lang, 'chronicle.title')}</a>
            </p>`
      }
      <h3 class="acts">${say(lang, 'incident.acts')}</h3>
      ${
        acts.length === 0
          ? html`<p>${say(lang, 'incident.acts-none')}</p>`
          : html`<ul class="vs">
              ${acts.map((one) => act(lang, one))}
            </ul>`
      }`,
  })

const act = (lang: Lang, one: ActEntry): Markup =>
  html`<li>
    <div>
      <p class="lb">
        ${one.number === undefined ? say(lang, 'incident.acts') : say(lang, 'incident.act-number', { number: one.number })}${one.checked ? '' : ` (${say(lang, 'incident.statement-unchecked')})`}
      </p>
      <p>${one.title}</p>
    </div>
    <div>
      <p>
        ${
          one.requested === undefined
            ? say(lang, 'incident.act-unrequested')
            : dayed(lang, 'incident.act-requested', one.requested)
        }
        ${
          one.answered === undefined
            ? one.requested === undefined
              ? ''
              : say(lang, 'incident.act-unanswered')
            : dayed(lang, 'incident.act-answered', one.answered)
        }
      </p>
      ${one.answer === undefined ? '' : html`<p>${one.answer}</p>`}
    </div>
  </li>`

/** A statement with what the measurements say of each claim; the record of a simulated incident is simulated too. */
const statement = (lang: Lang, one: StatementEntry, simulated: boolean): Markup =>
  html`<li>
    <div>
      <p class="lb">
        ${one.number === undefined ? '' : html`<span class="num">${one.number}</span> `}${one.when}.
        ${simulatedTag(lang, simulated)}${one.who}${one.checked ? '' : ` (${say(lang, 'incident.statement-unchecked')})`}
      </p>
      <p>${one.words}</p>
    </div>
    <div>
      ${one.claims.map(
        ({ text, finding, reason, ofActing }) =>
          html`<p class="lb">${text}</p>
            <p class="rs">${say(lang, `finding.${finding}`)}</p>
            <p class="sm">
              ${say(lang, `claim-reason.${reason}`)}
              ${ofActing && finding === 'contradicted' ? say(lang, 'incident.claim-not-who') : ''}
            </p>`,
      )}
    </div>
  </li>`
