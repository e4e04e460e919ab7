import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { HOME_ZONE, MONTHS, zonedParts } from '../../core/text/time.ts'
import type { Instant } from '../../core/model/units.ts'
import { draw, rect, ruleX, ruleY, text, type Naming } from './plot.ts'

/** Hours of one bin of time: those that point to blocking, and further ones whose cause is not determined. */
export interface WeekBar {
  readonly from: Instant
  readonly until: Instant
  readonly blocking: number
  readonly other: number
  /** Hours at the upper bounds of all edges. */
  readonly most: number
  /** Whether anything was measured: without it no hours do not mean no restriction. */
  readonly measured: boolean
}

const SHAPES = { narrow: { width: 320, labels: 3 }, broad: { width: 960, labels: 8 } } as const
const LEFT = 40
const RIGHT = 6
/** Width of the longest day that is written below a week: «25 қыркүйек». */
const LABEL = 84

const dayText = (lang: Lang, at: Instant): string => {
  const { month, day } = zonedParts(at, HOME_ZONE)
  return `${day}\u00a0${MONTHS[lang][month - 1] ?? ''}`
}

function stepOf(most: number): number {
  return [1, 2, 5, 10, 20, 24, 48, 84, 168, 336, 672].find((size) => most / size <= 5) ?? 672
}

/**
 * Draws hours restricted by week: filled what points to blocking, light above it what is not determined, a line up to the
 * upper bound. A week without any is an empty place on the floor, one without data a dotted line. The caller adds a table.
 */
export function renderWeeks(lang: Lang, weeks: readonly WeekBar[], naming: Naming): string {
  const { width, labels } = SHAPES[naming.shape]
  const most = Math.max(1, ...weeks.map(({ most: high }) => high))
  const step = stepOf(most)
  const lines = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step)
  const rows = weeks.map((week, index) => ({ ...week, index }))
  type Row = (typeof rows)[number]
  const span = Math.max(weeks.length, 8)
  const every = Math.ceil(span / labels)
  const fits = ({ index }: Row): boolean => LEFT + ((index + 0.12) / span) * (width - LEFT - RIGHT) + LABEL <= width
  const wide = { x1: ({ index }: Row) => index + 0.12, x2: ({ index }: Row) => index + 0.88 }
  return draw(
    {
      width,
      height: 220,
      marginTop: 14,
      marginBottom: 30,
      marginLeft: LEFT,
      marginRight: RIGHT,
      x: { domain: [0, span], axis: null },
      y: { domain: [0, most], axis: null },
      marks: [
        ruleY(lines.slice(1), { className: 'ax' }),
        rect(
          rows.filter(({ other }) => other > 0),
          {
            ...wide,
            y1: ({ blocking }: Row) => blocking,
            y2: ({ blocking, other }: Row) => blocking + other,
            className: 'wk-other',
          },
        ),
        rect(
          rows.filter(({ blocking }) => blocking > 0),
          { ...wide, y1: 0, y2: 'blocking', className: 'wk-blocking' },
        ),
        ruleX(
          rows.filter((row) => row.most > row.blocking + row.other),
          {
            x: ({ index }: Row) => index + 0.5,
            y1: ({ blocking, other }: Row) => blocking + other,
            y2: 'most',
            className: 'i95',
          },
        ),
        ruleX(
          rows.filter(({ measured }) => !measured),
          { x: ({ index }: Row) => index + 0.5, y1: 0, y2: most, className: 'gap' },
        ),
        ruleY([0], { className: 'hr' }),
        text(lines, {
          y: (value: number) => value,
          text: (value: number) => formatNumber(lang, value),
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -8,
          className: 'tk end',
        }),
        text(
          rows.filter((row) => row.index % every === 0 && fits(row)),
          {
            x: ({ index }: Row) => index + 0.12,
            y: 0,
            dy: 16,
            textAnchor: 'start',
            text: ({ from }: Row) => dayText(lang, from),
            className: 'c2',
          },
        ),
      ],
    },
    naming,
  )
}
