import { html } from 'hono/html'
import { goesOn } from '../../../core/model/incident/bounds.ts'
import { quotedOf } from '../../../core/model/incident/cause.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { Incident } from '../../../core/model/incident/incident.ts'
import type { StandingAct } from '../../../core/model/incident/review.ts'
import type { Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import {
  dateText,
  edgeText,
  headline,
  headlineState,
  networkText,
  noteText,
  timesText,
  type NamedIncident,
} from '../../../core/text/sentence/incident.ts'
import { quotedInterval } from '../../../core/text/sentence/incident-verdict.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatMoment } from '../../../core/text/moment.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatDateTime, HOME_ZONE, zonedParts } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import { scrolled } from '../../../web/html/fold.ts'
import { reviewKind, SHORT_ACT } from '../../../core/text/sentence/review.ts'
import type { CorrectedRow } from '../reviewed.ts'
import { actFacts, actReason } from './review.ts'
import { incidentMark } from './shown.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { mark } from '../../parts/mark.ts'
import { unbroken } from '../../../web/html/unbroken.ts'

/** A later revision and the one it replaced. */
interface Correction extends NamedIncident {
  readonly before?: Incident
  /** The revision as published, without what people did; what changed is described from it. */
  readonly published?: Incident
  /** Whether people withdrew the incident. */
  readonly byPeople?: boolean
}

/** What was corrected, each kind as its source has it. */
export type CorrectionEntry =
  | ({ readonly kind: 'revision'; readonly at: Instant } & Correction)
  /** A person took the incident from the public: whichever revision it had, and whether or not it still is. */
  | ({ readonly kind: 'act'; readonly at: Instant; readonly act: StandingAct } & NamedIncident)
  | CorrectedRow

/** Fields a reader sees, each as text, so that what changed is what was read. */
const FIELDS = {
  state: (lang, one) => say(lang, `incident.state.${headlineState(one)}`),
  start: (lang, one) => edgeText(lang, one.start, { side: 'start', zone: HOME_ZONE }),
  end: (lang, one) => edgeText(lang, one.end, { side: 'end', zone: HOME_ZONE, running: goesOn(one) }),
  devices: (lang, one) => say(lang, 'cell.of', { count: one.probesFailed, total: one.probes }),
  share: shareOf,
  readings: (lang, one) => formatNumber(lang, one.readings),
  cause: (lang, one) => say(lang, `word.${one.cause.word}`),
  weight: (lang, { cause }) => {
    const interval = quotedInterval(lang, quotedOf(cause))
    return `${timesText(lang, quotedOf(cause).log10Lr)}${interval === '' ? '' : ` (${interval})`}`
  },
  people: (lang, { impact }) =>
    impact === undefined
      ? say(lang, 'value.not-recorded')
      : `${formatNumber(lang, impact.atLeast)}\u2013${formatNumber(lang, impact.atMost)}`,
  mechanism: (lang, one) =>
    one.mechanism === undefined ? say(lang, 'value.not-recorded') : say(lang, `mechanism.${one.mechanism}`),
  running: (lang, one) => say(lang, one.running ? 'corrections.yes' : 'corrections.no'),
  withdrawn: (lang, one) => say(lang, one.withdrawn ? 'corrections.yes' : 'corrections.no'),
} satisfies Record<string, (lang: Lang, one: Incident) => string>

type Field = keyof typeof FIELDS
const NAMES = [
  'state',
  'start',
  'end',
  'devices',
  'share',
  'readings',
  'cause',
  'weight',
  'mechanism',
  'people',
  'running',
  'withdrawn',
] as const satisfies readonly Field[]

/** Fields whose names stand with the words of revisions; the others with those of corrections. */
const OWN = ['share', 'readings', 'cause', 'people'] as const
const isOwn = (name: Field): name is (typeof OWN)[number] => OWN.some((one) => one === name)
const nameOf = (lang: Lang, name: Field): string =>
  isOwn(name) ? say(lang, `edition.field.${name}`) : say(lang, `corrections.field.${name}`)

/** Share of attempts that failed, or how many times slower, with the interval. */
function shareOf(lang: Lang, { share, slowdown }: Incident): string {
  const { value, lo95, hi95 } = slowdown ?? share
  const show = (one: number): string =>
    slowdown === undefined ? formatNumber(lang, one * 100) : formatNumber(lang, one, 1)
  const interval = `${show(value)} (${show(lo95)}\u2013${show(hi95)})`
  return slowdown === undefined ? say(lang, 'edition.percent', { value: interval }) : interval
}

const isSimulated = (one: CorrectionEntry): boolean =>
  one.kind === 'revision' || one.kind === 'act' ? one.incident.simulated : one.simulated

/** Everything that was corrected, newest first: what changed, when and why. */
export function correctionsPage(lang: Lang, list: readonly CorrectionEntry[]): Page {
  const title = say(lang, 'corrections.title')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: list.some(isSimulated),
    inLang: (other) => urls.corrections(other),
    body: () =>
      html`<div class="ttl">
          <h1>${title}</h1>
          <p>${say(lang, 'corrections.about')}</p>
        </div>
        ${
          list.length === 0
            ? html`<p class="back">${say(lang, 'corrections.none')}</p>`
            : byMonth(list).map(({ month, corrections }) => monthSection(lang, month, corrections))
        }`,
  }
}

