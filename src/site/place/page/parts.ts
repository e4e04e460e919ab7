import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import { devicesText, edgesText, type NamedIncident } from '../../../core/text/sentence/incident.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatClock, formatDate, formatDateTime } from '../../../core/text/time.ts'
import { fold } from '../../../web/html/fold.ts'
import type { Frame } from '../../../web/html/frame.ts'
import { entriesByMonth, entryCards, entryGuide } from '../../parts/entry-card.ts'
import type { LineParts } from '../../parts/incident-line.ts'
import type { NamedEntry } from '../../../core/text/sentence/episode.ts'
import { tagged } from '../../parts/layout.ts'
import { mark, type MarkName } from '../../parts/mark.ts'
import type { HoursView } from './hours.ts'
import type { PeopleView } from './people.ts'
import { sayIt } from '../../parts/say-it.ts'
import { section } from '../../../web/html/section.ts'
import { strips, type StripsOf, type StripView } from '../../parts/strips.ts'

// What the page of a service and that of a network have in common.

/** One line of the states now: a network of a service, or a service of a network. */
export interface PlaceRow {
  readonly name: string
  /** Beside the name, such as the number of a network. */
  readonly number?: string
  readonly href: string
  readonly state: MarkName
  readonly devices: number
  readonly measurements: number
  readonly latest?: Instant
  readonly incident?: NamedIncident
}

/** States, incidents and days of a place. */
export interface PlaceView {
  /** The present that the states speak of. */
  readonly asOf: Instant
  readonly simulated: boolean
  /** The worst first; those without data last. */
  readonly rows: readonly PlaceRow[]
  /** Entries of the place with an ongoing incident, newest start first. */
  readonly running: readonly NamedEntry[]
  /** Finished and withdrawn ones, newest start first. */
  readonly past: readonly NamedEntry[]
  /** Which page of the past ones, from 1. */
  readonly page: number
  readonly strips: readonly StripView[]
  /** Of how many series these are the days. */
  readonly series: number
  /** Address of the share card; absent: the server draws none. */
  readonly card?: string
  /** What people report; absent: nothing is taken here. */
  readonly people?: PeopleView
  /** Below the strips: their files, and how they are embedded and cited. */
  readonly takeDays?: Markup
  /** Hours of the day, and what is below them; absent: they could not be read. */
  readonly hours?: HoursView
  readonly takeHours?: Markup
}

/** Share that must agree before it is reported for all, as on the first screen. */
const MOST = 2 / 3
const TROUBLED: readonly MarkName[] = ['shut', 'part', 'slow']

/** The answer in one sentence: how many of what is measured now do not open or are slow. */
export function placeAnswer(
  lang: Lang,
  subject: string,
  { rows, kind }: { readonly rows: readonly PlaceRow[]; readonly kind: 'networks' | 'services' },
): { readonly state: MarkName; readonly text: string } {
  const measured = rows.filter(({ state }) => state !== 'none')
  const troubled = measured.filter(({ state }) => TROUBLED.includes(state))
  const worst = measured[0]?.state ?? 'none'
  if (measured.length === 0) return { state: 'none', text: say(lang, 'place.answer-none', { subject }) }
  if (troubled.length > 0)
    return {
      state: worst,
      text: say(lang, `place.answer-some-${kind}`, { subject, count: troubled.length, total: measured.length }),
    }
  const count = (state: MarkName): number => measured.filter((row) => row.state === state).length
  const [opens, faults] = [count('open'), count('fault')]
  if (opens === 0 || faults >= MOST * (opens + faults))
    return { state: worst, text: `${subject}: ${say(lang, `board.state.${worst}`)}` }
  // That nothing restricted it is true also where too many of them are out of reach to say that it opens.
  const isOpen = opens >= MOST * (opens + faults)
  return { state: isOpen ? 'open' : 'unkn', text: say(lang, 'place.answer-open', { subject }) }
}

/** The minute of which the page speaks. */
export const asOfText = (lang: Lang, { asOf, simulated }: Pick<PlaceView, 'asOf' | 'simulated'>): string =>
  say(lang, simulated ? 'place.as-of-simulated' : 'place.as-of', { at: formatDateTime(lang, asOf) })

/** Lines that are open where nothing is wrong; those with a problem are always open. */
const OPEN_ROWS = 12

/** States now, one line each: what is seen, since when, and how many probes it rests on. The rest is folded. */
export function stateRows(lang: Lang, view: Pick<PlaceView, 'rows' | 'asOf'>): Markup {
  const wrong = view.rows.filter(({ state }) => TROUBLED.includes(state)).length
  const shown = view.rows.slice(0, Math.max(OPEN_ROWS, wrong))
  const rest = view.rows.slice(shown.length)
  return html`${rowList(lang, shown, view.asOf)}
  ${rest.length === 0 ? '' : fold(say(lang, 'place.more-rows', { count: rest.length }), rowList(lang, rest, view.asOf))}`
}

const rowList = (lang: Lang, rows: readonly PlaceRow[], asOf: Instant): Markup =>
  html`<ul class="places">
    ${rows.map(
      (row) =>
        html`<li>
          <a href="${row.href}"
            >${mark(row.state)}<span class="n"
              >${row.name}${row.number === undefined ? '' : html` <small class="nw">${row.number}</small>`}</span
            ></a
          >
          <p class="w"><b>${say(lang, `board.state.${row.state}`)}</b></p>
          <p class="d">${rowDetails(lang, row, asOf).map((text) => html`<span class="v">${text}</span> `)}</p>
        </li>`,
    )}
  </ul>`

