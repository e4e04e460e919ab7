import { defined } from '../../model/defined.ts'
import { MINUTE_MS } from '../../model/duration.ts'
import { anchor, goesOn, lastKnown, nearest } from '../../model/incident/bounds.ts'
import { quotedOf, type UnseenItem } from '../../model/incident/cause.ts'
import { successorOf, type Edge, type Incident, type IncidentState } from '../../model/incident/incident.ts'
import { instant, type Instant } from '../../model/units.ts'
import { say } from '../format.ts'
import type { Lang } from '../lang.ts'
import { formatNumber } from '../number.ts'
import { networkLabel } from './verdict.ts'
import { formatClock, formatDate, formatDateTime, HOME_ZONE, zonedParts } from '../time.ts'

// The words of an incident, for pages, the terminal and papers alike. Label, colon, value: no ending is ever glued to
// a value, and no sentence says who acted, because measurements do not show it (docs/methods/cause.md).

/** An incident with the names a reader knows. */
export interface NamedIncident {
  readonly incident: Incident
  readonly serviceName: string
  readonly networkName?: string
}

/**
 * That an incident was withdrawn, when, why, and what holds now. If another one took its place, the text does not say
 * that there was no restriction: `noteText` names the other one.
 */
export function withdrawnText(lang: Lang, incident: Incident): string {
  const at = formatDateTime(lang, incident.revisedAt)
  if (successorOf(incident) !== undefined) return say(lang, 'incident.replaced-about', { at })
  return say(lang, 'incident.withdrawn-about', { at, reason: reasonText(lang, incident) })
}

/** Why an incident is withdrawn, without a stop: in the words of the person who withdrew it. */
export const reasonText = (lang: Lang, { reason, note }: Incident): string =>
  reason === 'review' && note !== undefined ? note.trim().replace(/\.$/, '') : say(lang, `incident.reason.${reason}`)

/** What stands beside the reason of a revision: words of a person, or which incident took the place of a withdrawn one. */
export function noteText(lang: Lang, incident: Incident): string {
  const id = successorOf(incident)
  return id === undefined ? (incident.note ?? '') : say(lang, 'incident.successor', { id })
}

/** Answers to "what did a person see": states of an incident, and the one that was withdrawn. */
export type HeadlineState = IncidentState | 'withdrawn'

/** State that a headline names: a withdrawn incident says so, independent of its earlier state. */
export const headlineState = (incident: Incident): HeadlineState => (incident.withdrawn ? 'withdrawn' : incident.state)

/** The answer as one clause without a stop: `YouTube ашылмады`, `Сервис YouTube не открывается`. */
export const headline = (lang: Lang, { incident, serviceName }: NamedIncident): string =>
  say(lang, `incident.${goesOn(incident) ? 'now' : 'past'}.${headlineState(incident)}`, { service: serviceName })

/** The same in the past, for a text that is read later. */
export const pastHeadline = (lang: Lang, { incident, serviceName }: NamedIncident): string =>
  say(lang, `incident.past.${headlineState(incident)}`, { service: serviceName })

/** `Example Rail (AS64500)`, or the number alone. */
export function networkText(lang: Lang, { incident, networkName }: NamedIncident): string {
  const number = networkLabel(lang, incident.asn)
  return networkName === undefined ? number : `${networkName} (${number})`
}

/** What a reader sees of an edge: its middle, its 95 % interval, the bracket of single measurements. */
export interface EdgeTexts {
  /** `20:02`; words where the series gives no middle. */
  readonly value: string
  /** `20:00–20:09`; absent for an open edge. */
  readonly interval?: string
}

type Show = (at: Instant) => string

const sameDay = (a: Instant, b: Instant, zone: string): boolean => {
  const [left, right] = [zonedParts(a, zone), zonedParts(b, zone)]
  return left.year === right.year && left.month === right.month && left.day === right.day
}

/** Two times as an interval: clocks where both lie on the day of `day`, else with their dates. */
export function intervalText(
  lang: Lang,
  [from, until]: readonly [Instant, Instant],
  { day, zone = HOME_ZONE }: { readonly day?: Instant; readonly zone?: string } = {},
): string {
  const near = sameDay(from, until, zone) && (day === undefined || sameDay(from, day, zone))
  const show: Show = near ? (at) => formatClock(at, zone) : (at) => formatDateTime(lang, at, zone)
  return near ? `${show(from)}\u2013${show(until)}` : `${show(from)} \u2013 ${show(until)}`
}

/** An interval of more than this bears no minute: the time is said to be about. */
const WIDE_MS = 120 * MINUTE_MS
const isWide = ({ lo95, hi95 }: Edge): boolean => lo95 !== undefined && hi95 !== undefined && hi95 - lo95 > WIDE_MS

