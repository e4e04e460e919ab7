import { defined } from '../../core/model/defined.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { Edge, Incident } from '../../core/model/incident/incident.ts'
import { instant, type Asn, type Instant } from '../../core/model/units.ts'
import type { MeasuredDay } from '../../store/warehouse/contract.ts'
import type { Lang } from '../../core/text/lang.ts'
import { BOARD_DAYS, type Board } from './board.ts'
import { covers, PRESENT_MS } from './cell-at.ts'
import type { MarkName } from '../parts/mark.ts'
import type { StripSpan, StripView } from '../parts/strips.ts'
import { urls, type Days } from '../urls.ts'
import { dayAfter, homeDay, homeMidnight } from '../../core/text/home-day.ts'
import { say } from '../../core/text/format.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDate } from '../../core/text/time.ts'

const HOURS = 24

const STATES = { restricted: 'shut', 'partly-restricted': 'part', throttled: 'slow' } as const
const WORST_FIRST = ['shut', 'part', 'slow'] as const
type Restricted = (typeof WORST_FIRST)[number]

/** What a strip is made from. */
export interface StripParts {
  readonly title: string
  readonly href?: string
  /** Midnight that began the first day; the last instant that is known. */
  readonly since: Instant
  readonly until: Instant
  readonly days: number
  readonly measured: readonly MeasuredDay[]
  readonly incidents: readonly Incident[]
}

/** Arranges the days of a series; measured hours and incidents of several series may be given together. */
export function stripView(parts: StripParts): StripView {
  const { title, href, since, until, days } = parts
  const spans = parts.incidents.flatMap((incident) => {
    const state = incident.state === 'insufficient' ? undefined : STATES[incident.state]
    const bounds = boundsOf(incident, until)
    return state === undefined || bounds === undefined ? [] : [{ state, ...bounds }]
  })
  const cut = (from: number, to: number, state: MarkName): readonly StripSpan[] => byDay(parts, [from, to], state)
  const incidents = spans.flatMap(({ from, to, state }) => cut(from, to, state))
  const worst = Array.from({ length: days }, (_, day) =>
    WORST_FIRST.find((state) => incidents.some((span) => span.day === day && span.state === state)),
  )
  const count = (state: Restricted): number => worst.filter((one) => one === state).length
  const hours = hoursOf(parts)
  return {
    title,
    ...defined({ href }),
    first: since,
    last: instant(since + days * HOURS * HOUR_MS - 1),
    days,
    hours,
    incidents,
    edges: spans.flatMap(({ from, to, earliest, latest, state }) => [
      ...cut(earliest, from, state),
      ...cut(to, latest, state),
    ]),
    restricted: { shut: count('shut'), part: count('part'), slow: count('slow') },
    restrictedHours: lengthOf(incidents),
    noDataHours: hours.reduce((sum, span) => sum + (span.state === 'none' ? span.until - span.from : 0), 0),
  }
}

/** One day of a strip in figures. */
export interface StripDay {
  /** Which day, from the first: 0. */
  readonly day: number
  readonly state: MarkName
  readonly restrictedHours: number
  readonly noDataHours: number
}

/** Each day of a strip up to its last known hour: the worst that happened on it, and for how long. */
export function stripDays({ days, hours, incidents }: StripView): readonly StripDay[] {
  return Array.from({ length: days }, (_, day): StripDay[] => {
    const [seen, own] = [hours.filter((span) => span.day === day), incidents.filter((span) => span.day === day)]
    if (seen.length === 0) return []
    const calm = (['open', 'fault', 'unkn'] as const).find((state) => seen.some((span) => span.state === state))
    return [
      {
        day,
        state: WORST_FIRST.find((state) => own.some((span) => span.state === state)) ?? calm ?? 'none',
        restrictedHours: lengthOf(own),
        noDataHours: seen.reduce((sum, span) => sum + (span.state === 'none' ? span.until - span.from : 0), 0),
      },
    ]
  }).flat()
}

/** Stretches of a day whose times are said; of more only their length. */
const MOST_TIMES = 3

/** Each known day with its page, and its state and times in words. */
export function dayLinksOf(
  lang: Lang,
  view: StripView,
  hrefOf: (days: Days) => string,
): Required<StripView>['dayLinks'] {
  const first = homeDay(view.first)
  return stripDays(view).map(({ day, state, restrictedHours, noDataHours }) => {
    const date = dayAfter(first, day)
    const spans = joined(view.incidents.filter((span) => span.day === day))
    const times = spans.map(({ from, until }) => `${clockText(from)}\u2013${clockText(until)}`).join(', ')
    const words = [
      `${formatDate(lang, homeMidnight(date))}: ${say(lang, `days.state.${state}`)}`,
      ...(spans.length === 0 || spans.length > MOST_TIMES ? [] : [times]),
      ...(restrictedHours === 0
        ? []
        : [`${say(lang, 'board.days.column.hours')}: ${formatNumber(lang, restrictedHours, 1)}`]),
      ...(noDataHours === 0
        ? []
        : [`${say(lang, 'board.days.column.unknown')}: ${formatNumber(lang, noDataHours, 1)}`]),
    ]
    return { href: hrefOf({ since: date, until: date }), words: `${words.join('. ')}.`.replaceAll('..', '.') }
  })
}