/**
 * How much evidence a state rests on: since when and how many devices where an incident restricts it, else probes and
 * the last measurement.
 */
export function rowDetails(
  lang: Lang,
  { state, devices, measurements, latest, incident }: Omit<PlaceRow, 'name' | 'number' | 'href'>,
  asOf: Instant,
): readonly string[] {
  const seen = latest === undefined ? [] : [say(lang, 'place.latest', { at: near(lang, latest, asOf) })]
  if (state === 'none') return seen
  if (incident !== undefined && incident.incident.probes > 0) {
    const { start } = edgesText(lang, incident.incident)
    return [
      `${say(lang, 'incident.start')}: ${start.value}${start.interval === undefined ? '' : ` (${start.interval})`}.`,
      devicesText(lang, incident.incident),
    ]
  }
  return [
    devices > 0
      ? say(lang, 'place.probes', { count: devices })
      : say(lang, 'place.probes-unnamed', { count: measurements }),
    ...seen,
  ]
}

/** Only the clock for a time of the same day. */
const near = (lang: Lang, at: Instant, asOf: Instant): string =>
  formatDate(lang, at) === formatDate(lang, asOf) ? formatClock(at) : formatDateTime(lang, at)

/** Entries that go on; nothing where none does. */
export const runningSection = (lang: Lang, { running }: PlaceView, parts: LineParts = {}): Markup =>
  running.length === 0 ? html`` : section('running', say(lang, 'place.running'), '', entryCards(lang, running, parts))

/** Past entries on one page of a live site; a copy has all of them on one. */
const MOST_PAST = 30

/** Past entries by month, newest first. */
export function pastSection(
  lang: Lang,
  view: PlaceView,
  { frame, href, ...parts }: LineParts & { readonly frame: Frame; readonly href: (page: number) => string },
): Markup {
  const whole = frame.medium !== 'live'
  const shown = whole ? view.past : view.past.slice((view.page - 1) * MOST_PAST, view.page * MOST_PAST)
  const pages = whole ? 1 : Math.ceil(view.past.length / MOST_PAST)
  const body =
    view.past.length === 0
      ? html`<p>${say(lang, 'place.past-none')}</p>`
      : html`${entryGuide(lang)} ${entriesByMonth(lang, { shown, all: view.past }, parts)}
        ${
          pages < 2
            ? ''
            : html`<nav class="pages" aria-label="${say(lang, 'place.pages')}">
                ${Array.from({ length: pages }, (_, index) => index + 1).map((page) =>
                  page === view.page
                    ? html`<span aria-current="page">${formatNumber(lang, page)}</span>`
                    : html`<a href="${href(page)}" aria-label="${say(lang, 'place.page', { page })}"
                        >${formatNumber(lang, page)}</a
                      >`,
                )}
              </nav>`
        }`
  return section('past', say(lang, 'place.past'), '', body)
}

/** Whether a page of past incidents exists. */
export const hasPage = (page: number, past: number): boolean => page === 1 || (page - 1) * MOST_PAST < past

/** Days of the series that were restricted, then of those measured most. */
export const stripSection = (
  lang: Lang,
  { strips: list, simulated, series, takeDays }: PlaceView,
  { of, frame }: { readonly of: StripsOf; readonly frame: Frame },
): Markup =>
  list.length === 0
    ? html``
    : section(
        'days',
        say(lang, 'place.strips'),
        tagged(
          lang,
          simulated,
          series > list.length ? say(lang, 'place.strips-of', { count: list.length, total: series }) : '',
        ),
        html`${strips(lang, list, { of, isLive: frame.medium === 'live' })} ${takeDays ?? ''}`,
      )

/** Addresses where the same is found for programs, feed readers and other sites. */
export const takeSection = (
  lang: Lang,
  links: readonly { readonly href: string; readonly text: string; readonly note?: string }[],
): Markup =>
  section(
    'take',
    say(lang, 'place.take'),
    '',
    html`<ul class="dl">
      ${links.map(
        ({ href, text, note }) =>
          html`<li><a href="${href}">${text}${note === undefined ? '' : html`<span>${note}</span>`}</a></li>`,
      )}
    </ul>`,
  )

/** The answer of the page as texts to be copied: a sentence, then which of them are restricted, then what it does not say. */
export function saySection(
  lang: Lang,
  { answer, rows, asOf, simulated }: Pick<PlaceView, 'rows' | 'asOf' | 'simulated'> & { readonly answer: string },
  source: string,
): Markup {
  const stopped = /[.!?]$/.test(answer) ? answer : `${answer}.`
  const sentence = say(lang, 'say.place', { answer: stopped, at: formatDateTime(lang, asOf), source })
  const first = simulated ? `${say(lang, 'incident.simulated')} ${sentence}` : sentence
  const states = rows
    .filter(({ state }) => state !== 'none')
    .map(({ name, state }) => `${name}: ${say(lang, `board.state.${state}`)}`)
  const paragraph = [first, states.length === 0 ? '' : `${states.slice(0, MOST_SAID).join('; ')}.`].join(' ').trim()
  return section(
    'say',
    say(lang, 'say.title'),
    '',
    fold(
      say(lang, 'incident.quotation-about'),
      sayIt(lang, [
        { length: 'sentence', text: first },
        { length: 'paragraph', text: paragraph },
        { length: 'whole', text: `${paragraph} ${say(lang, 'say.place-about')}` },
      ]),
    ),
  )
}

/** Rows that a paragraph names. */
const MOST_SAID = 12
