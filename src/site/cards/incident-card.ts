import { anchor, goesOn } from '../../core/model/incident/bounds.ts'
import type { Edge, Incident } from '../../core/model/incident/incident.ts'
import type { TakenIncident } from '../../core/model/incident/review.ts'
import { capitalise, say } from '../../core/text/format.ts'
import {
  dateText,
  edgeParts,
  edgesText,
  headline,
  networkText,
  type NamedIncident,
} from '../../core/text/sentence/incident.ts'
import { takenText } from '../../core/text/sentence/review.ts'
import { conclusionSentence, verdictShort } from '../../core/text/sentence/incident-verdict.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDate, formatDateTime, formatOffset, HOME_ZONE } from '../../core/text/time.ts'
import { probeLane, timeTicks, type AxisView, type ProbeLane } from '../charts/axis-marks.ts'
import { incidentMark } from '../incident/page/shown.ts'
import { CARD, drawMark, frameCard, INK, type CardProof } from './card-frame.ts'
import { drawLine, fitLine, fitLines, round, lineWidth, type Fonts, type Line } from './card-text.ts'

/** What the card of one revision of an incident shows. */
export interface IncidentCardView extends NamedIncident {
  /** Absent where the incident has no time. */
  readonly axis?: AxisView
  /** Absent while its conclusion may be passed on. */
  readonly taken?: TakenIncident
  readonly proof: CardProof
}

const { left, right } = CARD
/** Left edges of the three answers, and how wide each may be. */
const COLUMNS = [
  { x: left, width: 310 },
  { x: 398, width: 310 },
  { x: 732, width: 404 },
] as const
const CHART = { top: 322, bottom: 436 } as const
/** Base lines of the legend and of the last word, which has one line or two. */
const LEGEND = 490
const LAST = { one: 540, two: 525, step: 29 } as const

/**
 * Draws one revision as a card of 1200 by 630: what, where, when with both intervals, how sure, and what it does not
 * show.
 */
export function incidentCard(lang: Lang, view: IncidentCardView, fonts: Fonts): string {
  const { incident } = view
  const taken = takenOf(lang, view)
  const title = taken?.title ?? headline(lang, view)
  const matter = [
    heading(lang, { ...view, title }, fonts),
    ...(taken !== undefined
      ? [takenMatter(taken.lines, fonts)]
      : [answers(lang, view, fonts), chart(lang, view, fonts), legend(lang, view, fonts), sentence(lang, view, fonts)]),
  ].join('\n')
  return frameCard(
    {
      lang,
      fonts,
      simulated: incident.simulated,
      date: goesOn(incident) ? momentText(lang, incident) : dateText(lang, incident),
      title: `${title}. ${say(lang, 'incident.network', { network: networkText(lang, view) })}`,
      description: taken?.lines.join(' ') ?? sentenceText(lang, view),
      proof: view.proof,
    },
    matter,
  )
}

/**
 * An ongoing state is true until a minute, and a picture is passed on for days: that of its last failed measurement, as on
 * its page, and not that of its publication.
 */
function momentText(lang: Lang, { end, revisedAt }: Incident): string {
  const at = end.bracket[0] ?? revisedAt
  return say(lang, 'card.at', { at: formatDateTime(lang, at), offset: formatOffset(at, HOME_ZONE) })
}

/** What the card says instead of a conclusion; undefined where it has one. */
function takenOf(
  lang: Lang,
  { incident, taken, serviceName }: IncidentCardView,
): ReturnType<typeof takenText> | undefined {
  const own = incident.withdrawn ? ({ kind: 'withdrawn', incident, since: incident.revisedAt } as const) : undefined
  const shown = taken ?? own
  return shown === undefined ? undefined : takenText(lang, shown, serviceName)
}

