import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { Course } from '../../core/model/tables/record.ts'
import { instant, parseInstant, type Instant } from '../../core/model/units.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatClock, formatDayMonth, HOME_ZONE, offsetMinutes } from '../../core/text/time.ts'
import { draw, rect, ruleX, ruleY, text, type Naming } from './plot.ts'

/** A period of a reported course: `off` as every source has it, `unsure` as only some have it. */
interface CourseSpan {
  readonly kind: 'off' | 'unsure'
  readonly from: Instant
  readonly until: Instant
}

/** Earliest and latest time of one edge by the sources. */
export const courseEdge = (edges: Course['starts']): { readonly first: Instant; readonly last: Instant } => {
  const times = edges.map(({ at }) => parseInstant(at))
  return { first: instant(Math.min(...times)), last: instant(Math.max(...times)) }
}

/** What the drawing shows: off as all sources have it, without the windows; the time in which they differ. */
export function courseSpans({ starts, ends, windows }: Course): readonly CourseSpan[] {
  const [start, end] = [courseEdge(starts), courseEdge(ends)]
  const spans: CourseSpan[] = []
  const add = (kind: CourseSpan['kind'], from: Instant, until: Instant): void => {
    if (from < until) spans.push({ kind, from, until })
  }
  add('unsure', start.first, start.last)
  let at = start.last
  for (const [from, until] of windows) {
    add('off', at, parseInstant(from))
    at = parseInstant(until)
  }
  add('off', at, end.first)
  add('unsure', end.first, end.last)
  return spans
}

const ROW = 30
const BAR = 18
const TOP = 22
const SHAPES = {
  narrow: { width: 320, left: 74, every: 6 },
  broad: { width: 960, left: 110, every: 3 },
} as const
const RIGHT = 16

/** Time since the beginning of 1970 by the clock of Kazakhstan at that moment. */
const localMs = (at: Instant): number => at + offsetMinutes(at, HOME_ZONE) * MINUTE_MS

interface Piece {
  readonly kind: CourseSpan['kind']
  readonly row: number
  /** Hours of the local day. */
  readonly from: number
  readonly until: number
}

/** The parts of a span on each local day; `first` is the number of the first day. */
function piecesOf({ kind, from, until }: CourseSpan, first: number): readonly Piece[] {
  const pieces: Piece[] = []
  const end = localMs(until)
  for (let at = localMs(from); at < end;) {
    const day = Math.floor(at / DAY_MS)
    const next = Math.min(end, (day + 1) * DAY_MS)
    pieces.push({ kind, row: day - first, from: (at - day * DAY_MS) / HOUR_MS, until: (next - day * DAY_MS) / HOUR_MS })
    at = next
  }
  return pieces
}

/**
 * Draws a reported course, one row for each local day with its 24 hours: filled where it was reported off, outlined where
 * the sources differ, empty where it was open. The caller adds a table.
 */
export function renderCourse(lang: Lang, spans: readonly CourseSpan[], naming: Naming): string {
  const { width, left, every } = SHAPES[naming.shape]
  const first = Math.floor(Math.min(...spans.map(({ from }) => localMs(from))) / DAY_MS)
  const last = Math.floor((Math.max(...spans.map(({ until }) => localMs(until))) - 1) / DAY_MS)
  const rows = Array.from({ length: last - first + 1 }, (_, row) => row)
  const pieces = spans.flatMap((span) => piecesOf(span, first))
  const hours = Array.from({ length: 24 / every + 1 }, (_, n) => n * every)
  const top = (row: number): number => TOP + row * ROW + (ROW - BAR) / 2
  const height = TOP + rows.length * ROW + 4
  const bars = (kind: Piece['kind'], className: string): ReturnType<typeof rect> =>
    rect(
      pieces.filter((one) => one.kind === kind),
      {
        x1: 'from',
        x2: 'until',
        y1: ({ row }: Piece) => top(row),
        y2: ({ row }: Piece) => top(row) + BAR,
        className,
      },
    )
  // Noon of a local day, which is written as if it were of UTC.
  const dayText = (row: number): string => formatDayMonth(lang, instant((first + row) * DAY_MS + DAY_MS / 2), 'UTC')
  const hourText = (hour: number): string => (hour === 24 ? '24:00' : formatClock(instant(hour * HOUR_MS), 'UTC'))
  return draw(
    {
      width,
      height,
      marginTop: 0,
      marginBottom: 0,
      marginLeft: left,
      marginRight: RIGHT,
      x: { domain: [0, 24], axis: null },
      y: { domain: [0, height], range: [0, height], axis: null },
      marks: [
        ruleX(hours, { x: (hour: number) => hour, y1: TOP, y2: height - 4, className: 'line' }),
        ruleY(rows.slice(1), { y: (row: number) => TOP + row * ROW, className: 'line' }),
        bars('off', 'co-off'),
        bars('unsure', 'co-unsure'),
        text(hours, { x: (hour: number) => hour, y: 10, text: hourText, className: 'tk' }),
        text(rows, {
          y: (row: number) => top(row) + BAR / 2,
          text: dayText,
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -8,
          className: 'tk end',
        }),
      ],
    },
    naming,
  )
}