interface Month {
  /** `2026-03`, by the clock of Kazakhstan. */
  readonly month: string
  readonly corrections: CorrectionEntry[]
}

/** Corrections in the order given, under the month in which each was made. */
function byMonth(list: readonly CorrectionEntry[]): readonly Month[] {
  const months: Month[] = []
  for (const one of list) {
    const { year, month: number } = zonedParts(one.at, HOME_ZONE)
    const month = `${year}-${String(number).padStart(2, '0')}`
    const last = months.at(-1)
    if (last?.month === month) last.corrections.push(one)
    else months.push({ month, corrections: [one] })
  }
  return months
}

const monthSection = (lang: Lang, month: string, list: readonly CorrectionEntry[]): Markup =>
  html`<section class="sec side" aria-labelledby="m-${month}">
    <div class="head">
      <h2 id="m-${month}">${formatMoment(lang, month)}</h2>
      <p>${say(lang, 'corrections.count', { count: list.length })}</p>
    </div>
    <ul class="lines corr">
      ${list.map((one) => entryItem(lang, one))}
    </ul>
  </section>`

function entryItem(lang: Lang, one: CorrectionEntry): Markup {
  switch (one.kind) {
    case 'revision':
      return revisionItem(lang, one)
    case 'act':
      return actItem(lang, one)
    case 'statement':
    case 'order':
      return rowItem(lang, one)
  }
}

/** Of an incident on hold nothing is passed on but its name: no conclusion, no figure. */
function actItem(lang: Lang, one: Extract<CorrectionEntry, { readonly kind: 'act' }>): Markup {
  const { act, incident, serviceName } = one
  return html`<li id="act-${act.id.slice(0, SHORT_ACT)}">
    <h3 class="by">
      <b>${formatDateTime(lang, one.at)}</b>
      <span>${simulatedTag(lang, incident.simulated)}${reviewKind(lang, act)}</span>
    </h3>
    <div>
      <p>
        <a class="st tap" href="${urls.incident(lang, incident.id)}#review"
          ><span><b>${serviceName}. ${dateText(lang, incident)}</b></span></a
        >
      </p>
      <p class="q">${say(lang, 'incident.network', { network: networkText(lang, one) })}</p>
      <p>${actReason(lang, act)}</p>
      ${actFacts(lang, act)}
    </div>
  </li>`
}

function rowItem(lang: Lang, { kind, row, correction, simulated }: CorrectedRow): Markup {
  const [href, title] =
    kind === 'statement'
      ? [urls.claims(lang, row.id), row.who[lang]]
      : [
          urls.order(lang, row.id),
          row.number === undefined ? row.title[lang] : say(lang, 'orders.number', { number: row.number }),
        ]
  return html`<li>
    <h3 class="by">
      <b>${formatMoment(lang, correction.at)}</b>
      <span>${simulatedTag(lang, simulated)}${say(lang, `chronicle.kind.${kind}`)}</span>
    </h3>
    <div>
      <p>
        <a class="st tap" href="${href}"
          ><span><b>${title}</b></span></a
        >
      </p>
      <p>${correction.what[lang]}</p>
      <p>${say(lang, 'review.reason')}: ${correction.why[lang]}</p>
    </div>
  </li>`
}

function revisionItem(lang: Lang, one: Correction): Markup {
  const { incident } = one
  return html`<li id="${incident.id}-${String(incident.revision)}">
    <h3 class="by">
      <b>${formatDateTime(lang, incident.revisedAt)}</b>
      <span>
        ${simulatedTag(lang, incident.simulated)}${say(lang, 'incident.revision')}:
        ${formatNumber(lang, incident.revision)}
      </span>
    </h3>
    <div>
      <p>
        <a class="st tap" href="${urls.incident(lang, incident.id)}"
          >${mark(incidentMark(incident))}<span><b>${headline(lang, one)}</b></span></a
        >
      </p>
      ${one.byPeople === true ? html`<p><b>${say(lang, 'review.standing.withdrawn')}</b></p>` : ''}
      <p class="q">${say(lang, 'incident.network', { network: networkText(lang, one) })}</p>
      <p>
        ${say(lang, 'incident.revision-why')}: ${say(lang, `incident.reason.${incident.reason}`)}.
        ${noteText(lang, incident)}
      </p>
      ${one.before === undefined ? '' : changes(lang, one.before, one.published ?? incident)}
    </div>
  </li>`
}

function changes(lang: Lang, before: Incident, now: Incident): Markup {
  const changed = NAMES.flatMap((name) => {
    const [was, is] = [FIELDS[name](lang, before), FIELDS[name](lang, now)]
    return was === is ? [] : [{ name, was, is }]
  })
  if (changed.length === 0) return html`<p class="q">${say(lang, 'edition.unchanged')}</p>`
  return scrolled(
    say(lang, 'corrections.title'),
    html`<table class="tbl">
      <thead>
        <tr>
          <th scope="col"><span class="vh">${say(lang, 'corrections.title')}</span></th>
          <th scope="col">${say(lang, 'corrections.was')}</th>
          <th scope="col">${say(lang, 'corrections.now')}</th>
        </tr>
      </thead>
      <tbody>
        ${changed.map(
          ({ name, was, is }) =>
            html`<tr>
              <th scope="row">${nameOf(lang, name)}</th>
              <td>${unbroken(was)}</td>
              <td><b>${unbroken(is)}</b></td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
}