function parts(lang: Lang, edge: Edge, { side, zone, show }: EdgeTextOptions & { readonly show: Show }): EdgeTexts {
  if (edge.kind === 'dated' && edge.median !== undefined)
    return {
      value: isWide(edge) ? say(lang, 'incident.about-time', { time: show(edge.median) }) : show(edge.median),
      ...(edge.lo95 === undefined || edge.hi95 === undefined
        ? {}
        : { interval: intervalText(lang, [edge.lo95, edge.hi95], { day: edge.median, zone }) }),
    }
  const known = side === 'start' ? nearest(edge) : (edge.bracket[0] ?? edge.bracket[1])
  if (known === undefined) return { value: say(lang, 'incident.not-dated') }
  return { value: say(lang, side === 'start' ? 'incident.or-earlier' : 'incident.or-later', { time: show(known) }) }
}

export interface EdgeTextOptions {
  readonly side: 'start' | 'end'
  readonly zone: string
  readonly running?: boolean
}

/** Clock of an edge and its interval; a running end is said to go on. Dates stand where `dated` asks for them. */
export function edgeParts(lang: Lang, edge: Edge, options: EdgeTextOptions & { readonly dated: boolean }): EdgeTexts {
  if (options.side === 'end' && options.running === true) return { value: say(lang, 'incident.running') }
  const { zone } = options
  const show: Show = options.dated ? (at) => formatDateTime(lang, at, zone) : (at) => formatClock(at, zone)
  return parts(lang, edge, { ...options, show })
}

/** An edge as one value with its date: `2026 ж. 5 наурыз, 20:02 (20:00–20:09)`. */
export function edgeText(lang: Lang, edge: Edge, options: EdgeTextOptions): string {
  const { value, interval } = edgeParts(lang, edge, { ...options, dated: true })
  return interval === undefined ? value : say(lang, 'incident.interval', { value, interval })
}

/** An edge as one value without its date: `20:02 (20:00–20:09)`. */
export function edgeClock(lang: Lang, edge: Edge, options: EdgeTextOptions): string {
  const { value, interval } = edgeParts(lang, edge, { ...options, dated: false })
  return interval === undefined ? value : say(lang, 'incident.interval', { value, interval })
}

/** Start and end of an incident in a zone: with dates where they lie on different days. */
export function edgesText(
  lang: Lang,
  incident: Incident,
  zone: string = HOME_ZONE,
): { readonly start: EdgeTexts; readonly end: EdgeTexts; readonly dated: boolean } {
  const from = anchor(incident)
  const until = incident.end.median ?? incident.end.bracket[0]
  const dated = from !== undefined && until !== undefined && !sameDay(from, until, zone)
  return {
    start: edgeParts(lang, incident.start, { side: 'start', zone, dated }),
    end: edgeParts(lang, incident.end, { side: 'end', zone, dated, running: goesOn(incident) }),
    dated,
  }
}

/** Both brackets as `19:58–20:05`; one end of a bracket alone where the other was not observed. */
export function bracketText(lang: Lang, edge: Edge, zone: string = HOME_ZONE): string {
  const [from, until] = edge.bracket
  if (from !== undefined && until !== undefined)
    return intervalText(lang, [from, until], { zone, ...defined({ day: edge.median }) })
  const one = from ?? until
  if (one === undefined) return say(lang, 'incident.not-dated')
  const near = edge.median !== undefined && sameDay(one, edge.median, zone)
  return near ? formatClock(one, zone) : formatDateTime(lang, one, zone)
}

/** A length of time in the two largest units that it has: `2 сағ 2 мин`, `3 d 4 h`. */
export function spanText(lang: Lang, milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / MINUTE_MS))
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  const unit = (kind: 'days' | 'hours' | 'minutes', count: number): string[] =>
    count === 0 ? [] : [say(lang, `incident.length.${kind}`, { count }).replace(' ', '\u00a0')]
  const shown =
    days > 0 ? [...unit('days', days), ...unit('hours', hours)] : [...unit('hours', hours), ...unit('minutes', rest)]
  return shown.length === 0 ? say(lang, 'incident.length.minutes', { count: '0' }) : shown.join(' ')
}

/**
 * Length of an incident: its middle, and the bounds that the two intervals leave (end's earliest less start's latest,
 * and the reverse: wider than 95 %, because both would have to lie at their ends at once).
 */
