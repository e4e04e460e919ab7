import { html, raw } from 'hono/html'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { Markup } from '../../web/html/markup.ts'
import type { Asn, Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { spanText } from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDayMonth } from '../../core/text/time.ts'
import { mark, MARK_NAMES, type MarkName } from './mark.ts'

/** A stretch of one day with one state, in hours from its midnight. */
export interface StripSpan {
  readonly day: number
  readonly from: number
  readonly until: number
  readonly state: MarkName
}

/** Days of one series as columns from midnight to midnight. */
export interface StripView {
  readonly title: string
  /** What it is of, for programs; a strip of all networks names none. */
  readonly of?: { readonly service: string; readonly asn?: Asn }
  /** Page with the measurements behind it. */
  readonly href?: string
  /** Midnight that began the first day, and the last instant of the last one. */
  readonly first: Instant
  readonly last: Instant
  readonly days: number
  /** What was measured, hour by hour; hours with no data are spans too, those to come are not. */
  readonly hours: readonly StripSpan[]
  /** Incidents between the middles of their edges, drawn over the hours. */
  readonly incidents: readonly StripSpan[]
  /** Where their edges may lie besides: 95 % intervals. */
  readonly edges: readonly StripSpan[]
  /** Days touched by an incident, by its state; a day of several counts as the worst of them. */
  readonly restricted: Readonly<Record<'shut' | 'part' | 'slow', number>>
  readonly restrictedHours: number
  /** Hours without data, up to the last instant. */
  readonly noDataHours: number
  /** Page of each known day, from the first, and what was seen on it; absent: days have no pages of their own. */
  readonly dayLinks?: readonly { readonly href: string; readonly words: string }[]
}

/** What each strip is of, which heads the column of their names. */
export type StripsOf = 'service' | 'network'

/** Reads days by pointer and arrow keys; each is a link without it. */
export const STRIPS_SCRIPT = 'strips.js'

/** Width of a day and height of the whole, in units of the drawing. */
export const STRIP_COLUMN = 10
const COLUMN = STRIP_COLUMN
const WIDE = 8.5
const HOUR = 6
export const STRIP_HEIGHT = 24 * HOUR
const HEIGHT = STRIP_HEIGHT

/** Patterns of strips, for the head of a drawing. */
export const STRIP_PATTERNS =
  '<defs><pattern id="z-slow" width="5" height="4" patternUnits="userSpaceOnUse"><path class="z-slow" d="M0 0h5v4H0z"/><path class="z-line" d="M0 1.2h5v1.6H0z"/></pattern></defs>'
/** The same on a page with strips, once. */
const PATTERNS = raw(`<svg class="defs" aria-hidden="true" focusable="false">${STRIP_PATTERNS}</svg>`)

const r = (value: number): string => String(Math.round(value * 100) / 100)

/**
 * Rectangles of spans as one path; `part` is the share of the column that they take, from the left or in the middle.
 */
function boxes(
  spans: readonly StripSpan[],
  part: { readonly from: number; readonly width: number; readonly least?: number },
): string {
  return spans
    .map(({ day, from, until }) => {
      const height = Math.max(part.least ?? 1.5, (until - from) * HOUR)
      const top = Math.min(from * HOUR, HEIGHT - height)
      const left = day * COLUMN + (COLUMN - WIDE) / 2 + part.from * WIDE
      return `M${r(left)} ${r(top)}h${r(part.width * WIDE)}v${r(height)}h-${r(part.width * WIDE)}z`
    })
    .join('')
}

const WHOLE = { from: 0, width: 1 }
const HALF = { from: 0, width: 0.5 }
/** An incident is drawn at least so high, about 3 px: what is lower is not seen. */
const SLIVER = 3.2
const isSliver = ({ from, until }: StripSpan): boolean => (until - from) * HOUR < SLIVER

/** A notch at the left of what is drawn higher than it lasted. */
const notches = (spans: readonly StripSpan[]): string =>
  spans
    .map(({ day, from }) => {
      const top = Math.min(from * HOUR, HEIGHT - SLIVER)
      return `M${r(day * COLUMN + (COLUMN - WIDE) / 2)} ${r(top)}l2.4 ${SLIVER / 2}l-2.4 ${SLIVER / 2}z`
    })
    .join('')

const STEM = { from: 0.36, width: 0.28 }

