import { LAYERS, type Layer } from '../../core/model/measured/mechanism.ts'
import { formatNumber } from '../../core/text/number.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { endpointOf, type OperationEntry } from '../parts/operation-entry.ts'
import { axisX, dot, draw, gridX, ruleY, text, type Naming } from './plot.ts'

/** More rows than this are not read; the table below the drawing has them all. */
export const MOST_OPERATIONS = 48

/**
 * One rendering: `narrow` writes each target above its bar, `broad` in a margin next to it. `first`: longest label of
 * the first row of a layer, which the layer's name shares in the narrow one.
 */
const SHAPES = {
  narrow: { width: 320, row: 40, left: 8, longest: 44, first: 32 },
  broad: { width: 960, row: 24, left: 400, longest: 40, first: 40 },
} as const
interface Bar {
  readonly key: string
  readonly layer: Layer
  readonly label: string
  readonly began: number
  readonly ended: number
  readonly failed: boolean
}

type Timed = OperationEntry & { readonly began: number; readonly ended: number }

/** Operations of the probe whose time is known, in the order of layers, then of time. */
export function timedOperations(operations: readonly OperationEntry[]): readonly Timed[] {
  return operations
    .flatMap((one): Timed[] => {
      const ended = one.ended ?? one.began
      return one.side !== 'probe' || ended === undefined
        ? []
        : [{ ...one, began: Math.min(one.began ?? ended, ended), ended }]
    })
    .toSorted((a, b) => LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer) || a.began - b.began || a.ended - b.ended)
}

/**
 * The operations that are drawn. Where there are too many, failed ones come first, then those of the same layer and
 * endpoint, which they are compared with. Failures leave a quarter of the rows to these: a pair is read as a pair.
 */
export function drawnOperations(timed: readonly Timed[]): readonly Timed[] {
  if (timed.length <= MOST_OPERATIONS) return timed
  const placeOf = (one: Timed): string => `${one.layer} ${endpointOf(one) ?? ''}`
  const failed = timed.filter(({ failure }) => failure !== undefined)
  const places = new Set(failed.map(placeOf))
  const passed = timed.filter(({ failure }) => failure === undefined)
  const beside = passed.filter((one) => places.has(placeOf(one)))
  const others = passed.filter((one) => !places.has(placeOf(one)))
  const most = MOST_OPERATIONS - Math.min(beside.length, MOST_OPERATIONS / 4)
  const order = [...failed.slice(0, most), ...beside, ...failed.slice(most), ...others]
  const chosen = new Set(order.slice(0, MOST_OPERATIONS))
  return timed.filter((one) => chosen.has(one))
}

const shorten = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 12)}…${text.slice(-11)}`

/**
 * Draws operations over the seconds of a measurement, one row each, grouped by layer: a bar from beginning to
 * end, then a ring where it completed and a filled square where it failed. Gives SVG as text without inline
 * style, because the content policy forbids it; classes are those of pages.css. The caller adds a table.
 */
export function renderTimeline(lang: Lang, operations: readonly Timed[], options: TimelineOptions): string {
  const shape = SHAPES[options.shape]
  const bars = operations.map((one, index): Bar => ({
    key: String(index),
    layer: one.layer,
    label: shorten(
      one.half === 'shaped' ? say(lang, 'half.shaped') : one.target,
      one.layer === operations[index - 1]?.layer ? shape.longest : shape.first,
    ),
    began: one.began,
    ended: one.ended,
    failed: one.failure !== undefined,
  }))
  const last = Math.max(0.1, ...bars.map(({ ended }) => ended))
  const heads = bars.filter((bar, index) => bar.layer !== bars[index - 1]?.layer)
  const broad = options.shape === 'broad'
  return draw(
    {
      width: shape.width,
      height: bars.length * shape.row + 44,
      marginTop: 8,
      marginBottom: 36,
      marginLeft: shape.left,
      marginRight: 16,
      x: { domain: [Math.min(0, ...bars.map(({ began }) => began)), last] },
      y: { type: 'band', domain: bars.map(({ key }) => key), axis: null, padding: 0, round: false },
      marks: [
        gridX({ className: 'ax', ticks: broad ? 8 : 4 }),
        axisX({
          className: 'tk',
          ticks: broad ? 8 : 4,
          tickSize: 0,
          label: null,
          tickFormat: (value: number) => formatNumber(lang, value, 2),
        }),
        ruleY(heads, {
          y: 'key',
          dy: -shape.row / 2,
          className: 'sep',
          ...(broad ? { insetLeft: -shape.left } : {}),
        }),
        ruleY(
          bars.filter(({ failed }) => !failed),
          { x1: 'began', x2: 'ended', y: 'key', dy: broad ? 0 : 9, className: 'bar-ok' },
        ),
        ruleY(
          bars.filter(({ failed }) => failed),
          { x1: 'began', x2: 'ended', y: 'key', dy: broad ? 0 : 9, className: 'bar-no' },
        ),
        dot(
          bars.filter(({ failed }) => !failed),
          { x: 'ended', y: 'key', r: 4.2, dy: broad ? 0 : 9, className: 'ok' },
        ),
        dot(
          bars.filter(({ failed }) => failed),
          { x: 'ended', y: 'key', r: 5, symbol: 'square', dy: broad ? 0 : 9, className: 'no' },
        ),
        text(heads, {
          y: 'key',
          text: ({ layer }: Bar) => say(lang, `layer.${layer}`),
          frameAnchor: broad ? 'left' : 'right',
          textAnchor: broad ? 'start' : 'end',
          dx: broad ? -shape.left : 8,
          dy: broad ? 0 : -8,
          className: 'bt',
        }),
        text(bars, {
          y: 'key',
          text: 'label',
          frameAnchor: 'left',
          textAnchor: 'start',
          dx: broad ? 92 - shape.left : 0,
          dy: broad ? 0 : -8,
          className: 'lb',
        }),
      ],
    },
    options,
  )
}

/** Accessible name and description, and which of the two renderings. */
export type TimelineOptions = Naming