export function lengthText(lang: Lang, incident: Incident): EdgeTexts {
  const { start, end } = incident
  if (incident.running || end.kind === 'open' || start.kind === 'open') {
    const [from, until] = [start.hi95 ?? start.median ?? nearest(start), end.bracket[0] ?? lastKnown(incident)]
    if (from === undefined || until === undefined) return { value: say(lang, 'incident.length.unknown') }
    const least = spanText(lang, until - from)
    return {
      value: goesOn(incident)
        ? say(lang, 'incident.length.running', { least })
        : say(lang, 'incident.at-least', { value: least }),
    }
  }
  if (start.median === undefined || end.median === undefined) return { value: say(lang, 'incident.length.unknown') }
  const value = spanText(lang, end.median - start.median)
  if (start.lo95 === undefined || start.hi95 === undefined || end.lo95 === undefined || end.hi95 === undefined)
    return { value }
  return {
    value,
    interval: say(lang, 'incident.length.range', {
      least: spanText(lang, end.lo95 - start.hi95),
      most: spanText(lang, end.hi95 - start.lo95),
    }),
  }
}

/** A likelihood ratio with two figures: `1 900`, `2,5`, `1/12`. Takes log10. */
export function ratioText(lang: Lang, log10: number): string {
  const value = 10 ** Math.min(Math.abs(log10), 9)
  const size = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1)
  const rounded = value < 10 ? Math.round(value * 10) / 10 : Math.round(value / size) * size
  const figure = formatNumber(lang, rounded, 1)
  return log10 < 0 && rounded !== 1 ? `1/${figure}` : figure
}

/** A ratio as the weight is spoken of: `1 900 есе`, `1 900 к 1`, `1,900 to 1`; one below 1 the other way round. */
export function timesText(lang: Lang, log10: number): string {
  const value = ratioText(lang, Math.abs(log10))
  return say(lang, log10 < 0 && value !== '1' ? 'incident.times-fault' : 'incident.times', { value })
}

/** Odds after the measurements, for a chosen starting point: `95 : 1`, `1 : 12`. Takes log10 of both. */
export function oddsText(lang: Lang, log10: number): string {
  const figure = ratioText(lang, Math.abs(log10))
  return log10 < 0 ? `1\u00a0:\u00a0${figure}` : `${figure}\u00a0:\u00a01`
}

const percent = (lang: Lang, share: number): string => formatNumber(lang, share * 100)

const DEVICES = {
  restricted: 'incident.devices',
  'partly-restricted': 'incident.devices-partly',
  throttled: 'incident.devices-slow',
  insufficient: 'incident.devices',
} as const

/** How many devices could not open it, not always, or only slowly. */
export const devicesText = (lang: Lang, { probes, probesFailed, state }: Incident): string =>
  probes === 0
    ? say(lang, 'incident.devices-unknown')
    : say(lang, DEVICES[state], {
        count: probesFailed,
        total: probes,
      })

/** Devices concerned, and the share of attempts that failed with its interval. */
export function shareText(lang: Lang, incident: Incident): readonly string[] {
  const devices = devicesText(lang, incident)
  if (incident.state === 'throttled' && incident.slowdown !== undefined) {
    const { value, lo95, hi95 } = incident.slowdown
    const interval = `${formatNumber(lang, lo95, 1)}\u2013${formatNumber(lang, hi95, 1)}`
    return [devices, say(lang, 'incident.slowdown', { value: formatNumber(lang, value, 1), interval })]
  }
  const { value, lo95, hi95 } = incident.share
  const interval = `${percent(lang, lo95)}\u2013${percent(lang, hi95)}`
  return [devices, say(lang, 'incident.share', { share: percent(lang, value), interval })]
}

/** Minutes by which another method may differ from the 95 % interval and still agree: one interval of the schedule. */
const OPINION_SLACK = 15 * MINUTE_MS

/** Whether another method's edge is in the interval widened by the slack; an open edge agrees with anything. */
function edgeAgrees(edge: Edge, at: Instant | undefined): boolean {
  if (edge.kind === 'open' || edge.lo95 === undefined || edge.hi95 === undefined) return true
  return at !== undefined && at >= edge.lo95 - OPINION_SLACK && at <= edge.hi95 + OPINION_SLACK
}

/** How each second opinion stands to the incident. A method that gives a start only is compared by its
 * start; one that gives an end only saw it restricted from before. */
export const comparedOpinions = (
  incident: Incident,
): readonly (Incident['opinions'][number] & { readonly compared: 'agrees' | 'differs' | 'silent' })[] =>
  incident.opinions.map((opinion) => {
    if (opinion.start === undefined && opinion.end === undefined) return { ...opinion, compared: 'silent' }
    const agrees =
      edgeAgrees(incident.start, opinion.start) && (opinion.end === undefined || edgeAgrees(incident.end, opinion.end))
    return { ...opinion, compared: agrees ? 'agrees' : 'differs' }
  })

/** Share of draws with one restriction below which it is said that there may have been more. */
const ONE_EPISODE = 0.95