function heading(lang: Lang, view: IncidentCardView & { readonly title: string }, fonts: Fonts): string {
  const { incident } = view
  const title = fitLine(fonts, view.title, { width: right - left - 56, weight: 600, sizes: [52, 30] })
  const network = say(lang, 'incident.network', { network: networkText(lang, view) })
  const revision = formatNumber(lang, incident.revision)
  const made = say(lang, 'card.revision', { revision, at: formatDateTime(lang, incident.revisedAt) })
  const type = { weight: 400, sizes: [20, 20] } as const
  const whole = fitLine(fonts, made, { ...type, width: 520 })
  // A long name of a network leaves room for the number of the revision alone.
  const room = (line: Line): number => right - left - lineWidth(fonts, line) - 32
  const fits = lineWidth(fonts, { text: network, size: 24, weight: 400 }) <= room(whole)
  const shown = fits ? whole : fitLine(fonts, say(lang, 'card.revision-number', { revision }), { ...type, width: 200 })
  const place = fitLine(fonts, network, { width: room(shown), weight: 400, sizes: [28, 20] })
  return [
    drawMark(view.taken === undefined ? incidentMark(incident) : 'none', { x: left, y: 82, size: 36 }),
    drawLine(title, { x: left + 56, y: 118 }),
    drawLine(place, { x: left, y: 164 }),
    drawLine(shown, { x: right, y: 164, fill: INK.second, anchor: 'end' }),
  ].join('')
}

/** Start, end, devices: the figures that a reader takes along. */
function answers(lang: Lang, view: IncidentCardView, fonts: Fonts): string {
  const { incident } = view
  const running = goesOn(incident)
  // Of what continues, the day of its start is shown also where it is the day of the head.
  const dated = running || edgesText(lang, incident).dated
  const [first, second, third] = COLUMNS
  const of =
    incident.probes === 0
      ? say(lang, 'incident.devices-unknown')
      : say(lang, 'cell.of', { count: incident.probesFailed, total: incident.probes })
  return [
    edgeColumn(lang, fonts, { ...first, edge: incident.start, side: 'start', dated, running: false }),
    edgeColumn(lang, fonts, { ...second, edge: incident.end, side: 'end', dated, running }),
    running ? lastFailed(lang, fonts, incident) : '',
    drawLine(fitLine(fonts, say(lang, 'card.devices'), { width: third.width, weight: 400, sizes: [22, 18] }), {
      x: third.x,
      y: 206,
      fill: INK.second,
    }),
    drawLine(fitLine(fonts, of, { width: third.width, weight: 600, sizes: [46, 24] }), { x: third.x, y: 250 }),
    ...evidence(lang, view).map((text, index) =>
      drawLine(fitLine(fonts, text, { width: third.width, weight: 400, sizes: [22, 16] }), {
        x: third.x,
        y: 281 + index * 26,
      }),
    ),
  ].join('')
}

/** Below the word that it continues, until when that was seen. */
function lastFailed(lang: Lang, fonts: Fonts, { end, state }: Incident): string {
  const [at] = end.bracket
  if (at === undefined) return ''
  const text = say(lang, state === 'throttled' ? 'incident.last-slow' : 'incident.last-failed', {
    time: formatDateTime(lang, at),
  })
  const [, { x, width }] = COLUMNS
  return fitLines(fonts, text, { width, weight: 400, sizes: [20, 15], most: 2 })
    .map((line, index) => drawLine(line, { x, y: 280 + index * 25 }))
    .join('')
}

function evidence(lang: Lang, { incident }: IncidentCardView): readonly string[] {
  const { word, support, log10Lr } = incident.cause
  const finding = capitalise(lang, verdictShort(lang, incident))
  if (word === 'insufficient' || support === 'none') return [finding]
  const side = log10Lr > 0 ? 'card.support-interference' : 'card.support-fault'
  return [finding, say(lang, side, { support: say(lang, `support.${support}`) })]
}

interface EdgeColumn {
  readonly x: number
  readonly width: number
  readonly edge: Edge
  readonly side: 'start' | 'end'
  readonly dated: boolean
  readonly running: boolean
}

/**
 * One of the two times: large where it is a clock, in words where the series gives none; its day where the days differ.
 */
