import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import type { MarkName } from '../parts/mark.ts'

/** One hour: reports shown of it, and what is usual in it; without a count there were fewer than five. */
export interface CurveHour {
  readonly label: string
  readonly count?: number
  readonly usual?: { readonly low: number; readonly high: number }
  /** Whether more may still come. */
  readonly isOpen: boolean
}

/** What probes saw of one series in the same hours. */
export interface CurveLane {
  readonly name: string
  readonly states: readonly MarkName[]
}

export interface CurvePicture {
  readonly shape: 'narrow' | 'broad'
  readonly hours: readonly CurveHour[]
  readonly lanes: readonly CurveLane[]
  /** Fewest reports that are shown as a number. */
  readonly fewest: number
  readonly label: string
}

const SHAPES = { narrow: { width: 320, height: 150, every: 6 }, broad: { width: 960, height: 190, every: 3 } } as const
const LEFT = 40
const RIGHT = 10
const TOP = 12
const FOOT = 26
const LANE = { name: 18, height: 14, gap: 6 } as const
/** Width of a letter of a label, about. */
const LETTER = 7.2

const r = (value: number): string => String(Math.round(value * 10) / 10)
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
const text = (x: number, y: number, words: string, side: 'start' | 'middle' | 'end'): string =>
  `<text class="t-${side}" x="${r(x)}" y="${r(y)}">${escape(words)}</text>`

/** A step of the scale of which at most five are needed. */
const stepOf = (most: number): number =>
  [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000].find((size) => most / size <= 5) ?? 100_000

/**
 * Reports by hour against the usual band, and below it on the same axis what probes saw. SVG as text without inline
 * style. An hour of fewer than five is a box up to five: it says nothing of where in it the number is. `data-cells` is as
 * in explored.ts.
 */
export function renderReportCurve(lang: Lang, picture: CurvePicture): string {
  const { shape, hours, lanes, fewest, label } = picture
  const { width, height, every } = SHAPES[shape]
  const step = (width - LEFT - RIGHT) / hours.length
  const floor = height - FOOT
  const most = Math.max(2 * fewest, ...hours.flatMap(({ count = 0, usual }) => [count, usual?.high ?? 0]))
  const size = stepOf(most)
  const top = Math.ceil(most / size) * size
  const x = (index: number): number => LEFT + (index + 0.5) * step
  const y = (value: number): number => floor - (value / top) * (floor - TOP)
  const levels = Array.from({ length: top / size + 1 }, (_, index) => index * size)
  const rules = levels.map(
    (value) =>
      `<path class="ax" d="M${LEFT} ${r(y(value))}H${width - RIGHT}"/>${text(LEFT - 8, y(value) + 4, formatNumber(lang, value), 'end')}`,
  )
  // An edge below five is not known more exactly than that.
  const band = hours
    .map(({ usual }, index) => {
      if (usual === undefined) return ''
      const [low, high] = [y(usual.low), y(Math.max(fewest, usual.high))]
      return `M${r(LEFT + index * step)} ${r(high)}h${r(step)}V${r(low === high ? high + 2 : low)}h${r(-step)}z`
    })
    .join('')
  const few = hours
    .map(({ count }, index) =>
      count === undefined
        ? `M${r(LEFT + index * step + step * 0.2)} ${r(y(fewest))}h${r(step * 0.6)}V${r(floor)}h${r(-step * 0.6)}z`
        : '',
    )
    .join('')
  const line = hours
    .map(({ count }, index) => {
      if (count === undefined) return ''
      const joins = index > 0 && hours[index - 1]?.count !== undefined
      return `${joins ? 'L' : 'M'}${r(x(index))} ${r(y(count))}`
    })
    .join('')
  const dots = hours
    .map(({ count, isOpen }, index) =>
      count === undefined
        ? ''
        : `<circle class="${isOpen ? 'now' : 'dot'}" cx="${r(x(index))}" cy="${r(y(count))}" r="3"/>`,
    )
    .join('')
  const ticks = hours.flatMap((hour, index) =>
    index % every === 0 ? [text(LEFT + index * step, floor + 18, hour.label, index === 0 ? 'start' : 'middle')] : [],
  )
  const laneRow = LANE.name + LANE.height + LANE.gap
  const drawnLanes = lanes.map(({ name, states }, index) => {
    const above = height + index * laneRow
    const mostLetters = Math.floor((width - LEFT) / LETTER)
    const words = name.length <= mostLetters ? name : `${name.slice(0, mostLetters - 1)}…`
    const cells = states.map((state, hour) => cellOf(state, { x: LEFT + hour * step, y: above + LANE.name, step }))
    return `${text(LEFT, above + 13, words, 'start')}${cells.join('')}`
  })
  const whole = height + lanes.length * laneRow
  const cells = [LEFT, TOP, step, whole - TOP - LANE.gap, hours.length, 1, 0, 1, 0]
  return `<svg class="chart ex ${shape}" viewBox="0 0 ${width} ${whole}" data-cells="${cells.map(r).join(' ')}" role="img" aria-label="${escape(label)}">${rules.join('')}${band === '' ? '' : `<path class="usual" d="${band}"/>`}${few === '' ? '' : `<path class="h-few" d="${few}"/>`}<g class="people"><path d="${line}"/>${dots}</g>${ticks.join('')}${drawnLanes.join('')}</svg>`
}

/** The state of one hour, drawn as in strips of days. */
function cellOf(state: MarkName, at: { readonly x: number; readonly y: number; readonly step: number }): string {
  const [left, width, height] = [at.x + 0.5, at.step - 1, LANE.height]
  const box = (top: number, tall: number, wide = width): string =>
    `M${r(left)} ${r(top)}h${r(wide)}v${r(tall)}h${r(-wide)}z`
  const whole = box(at.y, height)
  switch (state) {
    case 'open':
      return `<path class="z-open" d="${whole}"/>`
    case 'shut':
      return `<path class="z-shut" d="${whole}"/>`
    case 'part':
      return `<path class="z-part" d="${whole}"/><path class="z-half" d="${box(at.y, height, width / 2)}"/>`
    case 'slow':
      return `<path class="z-slow" d="${whole}"/><path class="z-line" d="${[3, 7, 11].map((top) => box(at.y + top - 0.8, 1.6)).join('')}"/>`
    case 'fault':
      return `<path class="z-fault" d="${whole}"/><path class="z-cross" d="M${r(left)} ${r(at.y)}l${r(width)} ${height}m0 ${-height}l${r(-width)} ${height}"/>`
    case 'unkn':
      return `<path class="z-unkn" d="${whole}"/>`
    case 'none':
      return `<path class="z-none" d="M${r(left + width / 2)} ${r(at.y + 1)}v${height - 2}"/>`
  }
}