const lines = (spans: readonly StripSpan[]): string =>
  spans
    .map(({ day, from, until }) => `M${r(day * COLUMN + COLUMN / 2)} ${r(from * HOUR + 1)}V${r(until * HOUR - 0.5)}`)
    .join('')

/** Both diagonals of each span: the sign of the mark that says "unreachable". */
const crosses = (spans: readonly StripSpan[]): string =>
  spans
    .map(({ day, from, until }) => {
      const [left, right] = [r(day * COLUMN + (COLUMN - WIDE) / 2), r(day * COLUMN + (COLUMN + WIDE) / 2)]
      const [top, bottom] = [r(from * HOUR), r(until * HOUR)]
      return `M${left} ${top}L${right} ${bottom}M${right} ${top}L${left} ${bottom}`
    })
    .join('')

/** Drawing of each state: shapes distinguish them where a pattern would be too small to see. */
function drawn(state: MarkName, spans: readonly StripSpan[], least = 1.5): string {
  if (spans.length === 0) return ''
  const [whole, half] = [
    { ...WHOLE, least },
    { ...HALF, least },
  ]
  switch (state) {
    case 'open':
      return `<path class="z-open" d="${boxes(spans, whole)}"/>`
    case 'shut':
      return `<path class="z-shut" d="${boxes(spans, whole)}"/>`
    case 'part':
      return `<path class="z-part" d="${boxes(spans, whole)}"/><path class="z-half" d="${boxes(spans, half)}"/>`
    case 'slow':
      return `<path fill="url(#z-slow)" d="${boxes(spans, whole)}"/>`
    case 'fault':
      return `<path class="z-fault" d="${boxes(spans, WHOLE)}"/><path class="z-cross" d="${crosses(spans)}"/>`
    case 'unkn':
      return `<path class="z-unkn" d="${boxes(spans, WHOLE)}"/>`
    case 'none':
      return `<path class="z-none" d="${lines(spans)}"/>`
  }
}

const HOURS_BELOW = ['open', 'fault', 'unkn', 'none'] as const
const INCIDENTS_ABOVE = ['unkn', 'slow', 'part', 'shut'] as const

/** Marks of a strip as SVG: a column for each day, its hours downwards. */
export function stripDrawing(view: StripView): string {
  const of = (list: readonly StripSpan[], state: MarkName, least?: number): string =>
    drawn(
      state,
      list.filter((span) => span.state === state),
      least,
    )
  const slivers = view.incidents.filter(isSliver)
  const edges = boxes(view.edges, STEM)
  return [
    ...HOURS_BELOW.map((state) => of(view.hours, state)),
    edges === '' ? '' : `<path class="z-edge" d="${edges}"/>`,
    // The area below an incident is the paper: a light pattern over a filled column would not be read.
    view.incidents.length === 0
      ? ''
      : `<path class="z-paper" d="${boxes(view.incidents, { ...WHOLE, least: SLIVER })}"/>`,
    ...INCIDENTS_ABOVE.map((state) => of(view.incidents, state, SLIVER)),
    slivers.length === 0 ? '' : `<path class="z-paper" d="${notches(slivers)}"/>`,
  ].join('')
}

/** Sample of a state, 10 by 18 units. */
export const stripSample = (state: MarkName): string => drawn(state, [{ day: 0, from: 0, until: 3, state }])

/** That some restrictions are drawn higher than they lasted; undefined where none is. */
export const sliverText = (lang: Lang, list: readonly StripView[]): string | undefined =>
  list.some(({ incidents }) => incidents.some(isSliver))
    ? say(lang, 'board.days.sliver', { length: spanText(lang, (SLIVER / HOUR) * HOUR_MS) })
    : undefined

/** What a strip shows, in words: days restricted, by the worst of each, and how long there was no data. */
export function stripWords(lang: Lang, { restricted, noDataHours, hours }: StripView): readonly string[] {
  const found = (['shut', 'part', 'slow'] as const)
    .filter((state) => restricted[state] > 0)
    .map((state) => say(lang, `board.days.${state}`, { count: restricted[state] }))
  const quiet = found.length === 0 && hours.some(({ state }) => state !== 'none') ? [say(lang, 'board.days.quiet')] : []
  const whole = Math.round(noDataHours)
  return [
    ...found,
    ...quiet,
    ...(whole === 0 ? [] : [say(lang, 'board.days.none', { length: spanText(lang, whole * HOUR_MS) })]),
  ]
}

/**
 * A link over the column of each day. The tabulator enters them once, at the last one; arrows lead to the others where
 * scripts run, and the page of a series lists them all where none does.
 */
