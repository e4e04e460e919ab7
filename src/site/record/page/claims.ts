import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { JudgedClaim } from '../../../core/model/incident/claim.ts'
import { momentBounds } from '../../../core/model/moment.ts'
import { CLAIM_FINDINGS, type Claim, type Statement } from '../../../core/model/tables/record.ts'
import { formatAsn, instant, type Asn, type Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatMoment } from '../../../core/text/moment.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { quote } from '../../../core/text/sentence/verdict.ts'
import { formatDate } from '../../../core/text/time.ts'
import { homeDay } from '../../../core/text/home-day.ts'
import { urls } from '../../urls.ts'
import type { Frame } from '../../../web/html/frame.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { section } from '../../../web/html/section.ts'
import { sourceLine } from '../../parts/source-line.ts'

export type Speaker = Statement['speaker']

/** An incident that a finding rests on. */
export interface ClaimIncidentLink {
  readonly id: string
  readonly serviceName: string
  readonly asn: Asn
  /** Median of its start, else the first failed observation; absent where neither is known. */
  readonly start?: Instant
}

export interface ClaimEntry {
  readonly claim: Claim
  readonly judged: JudgedClaim
  readonly incidents: readonly ClaimIncidentLink[]
}

export interface ClaimsEntry {
  readonly statement: Statement
  readonly claims: readonly ClaimEntry[]
}

/** What the page of claims shows. */
export interface ClaimsView {
  /** In the order of the page: those of the chosen kind of speaker. */
  readonly statements: readonly ClaimsEntry[]
  /** Kinds of speakers that have said anything. */
  readonly speakers: readonly Speaker[]
  readonly chosen?: Speaker
  readonly simulated: boolean
}

/** Incidents a claim lists by name; the others are counted. */
const MOST_INCIDENTS = 5

/** Statements next to measurements. */
export const claimsPage = (lang: Lang, view: ClaimsView): Page => ({
  lang,
  title: `${say(lang, 'claims.title')} · Kuager`,
  simulated: view.simulated,
  description: say(lang, 'claims.about'),
  inLang: (other) => (view.chosen === undefined ? urls.claims(other) : urls.claimsBy(other, view.chosen)),
  body: (frame) =>
    html`<div class="ttl">
        <h1>${say(lang, 'claims.title')}</h1>
        <p>${say(lang, 'claims.about')} ${say(lang, 'claims.never')}</p>
        ${counts(lang, view)}
      </div>
      ${speakers(lang, view, frame)}
      ${section('statements', say(lang, 'claims.statements'), statementsAbout(lang, view), statements(lang, view))}`,
})

/** Choosing who spoke asks the server, so that a copy shows everything. */
const speakers = (lang: Lang, view: ClaimsView, frame: Frame): Markup =>
  frame.medium !== 'live' || view.speakers.length < 2
    ? html``
    : html`<nav class="picks" aria-labelledby="pick">
        <p class="by" id="pick">${say(lang, 'claims.by')}</p>
        <ul>
          <li>
            ${
              view.chosen === undefined
                ? html`<b aria-current="true">${say(lang, 'claims.by-all')}</b>`
                : html`<a href="${urls.claims(lang)}">${say(lang, 'claims.by-all')}</a>`
            }
          </li>
          ${view.speakers.map(
            (speaker) =>
              html`<li>
                ${
                  speaker === view.chosen
                    ? html`<b aria-current="true">${say(lang, `claims.by.${speaker}`)}</b>`
                    : html`<a href="${urls.claimsBy(lang, speaker)}">${say(lang, `claims.by.${speaker}`)}</a>`
                }
              </li>`,
          )}
        </ul>
      </nav>`

/** How many claims end how: all four, so that none is hidden by being rare. */
function counts(lang: Lang, view: ClaimsView): Markup {
  const found = view.statements.flatMap(({ claims }) => claims.map(({ judged }) => judged.finding))
  return html`<p class="sm q tally">
    ${simulatedTag(lang, view.simulated)}${CLAIM_FINDINGS.map((finding) => {
      const count = formatNumber(lang, found.filter((one) => one === finding).length)
      return html`<span class="v"
        >${say(lang, 'claims.count', { finding: say(lang, `finding.${finding}`), count })}</span
      >`
    })}
  </p>`
}

const statementsAbout = (lang: Lang, view: ClaimsView): string =>
  `${say(lang, 'claims.statements-about')}${view.simulated ? ` ${say(lang, 'claims.simulated-words')}` : ''}`

const statements = (lang: Lang, view: ClaimsView): Markup =>
  view.statements.length === 0
    ? html`<p>${say(lang, 'claims.none')}</p>`
    : html`<ul class="said">
        ${view.statements.map((entry) => statementItem(lang, entry))}
      </ul>`

