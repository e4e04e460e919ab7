import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { draw, rect, ruleX, ruleY, text, type Naming } from './plot.ts'

/** How many entries of one kind each year holds, in the order of the years of the drawing. */
export interface YearLane {
  readonly label: string
  /** Undefined where nothing was measured: no entry then does not mean that there was nothing. */
  readonly counts: readonly (number | undefined)[]
  /** What was measured stands out from what was only reported or said. */
  readonly measured: boolean
}

export interface YearCounts {
  readonly years: readonly number[]
  readonly lanes: readonly YearLane[]
}

/** Height of one lane: its name, then its bars with their figures. */
const LANE = 76
const BAR = 26
const SHAPES = { narrow: { width: 320, every: 2 }, broad: { width: 960, every: 1 } } as const

interface Bar {
  readonly year: number
  readonly lane: number
  readonly top: number
  readonly count: string
  readonly measured: boolean
}

/**
 * Draws entries by year, one lane a kind: a bar and its figure where there are any, dots where nothing was measured.
 * Each lane has a scale of its own, because hundreds of measured incidents and one act would not fit on one. The
 * caller adds a table.
 */
export function renderYears(lang: Lang, { years, lanes }: YearCounts, naming: Naming): string {
  const { width, every } = SHAPES[naming.shape]
  const [first = 0, last = 0] = [years[0], years.at(-1)]
  const base = (lane: number): number => (lane + 1) * LANE - 6
  const bars = lanes.flatMap(({ counts, measured }, lane) => {
    const most = Math.max(1, ...counts.map((count) => count ?? 0))
    return years.flatMap((year, index): Bar[] => {
      const count = counts[index] ?? 0
      const top = base(lane) - Math.max(3, (BAR * count) / most)
      return count === 0 ? [] : [{ year, lane, top, count: formatNumber(lang, count), measured }]
    })
  })
  const bar = (chosen: readonly Bar[], className: string): ReturnType<typeof rect> =>
    rect([...chosen], {
      x1: ({ year }: Bar) => year - 0.3,
      x2: ({ year }: Bar) => year + 0.3,
      y1: 'top',
      y2: ({ lane }: Bar) => base(lane),
      className,
    })
  const unseen = lanes.flatMap(({ counts }, lane) =>
    years.flatMap((year, index) => (counts[index] === undefined ? [{ year, lane }] : [])),
  )
  type Unseen = (typeof unseen)[number]
  const floor = lanes.length * LANE
  return draw(
    {
      width,
      height: floor + 28,
      marginTop: 0,
      marginBottom: 28,
      marginLeft: 4,
      marginRight: 4,
      x: { domain: [first - 0.5, last + 0.5], axis: null },
      y: { domain: [0, floor], range: [0, floor], axis: null },
      marks: [
        ruleY(
          lanes.map((_, lane) => base(lane)),
          { className: 'line' },
        ),
        bar(
          bars.filter(({ measured }) => !measured),
          'yr-said',
        ),
        bar(
          bars.filter(({ measured }) => measured),
          'yr-measured',
        ),
        ruleX(unseen, {
          x: 'year',
          y1: ({ lane }: Unseen) => base(lane) - BAR,
          y2: ({ lane }: Unseen) => base(lane),
          className: 'gap',
        }),
        text([...bars], { x: 'year', y: 'top', dy: -8, text: 'count', className: 'tk' }),
        text(
          lanes.map(({ label }, lane) => ({ label, at: lane * LANE + 12 })),
          { y: 'at', text: 'label', frameAnchor: 'left', textAnchor: 'start', className: 'bt' },
        ),
        text(
          years.filter((year) => (last - year) % every === 0),
          { x: (year: number) => year, y: floor, dy: 14, text: String, className: 'tk' },
        ),
      ],
    },
    naming,
  )
}
