import type { EpochPoint } from '../../core/model/incident/coincidence.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { areaY, draw, lineY, rect, ruleX, ruleY, text, type Naming } from './plot.ts'

const SHAPES = {
  narrow: { width: 320, height: 240, ticks: [-6, -3, 0, 3, 6] },
  broad: { width: 960, height: 300, ticks: [-6, -4, -2, 0, 2, 4, 6] },
} as const

/** Whole percentage points at which lines are drawn: at most six. */
function gridOf(low: number, high: number): readonly number[] {
  const step = [1, 2, 5, 10, 20, 25, 50].find((size) => (high - low) / size <= 6) ?? 50
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step)
}

const signed = (lang: Lang, value: number): string => `${value > 0 ? '+' : ''}${formatNumber(lang, value)}`

/**
 * Draws the superposed epoch: difference of the mean probability of restriction from similar evenings, percentage points,
 * by hours from the start of an event; the band that 95 % of evenings drawn by chance keep to; the span that counts.
 * A drawing, no test. The caller adds a table.
 */
export function renderEpochs(
  lang: Lang,
  points: readonly EpochPoint[],
  { windowHours, ...naming }: Naming & { readonly windowHours: readonly [number, number] },
): string {
  const { width, height, ticks } = SHAPES[naming.shape]
  const values = points.flatMap(({ difference, lo95, hi95 }) => [difference, lo95, hi95])
  const low = Math.min(-0.05, ...values) * 100
  const high = Math.max(0.05, ...values) * 100
  const pad = (high - low) * 0.08
  const bottom = low - pad
  return draw(
    {
      width,
      height,
      marginTop: 10,
      marginBottom: 30,
      marginLeft: 44,
      marginRight: 14,
      x: { domain: [-6, 6], axis: null },
      y: { domain: [bottom, high + pad], axis: null },
      marks: [
        rect([windowHours], {
          x1: ([from]: readonly [number, number]) => from,
          x2: ([, until]: readonly [number, number]) => until,
          y1: bottom,
          y2: high + pad,
          className: 'band',
        }),
        ruleY([...gridOf(low, high)], { className: 'ax' }),
        ruleY([0], { className: 'hr' }),
        areaY([...points], {
          x: 'hours',
          y1: ({ lo95 }: EpochPoint) => lo95 * 100,
          y2: ({ hi95 }: EpochPoint) => hi95 * 100,
          className: 'chance',
        }),
        ruleX([0], { className: 'med' }),
        lineY([...points], { x: 'hours', y: ({ difference }: EpochPoint) => difference * 100, className: 'pl' }),
        text([...gridOf(low, high)], {
          y: (value: number) => value,
          text: (value: number) => signed(lang, value),
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -8,
          className: 'tk end',
        }),
        text([...ticks], {
          x: (value: number) => value,
          y: bottom,
          dy: 16,
          text: (value: number) => signed(lang, value),
          className: 'tk',
        }),
      ],
    },
    naming,
  )
}