/** Hours from midnight as a clock: 20.5 is 20:30. */
function clockText(hours: number): string {
  const minutes = Math.round(hours * 60)
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** Stretches of one day, those that overlap or touch as one. */
function joined(spans: readonly StripSpan[]): readonly Pick<StripSpan, 'from' | 'until'>[] {
  const list: { from: number; until: number }[] = []
  for (const { from, until } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = list.at(-1)
    if (last !== undefined && from <= last.until) last.until = Math.max(last.until, until)
    else list.push({ from, until })
  }
  return list
}

/** Hours that spans cover, those of several at once counted once. */
const lengthOf = (spans: readonly StripSpan[]): number =>
  [...Map.groupBy(spans, ({ day }) => day).values()]
    .flatMap(joined)
    .reduce((sum, { from, until }) => sum + until - from, 0)

interface Bounds {
  readonly from: number
  readonly to: number
  readonly earliest: number
  readonly latest: number
}

const middle = (edge: Edge, fallback: Instant | undefined): Instant | undefined => edge.median ?? fallback

/**
 * Middles of both edges with their 95 % bounds; an incident that continues ends now, one whose end was not seen ends
 * with its last failure.
 */
function boundsOf(incident: Incident, now: Instant): Bounds | undefined {
  const { start, end } = incident
  const from = middle(start, start.bracket[1] ?? start.lo95)
  const isDated = !incident.running && end.median !== undefined
  const to = isDated ? end.median : covers(incident, now) ? now : (end.bracket[0] ?? end.median)
  if (from === undefined || to === undefined || to < from) return undefined
  return { from, to, earliest: start.lo95 ?? from, latest: isDated ? (end.hi95 ?? to) : to }
}

/** Cuts a stretch of time at midnights and at the bounds of the strip. */
function byDay(
  { since, until, days }: StripParts,
  [from, to]: readonly [number, number],
  state: MarkName,
): readonly StripSpan[] {
  const first = Math.max(0, (from - since) / HOUR_MS)
  const last = Math.min(days * HOURS, (Math.min(to, until) - since) / HOUR_MS)
  const spans: StripSpan[] = []
  for (let day = Math.floor(first / HOURS); day * HOURS < last; day++) {
    const span = { from: Math.max(0, first - day * HOURS), until: Math.min(HOURS, last - day * HOURS) }
    if (span.until > span.from) spans.push({ day, ...span, state })
  }
  return spans
}

/** An hour without a measurement is shown as one with data for so long after one, as the present is. */
const CARRIED_HOURS = PRESENT_MS / HOUR_MS - 1

const hasBit = (bits: number, hour: number): boolean => ((bits >> hour) & 1) === 1

/** State of every hour up to the end, equal ones in a row joined. What was measured last stands for three hours. */
function hoursOf({ since, until, days, measured }: StripParts): readonly StripSpan[] {
  const end = Math.min(days * HOURS, (until - since) / HOUR_MS)
  const spans: StripSpan[] = []
  const byDayNumber = Map.groupBy(measured, ({ day }) => day)
  let last: { readonly hour: number; readonly state: MarkName } | undefined
  for (let hour = 0; hour < end; hour++) {
    const [day, from] = [Math.floor(hour / HOURS), hour % HOURS]
    const found = hourState(byDayNumber.get(day) ?? [], from)
    if (found !== 'none') last = { hour, state: found }
    const state = last !== undefined && hour - last.hour <= CARRIED_HOURS ? last.state : 'none'
    const before = spans.at(-1)
    const span = { day, from, until: Math.min(from + 1, end - day * HOURS), state }
    if (before?.day === day && before.state === state) spans[spans.length - 1] = { ...span, from: before.from }
    else spans.push(span)
  }
  return spans
}

/** Of several series the best: an hour counts as reached where one of them reached the service. */
function hourState(days: readonly MeasuredDay[], hour: number): MarkName {
  const own = days.filter(({ measured }) => hasBit(measured, hour))
  if (own.length === 0) return 'none'
  const settled = own.filter(({ unsettled }) => !hasBit(unsettled, hour))
  if (settled.length === 0) return 'unkn'
  return settled.every(({ unreached }) => hasBit(unreached, hour)) ? 'fault' : 'open'
}

/** The days of the board of one service on one network, or on all of them together. */
export function boardStrip(
  lang: Lang,
  board: Board,
  of: { readonly service: string; readonly asn?: Asn; readonly title: string },
): StripView {
  const { service, asn } = of
  const asns = asn === undefined ? board.networks.map((one) => one.asn) : [asn]
  const view = stripView({
    title: of.title,
    href: asn === undefined ? urls.service(lang, service) : urls.series(lang, service, asn),
    since: board.since,
    until: board.asOf,
    days: BOARD_DAYS,
    measured: asns.flatMap((one) => board.measured(service, one)),
    incidents: asns.flatMap((one) => board.incidents(service, one)),
  })
  const hrefOf = (days: Days): string =>
    asn === undefined ? urls.matrix(lang, days) : urls.series(lang, service, asn, days)
  return { ...view, of: { service, ...defined({ asn }) }, dayLinks: dayLinksOf(lang, view, hrefOf) }
}