function dayLinks({ title, days, dayLinks: links = [] }: StripView): Markup {
  const rest = Array.from({ length: days - links.length }, () => html`<span></span>`)
  return html`<div class="days" role="group" aria-label="${title}" data-roving>
    ${links.map(
      ({ href, words }, day) =>
        html`<a href="${href}" title="${words}" ${day === links.length - 1 ? '' : raw('tabindex="-1"')}></a>`,
    )}${rest}
  </div>`
}

/** Name of a strip, with the way to its page. */
const named = ({ title, href }: StripView, isLinked: boolean): Markup =>
  href === undefined || !isLinked ? html`${title}` : html`<a href="${href}">${title}</a>`

const strip = (lang: Lang, view: StripView, { isLive, isLinked }: Required<Omit<StripsAbout, 'of'>>): Markup =>
  html`<figure class="strip">
    <figcaption>
      <b>${named(view, isLinked)}</b>
      <span>${stripWords(lang, view).map((words) => html`<span class="v">${words}.</span> `)}</span>
    </figcaption>
    <div class="g">
      <div class="h" aria-hidden="true"><span>00</span><span>12</span><span>24</span></div>
      <svg
        viewBox="0 0 ${view.days * COLUMN} ${HEIGHT}"
        preserveAspectRatio="none"
        role="img"
        aria-label="${[view.title, ...stripWords(lang, view)].join('. ')}."
      >
        ${raw(stripDrawing(view))}
      </svg>
      ${isLive && view.dayLinks !== undefined ? dayLinks(view) : ''}
      <div class="x" aria-hidden="true">
        <span>${formatDayMonth(lang, view.first)}</span><span>${formatDayMonth(lang, view.last)}</span>
      </div>
    </div>
  </figure>`

const legend = (lang: Lang): Markup =>
  html`<ul class="legend strip-legend">
    ${MARK_NAMES.map(
      (state) =>
        html`<li>
          <svg class="z" viewBox="0 0 10 18" aria-hidden="true" focusable="false">${raw(stripSample(state))}</svg
          >${say(lang, `board.state.${state}`)}
        </li>`,
    )}
  </ul>`

const table = (
  lang: Lang,
  list: readonly StripView[],
  { of, isLinked }: Required<Omit<StripsAbout, 'isLive'>>,
): Markup =>
  html`<details class="tab">
    <summary>${say(lang, 'board.days.table')}</summary>
    <div class="scroll" role="group" aria-label="${say(lang, 'board.days.table')}" tabindex="0">
      <table class="tbl">
        <thead>
          <tr>
            <th scope="col">${say(lang, `column.${of}`)}</th>
            ${(['restricted', 'hours', 'unknown'] as const).map(
              (column) => html`<th scope="col">${say(lang, `board.days.column.${column}`)}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${list.map(
            (view) =>
              html`<tr>
                <th scope="row">${named(view, isLinked)}</th>
                <td>${formatNumber(lang, view.restricted.shut + view.restricted.part + view.restricted.slow)}</td>
                <td>${formatNumber(lang, view.restrictedHours, 1)}</td>
                <td>${formatNumber(lang, view.noDataHours, 1)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`

interface StripsAbout {
  readonly of?: StripsOf
  /** Whether a server answers questions, such as for the page of one day; a copy has only whole pages. */
  readonly isLive?: boolean
  /** Whether the name of a strip leads to its page. */
  readonly isLinked?: boolean
}

/** Strips next to each other with their legend and their figures as a table; at most once a page. */
export const strips = (
  lang: Lang,
  list: readonly StripView[],
  { of = 'service', isLive = false, isLinked = true }: StripsAbout = {},
): Markup => {
  const note = sliverText(lang, list)
  return html`${PATTERNS}
    <div class="strips" data-keys="${isLive ? say(lang, 'days.keys') : ''}">
      ${list.map((view) => strip(lang, view, { isLive, isLinked }))}
    </div>
    ${legend(lang)} ${note === undefined ? '' : html`<p class="sm q">${note}</p>`}
    ${table(lang, list, { of, isLinked })}`
}

/** A mark with its words, as every legend of states has them. */
export const stateLegend = (lang: Lang): Markup =>
  html`<ul class="legend">
    ${MARK_NAMES.map((state) => html`<li>${mark(state)}${say(lang, `board.state.${state}`)}</li>`)}
  </ul>`