function edgeColumn(lang: Lang, fonts: Fonts, { x, width, edge, side, dated, running }: EdgeColumn): string {
  const { value, interval } = edgeParts(lang, edge, { side, zone: HOME_ZONE, running, dated: false })
  const at = edge.median ?? edge.bracket[side === 'start' ? 1 : 0] ?? edge.bracket[side === 'start' ? 0 : 1]
  const label = say(lang, side === 'start' ? 'incident.start' : 'incident.end')
  const day = dated && at !== undefined && !running ? `${label}: ${formatDate(lang, at)}` : label
  const clock = /^\d\d:\d\d$/.test(value)
  const lines = clock
    ? [fitLine(fonts, value, { width, weight: 600, sizes: [72, 72] })]
    : fitLines(fonts, value, { width, weight: 600, sizes: [34, 22], most: 2 })
  return [
    drawLine(fitLine(fonts, day, { width, weight: 400, sizes: [22, 16] }), { x, y: 206, fill: INK.second }),
    ...lines.map((line, index) => drawLine(line, { x, y: clock ? 270 : 242 + index * 36 })),
    interval === undefined
      ? ''
      : drawLine(fitLine(fonts, interval, { width, weight: 400, sizes: [24, 15] }), { x, y: 304 }),
  ].join('')
}

function takenMatter(lines: readonly string[], fonts: Fonts): string {
  return fitLines(fonts, lines.join(' '), { width: right - left, weight: 400, sizes: [34, 24], most: 5 })
    .map((line, index) => drawLine(line, { x: left, y: 260 + index * 46 }))
    .join('')
}

/** The last sentence: what may be concluded about the cause, and that no one is named. */
const sentenceText = (lang: Lang, { incident }: IncidentCardView): string =>
  `${conclusionSentence(lang, incident)} ${say(lang, incident.cause.word === 'blocking' ? 'incident.quote.who' : 'incident.quote.who-if')}`

function sentence(lang: Lang, view: IncidentCardView, fonts: Fonts): string {
  const lines = fitLines(fonts, sentenceText(lang, view), {
    width: right - left,
    weight: 600,
    sizes: [24, 17],
    most: 2,
  })
  return lines
    .map((line, index) => drawLine(line, { x: left, y: lines.length === 1 ? LAST.one : LAST.two + index * LAST.step }))
    .join('')
}

/** Signs of the drawing in words: a picture that is passed on has no page around it. */
function legend(lang: Lang, { axis, incident }: IncidentCardView, fonts: Fonts): string {
  if (axis === undefined || axis.readings.length === 0 || anchor(incident) === undefined) return ''
  const slow = axis.readings.some(({ target }) => target === 'slow')
  const entries = [
    [SIGNS.failed, say(lang, 'incident.legend.failed')],
    ...(slow ? [[SIGNS.slow, say(lang, 'incident.legend.slow')] as const] : []),
    [SIGNS.passed, say(lang, 'incident.legend.passed')],
    [SIGNS.silent, say(lang, 'incident.legend.silent')],
    [SIGNS.band, say(lang, 'card.band')],
  ] as const
  let x: number = left
  return entries
    .map(([sign, words]) => {
      const line = fitLine(fonts, words, { width: 480, weight: 400, sizes: [18, 18] })
      const drawn = `<g transform="translate(${round(x)} ${LEGEND - 13})">${sign}</g>${drawLine(line, { x: x + 24, y: LEGEND, fill: INK.second })}`
      x += 24 + lineWidth(fonts, line) + 28
      return drawn
    })
    .join('')
}

/** Signs 16 units wide and high, as `marks` draws them. */
const SIGNS = {
  failed: '<path d="M3 3h10v10H3z" fill="#8e1f0b"/>',
  slow: '<circle cx="8" cy="8" r="5" fill="#f4dfae" stroke="#8a5a00" stroke-width="2.2"/>',
  passed: '<circle cx="8" cy="8" r="5" fill="#ffffff" stroke="#2c7a8d" stroke-width="1.6"/>',
  silent: '<path d="M0 8h16" stroke="#69737c" stroke-width="1.5" stroke-dasharray="1.5 5" fill="none"/>',
  band: `<path d="M2 -1h12v18H2z" fill="${INK.ink}" opacity=".09"/><path d="M7 -1v18" stroke="${INK.ink}" stroke-width="2.5"/>`,
} as const