const statementItem = (lang: Lang, { statement, claims }: ClaimsEntry): Markup =>
  html`<li id="s-${statement.id}">
    <div>
      <h3 class="by">
        <a class="v" href="#s-${statement.id}">${formatMoment(lang, statement.at)}</a>
        <span class="v"><b>${statement.who[lang]}</b></span>
        ${
          statement.speaker === 'operator' || statement.speaker === 'platform'
            ? html`<span class="v">${say(lang, `speaker.${statement.speaker}`)}</span>`
            : ''
        }
      </h3>
      ${
        statement.quote === undefined
          ? ''
          : html`<blockquote class="say" lang="${statement.quote.lang}">
              <p>${quote(statement.quote.lang, statement.quote.text)}</p>
            </blockquote>`
      }
      <p>${statement.summary[lang]}</p>
      <p class="sm q any">${say(lang, 'claims.source')}: ${sourceLine(lang, statement.source)}</p>
    </div>
    <div>
      <p class="by">${say(lang, 'claims.measurement')}</p>
      ${
        claims.length === 0
          ? html`<p class="q">${say(lang, statement.source.checked ? 'claims.no-claims' : 'claims.unread')}</p>`
          : html`<ul class="found">
              ${groupAlike(claims).map((group) => claimsItem(lang, statement, group))}
            </ul>`
      }
    </div>
  </li>`

/** Claims in a row that stand alike for the same reason, so that the answer is given once. */
function groupAlike(claims: readonly ClaimEntry[]): readonly (readonly [ClaimEntry, ...ClaimEntry[]])[] {
  const groups: [ClaimEntry, ...ClaimEntry[]][] = []
  for (const entry of claims) {
    const last = groups.at(-1)
    if (last !== undefined && answerOf(last[0]) === answerOf(entry)) last.push(entry)
    else groups.push([entry])
  }
  return groups
}

const answerOf = ({ claim, judged }: ClaimEntry): string =>
  JSON.stringify([judged.finding, judged.reason, judged.period, judged.incidents, isTimed(claim)])

/** Whether the answer depends on a period. */
const isTimed = ({ test }: Claim): boolean => test !== 'none' && test !== 'coincides'

const claimsItem = (lang: Lang, statement: Statement, group: readonly [ClaimEntry, ...ClaimEntry[]]): Markup => {
  const [{ claim: first, judged, incidents }] = group
  return html`<li>
    ${group.map(({ claim }) => html`<p>${quote(lang, claim.text[lang].replace(/\.$/, ''))}</p>`)}
    <p class="word">${say(lang, `finding.${judged.finding}`)}</p>
    <p>${say(lang, `claim-reason.${judged.reason}`)}</p>
    ${
      isTimed(first)
        ? html`<p class="sm q">${say(lang, 'claims.period', { period: claimPeriod(lang, statement, first) })}</p>`
        : ''
    }
    ${incidents.length === 0 ? '' : incidentLinks(lang, incidents)}
  </li>`
}

/** Days of the claim, or what the date of the statement spans; a period with a first day has a last one too. */
function claimPeriod(lang: Lang, { at }: Statement, { since, until }: Claim): string {
  const { from, until: end } = momentBounds(at)
  // A moment with an hour is of a day of Kazakhstan; a day is written as it is.
  const dayOf = (time: number): string =>
    at.length > 10 ? homeDay(instant(time)) : new Date(time).toISOString().slice(0, 10)
  if (since === undefined && until === undefined) return formatMoment(lang, dayOf(from))
  const first = formatMoment(lang, since ?? dayOf(from))
  const last = formatMoment(lang, until ?? dayOf(end - 1))
  return first === last ? first : `${first} \u2013 ${last}`
}

const incidentLinks = (lang: Lang, incidents: readonly ClaimIncidentLink[]): Markup =>
  html`<p class="sm q">${say(lang, 'claims.incidents')}:</p>
    <ul class="sm links">
      ${incidents.slice(0, MOST_INCIDENTS).map(
        (one) =>
          html`<li>
            <a href="${urls.incident(lang, one.id)}"
              >${say(lang, 'claims.incident', {
                service: one.serviceName,
                network: formatAsn(one.asn),
                date: one.start === undefined ? say(lang, 'reported.unknown') : formatDate(lang, one.start),
              })}</a
            >
          </li>`,
      )}
      ${
        incidents.length <= MOST_INCIDENTS
          ? ''
          : html`<li>
              <a href="${urls.incidents(lang)}"
                >${say(lang, 'claims.more-incidents', { count: incidents.length - MOST_INCIDENTS })}</a
              >
            </li>`
      }
    </ul>`
