import { instant, type Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatDayMonth, HOME_ZONE, zonedParts } from '../../../core/text/time.ts'
import { drawExplored, type ExploreGrid, type ExplorePicture, type ExploreTick } from '../../charts/explored.ts'
import type { ExploreLine } from '../view.ts'
import {
  binText,
  lineName,
  valueText,
  weekdayText,
  WEEKDAYS,
  type ExplorePeriodView,
  type ExploreView,
} from './words.ts'

interface Drawing {
  readonly period: ExplorePeriodView
  readonly lines: readonly ExploreLine[]
  readonly shape: 'narrow' | 'broad'
}

/** Lines of a period as SVG, for a narrow window or a broad one. */
export function drawn(lang: Lang, view: ExploreView, { period, lines, shape }: Drawing): string {
  const { chart, by } = view.asked
  if (chart === 'table') return ''
  const grid = chart === 'heat' ? gridOf(lang, view, period, shape) : undefined
  return drawExplored({
    chart: chart === 'heat' && by === 'week' ? 'strip' : chart,
    shape,
    lines,
    bins: period.bins.length,
    ticks: ticksOf(lang, view, period, shape),
    ...(grid === undefined ? {} : { grid }),
    levels: levelsOf(lang, view, period),
    doublings: view.asked.value === 'speed',
    label: lines.map((line) => altOf(lang, view, period, line)).join(' '),
  })
}

/** What a line shows, as a sentence. */
function altOf(lang: Lang, view: ExploreView, period: ExplorePeriodView, line: ExploreLine): string {
  const name = lineName(lang, view, line)
  const known = line.points.filter(({ enough, value }) => enough && value !== undefined)
  const [first] = known
  if (first === undefined) return say(lang, 'explore.alt-none', { name })
  const most = known.reduce((high, one) => ((one.value ?? 0) > (high.value ?? 0) ? one : high), first)
  return say(lang, 'explore.alt', {
    name,
    known: known.length,
    bins: period.bins.length,
    most: valueText(lang, view, most.value ?? 0),
    at: binText(lang, view, period.bins[most.index] ?? 0),
  })
}

const SHARES = [0, 0.25, 0.5, 0.75, 1] as const

/** Rules of the drawing: quarters of the whole, or doublings up to the longest that was seen. */
function levelsOf(lang: Lang, view: ExploreView, { panels }: ExplorePeriodView): ExplorePicture['levels'] {
  const word = (value: number): { readonly value: number; readonly text: string } => ({
    value,
    text: valueText(lang, view, value),
  })
  if (view.asked.value !== 'speed') return SHARES.map(word)
  const most = Math.max(
    2,
    ...panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(({ value = 1 }) => value))),
  )
  const steps = Math.ceil(Math.log2(most))
  return Array.from({ length: steps + 2 }, (_, index) => word(2 ** (index - 1)))
}

function ticksOf(
  lang: Lang,
  view: ExploreView,
  { bins }: ExplorePeriodView,
  shape: 'narrow' | 'broad',
): readonly ExploreTick[] {
  const { by } = view.asked
  if (by === 'clock') return WEEKDAYS.map((_, index) => ({ index: index * 24 + 12, text: weekdayText(lang, index) }))
  const whole = bins
    .map((bin, index) => ({ index, bin: instant(bin) }))
    .filter(({ bin }) => by !== 'hour' || zonedParts(bin, HOME_ZONE).hour === 0)
  const every = Math.ceil(whole.length / (shape === 'narrow' ? 3 : 8))
  return whole
    .filter((_, place) => place % every === 0)
    .map(({ index, bin }) => ({ index, text: formatDayMonth(lang, bin) }))
}

/** Hours to the right and days downwards; of days, weeks to the right and weekdays downwards. */
function gridOf(
  lang: Lang,
  view: ExploreView,
  { bins }: ExplorePeriodView,
  shape: 'narrow' | 'broad',
): ExploreGrid | undefined {
  const { by } = view.asked
  const days = WEEKDAYS.map((_, index) => ({ index, text: weekdayText(lang, index) }))
  const hours = (shape === 'narrow' ? [0, 6, 12, 18] : [0, 3, 6, 9, 12, 15, 18, 21]).map((hour) => ({
    index: hour,
    text: String(hour).padStart(2, '0'),
  }))
  if (by === 'clock') return { columns: 24, rows: 7, first: 0, right: 1, down: 24, columnTicks: hours, rowTicks: days }
  const first = instant(bins[0] ?? 0)
  if (by === 'hour') {
    const begin = -zonedParts(first, HOME_ZONE).hour
    const rows = Math.ceil((bins.length - begin) / 24)
    const every = Math.ceil(rows / 12)
    const rowTicks = Array.from({ length: rows }, (_, index) => index)
      .filter((index) => index % every === 0)
      .map((index) => ({ index, text: dayNumber(instant(first + index * 86_400_000)) }))
    return { columns: 24, rows, first: begin, right: 1, down: 24, columnTicks: hours, rowTicks }
  }
  if (by === 'week') return undefined
  const begin = -((new Date(first + 43_200_000).getUTCDay() + 6) % 7)
  const columns = Math.ceil((bins.length - begin) / 7)
  const every = Math.ceil(columns / (shape === 'narrow' ? 3 : 8))
  const columnTicks = Array.from({ length: columns }, (_, index) => index)
    .filter((index) => index % every === 0 && index < columns - every / 2)
    .map((index) => ({ index, text: formatDayMonth(lang, instant(first + (index * 7 + begin) * 86_400_000)) }))
  return { columns, rows: 7, first: begin, right: 7, down: 1, columnTicks, rowTicks: days }
}

const dayNumber = (at: Instant): string => {
  const { day, month } = zonedParts(at, HOME_ZONE)
  return `${String(day).padStart(2, '0')}.${String(month).padStart(2, '0')}`
}
