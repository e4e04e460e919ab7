import type { TippettPoint } from '../../core/model/incident/validation.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { draw, lineY, ruleX, ruleY, text, type Naming } from './plot.ts'

const SHAPES = {
  narrow: { width: 320, height: 240, every: 2 },
  broad: { width: 960, height: 300, every: 1 },
} as const

/** A ratio as people write it: 1/100, 1, 100. */
export const powerText = (lang: Lang, log10: number): string =>
  log10 < 0 ? `1/${formatNumber(lang, 10 ** -log10, 1)}` : formatNumber(lang, 10 ** log10, 1)

/**
 * Draws a Tippett plot: for either side the share of cases, in percent, with a ratio of at least so much; a rule at 1.
 * The caller adds a table.
 */
export function renderTippett(lang: Lang, points: readonly TippettPoint[], naming: Naming): string {
  const { width, height, every } = SHAPES[naming.shape]
  const [first, last] = [points[0]?.x ?? -4, points.at(-1)?.x ?? 6]
  const ticks = Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => Math.ceil(first) + i * every)
  const grid = [0, 25, 50, 75, 100]
  return draw(
    {
      width,
      height,
      marginTop: 10,
      marginBottom: 30,
      marginLeft: 44,
      marginRight: 24,
      x: { domain: [first, last], axis: null },
      y: { domain: [0, 100], axis: null },
      marks: [
        ruleY(grid, { className: 'ax' }),
        ruleX([0], { className: 'med' }),
        lineY([...points], { x: 'x', y: ({ fault }: TippettPoint) => fault * 100, className: 'tp-fault' }),
        lineY([...points], { x: 'x', y: ({ interference }: TippettPoint) => interference * 100, className: 'pl' }),
        text(grid, {
          y: (value: number) => value,
          text: (value: number) => formatNumber(lang, value),
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -8,
          className: 'tk end',
        }),
        text(ticks, {
          x: (value: number) => value,
          y: 0,
          dy: 16,
          text: (value: number) => tickText(value),
          className: 'tk',
        }),
      ],
    },
    naming,
  )
}

/** Powers of ten are too long for an axis: 10⁻³, 1, 10³. */
function tickText(log10: number): string {
  if (log10 === 0) return '1'
  const raised = [...String(log10)].map((sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)])).join('')
  return `10${raised === '¹' ? '' : raised}`
}