/**
 * What speaks against an incident apart from the items of its weight: devices that opened, few devices, gaps, other
 * methods, several restrictions, unchecked pieces of evidence. Each a whole sentence; empty where nothing does.
 */
export function againstSentences(lang: Lang, incident: Incident, zone: string = HOME_ZONE): readonly string[] {
  const count = (value: number): string => formatNumber(lang, value)
  const opened = incident.probes - incident.probesFailed
  const differing = comparedOpinions(incident).filter(({ compared }) => compared !== 'agrees')
  const { median, flatMedian, lo95, hi95 } = incident.start
  const hourly =
    median !== undefined &&
    flatMedian !== undefined &&
    lo95 !== undefined &&
    hi95 !== undefined &&
    (flatMedian < lo95 || flatMedian > hi95)
  return [
    untested(lang, incident),
    opened > 0
      ? say(lang, incident.state === 'throttled' ? 'incident.against-opened-slow' : 'incident.against-opened', {
          count: count(opened),
          total: count(incident.probes),
        })
      : '',
    incident.state !== 'throttled' && incident.share.value < 1
      ? say(lang, 'incident.against-passed', { share: percent(lang, 1 - incident.share.value) })
      : '',
    incident.contradicted === true ? say(lang, 'incident.against-denied') : '',
    ...fewWitnesses(lang, incident),
    incident.probes > 1 && incident.probes < 5
      ? say(lang, 'incident.against-few', { count: count(incident.probes) })
      : '',
    incident.pOneEpisode < ONE_EPISODE ? say(lang, 'incident.against-pieces', { count: count(incident.episodes) }) : '',
    ...incident.gaps.map((gap) =>
      say(lang, 'incident.against-gap', {
        interval: intervalText(lang, [gap.from, gap.until], { zone, ...dayOf(incident) }),
        length: spanText(lang, gap.couldHideMinutes * MINUTE_MS),
      }),
    ),
    differing.length > 0
      ? say(lang, 'incident.against-opinion', {
          count: count(differing.length),
          total: count(incident.opinions.length),
          names: differing.map(({ method }) => inLine(lang, say(lang, `incident.method.${method}`))).join('; '),
        })
      : '',
    hourly ? say(lang, 'incident.against-hours', { time: formatClock(instant(flatMedian), zone) }) : '',
  ].filter((sentence) => sentence !== '')
}

/** Names of tests not made that are listed; the others are counted. */
const MOST_NAMED = 3

/**
 * Tests that were not made, and those of them that could change the conclusion by name, strongest first; nothing where
 * none could.
 */
function untested(lang: Lang, { cause }: Incident): string {
  const { unseen, word } = cause
  if (unseen.length === 0) return ''
  const { log10Lr } = quotedOf(cause)
  const change = ({ after }: UnseenItem): number =>
    Math.max(0, ...after.filter((one) => one.word !== word).map((one) => Math.abs(one.log10Lr - log10Lr)))
  const turning = unseen.filter((one) => change(one) > 0).toSorted((a, b) => change(b) - change(a))
  if (turning.length === 0) return ''
  const names = turning.slice(0, MOST_NAMED).map(({ item }) => inLine(lang, say(lang, `item.${item}`)))
  return say(lang, 'incident.against-untested', {
    count: unseen.length,
    turning: turning.length,
    names: ` (${[...names, ...(turning.length > names.length ? ['…'] : [])].join('; ')})`,
  })
}

/** A name within a sentence: its capital goes, unless all of its first word is capitals. */
export const inLine = (lang: Lang, name: string): string =>
  /^\p{Lu}(\p{Ll}|\s)/u.test(name) ? `${name.slice(0, 1).toLocaleLowerCase(lang)}${name.slice(1)}` : name

/** Why too little supports an incident: no known sender, one device, or nothing without one of several. */
function fewWitnesses(lang: Lang, { probes, state }: Incident): readonly string[] {
  if (probes === 0) return [say(lang, 'incident.against-unknown')]
  if (probes === 1) return [say(lang, 'incident.against-one')]
  return state === 'insufficient' ? [say(lang, 'incident.against-rests')] : []
}

function dayOf(incident: Incident): { readonly day?: Instant } {
  const day = anchor(incident)
  return defined({ day })
}

/** Day or days of an incident in a zone. */
export function dateText(lang: Lang, incident: Incident, zone: string = HOME_ZONE): string {
  const [from, until] = [anchor(incident), lastKnown(incident)]
  if (from === undefined) return say(lang, 'incident.not-dated')
  const first = formatDate(lang, from, zone)
  const last = until === undefined ? first : formatDate(lang, until, zone)
  return first === last ? first : `${first} \u2013 ${last}`
}