function chart(lang: Lang, view: IncidentCardView, fonts: Fonts): string {
  const { axis, incident } = view
  if (axis === undefined || axis.until <= axis.from || anchor(incident) === undefined) return ''
  const at = (time: number): number =>
    round(
      left +
        ((Math.min(axis.until, Math.max(axis.from, time)) - axis.from) / (axis.until - axis.from)) * (right - left),
    )
  const ticks = timeTicks(lang, axis, 6)
  const { top, bottom } = CHART
  return [
    ...[incident.start, goesOn(incident) ? undefined : incident.end].map((edge) => edgeBand(edge, at)),
    `<path d="M${left} ${bottom}H${right}${ticks.map((tick) => `M${at(tick.at)} ${bottom - 6}v12`).join('')}" stroke="${INK.second}" stroke-width="1.5" fill="none"/>`,
    ...ticks.map((tick) => {
      const line = fitLine(fonts, tick.label, { width: 160, weight: 400, sizes: [20, 20] })
      const half = lineWidth(fonts, line) / 2
      return drawLine(line, {
        x: Math.min(right - half, Math.max(left + half, at(tick.at))),
        y: bottom + 28,
        fill: INK.second,
        anchor: 'middle',
      })
    }),
    axis.readings.length === 0
      ? drawLine(fitLine(fonts, say(lang, 'cell.none'), { width: 600, weight: 400, sizes: [24, 18] }), {
          x: (left + right) / 2,
          y: (top + bottom) / 2,
          fill: INK.second,
          anchor: 'middle',
        })
      : marks(probeLane(axis, 96), at),
  ].join('')
}

function edgeBand(edge: Edge | undefined, at: (time: number) => number): string {
  if (edge === undefined) return ''
  const { top, bottom } = CHART
  const band =
    edge.lo95 === undefined || edge.hi95 === undefined
      ? ''
      : `<path d="M${at(edge.lo95)} ${top}H${at(edge.hi95)}V${bottom}H${at(edge.lo95)}z" fill="${INK.ink}" opacity=".09"/>`
  return edge.median === undefined
    ? band
    : `${band}<path d="M${at(edge.median)} ${top}V${bottom}" stroke="${INK.ink}" stroke-width="2.5"/>`
}

/** Rings for what passed, squares for what failed, barred rings for what was slow, dots along a silent stretch. */
function marks(lane: ProbeLane, at: (time: number) => number): string {
  const { top, bottom } = CHART
  // A few rows are in the middle, no further apart than they are read together.
  const step = Math.min(28, (bottom - top - 12) / Math.max(lane.rows, 1))
  const first = (top + bottom - step * (lane.rows - 1)) / 2
  const size = Math.min(4.8, step * 0.36)
  const y = (row: number): number => round(first + row * step)
  const ring = (mark: ProbeLane['marks'][number]): string =>
    `M${round(at(mark.at) - size)} ${y(mark.row)}a${round(size)} ${round(size)} 0 1 0 ${round(2 * size)} 0a${round(size)} ${round(size)} 0 1 0 ${round(-2 * size)} 0z`
  const square = (mark: ProbeLane['marks'][number]): string =>
    `M${round(at(mark.at) - size)} ${round(y(mark.row) - size)}h${round(2 * size)}v${round(2 * size)}h${round(-2 * size)}z`
  const path = (state: 'failed' | 'slow' | 'passed', draw: (mark: ProbeLane['marks'][number]) => string): string =>
    lane.marks
      .filter((mark) => mark.state === state)
      .map(draw)
      .join('')
  const silent = lane.stretches
    .filter((stretch) => stretch.silent)
    .map((stretch) => `M${at(stretch.from)} ${y(stretch.row)}H${at(stretch.until)}`)
    .join('')
  return [
    silent === ''
      ? ''
      : `<path d="${silent}" stroke="#69737c" stroke-width="1.5" stroke-dasharray="1.5 5" fill="none"/>`,
    `<path d="${path('passed', ring)}" fill="#ffffff" stroke="#2c7a8d" stroke-width="1.6"/>`,
    `<path d="${path('slow', ring)}" fill="#f4dfae" stroke="#8a5a00" stroke-width="2.2"/>`,
    `<path d="${path('failed', square)}" fill="#8e1f0b"/>`,
  ].join('')
}
