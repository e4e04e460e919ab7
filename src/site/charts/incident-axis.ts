import type { Edge } from '../../core/model/incident/incident.ts'
import { edgeParts } from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import {
  layOut,
  LETTER,
  namesBeside,
  SHAPES,
  titles,
  labelWidth,
  clampToAxis,
  type Lane,
  type Marks,
  type MarkShape,
} from './axis-lanes.ts'
import { timeTicks, type AxisPicture, type ProbeMark } from './axis-marks.ts'
import { areaY, dot, draw, lineY, rect, ruleX, ruleY, text, type Naming } from './plot.ts'

/**
 * Draws the time axis of an incident: edges with their intervals, measurements by probe, controls, the curve of
 * P(restricted), events (hatched: not in the weight) and numbered statements, all on one axis of local time.
 */
export function renderIncidentAxis(lang: Lang, view: AxisPicture, naming: Naming): string {
  const shape = SHAPES[naming.shape]
  const broad = naming.shape === 'broad'
  const { probes, controls } = view
  const lanes = layOut(lang, view, { shape, rows: probes.rows, hidden: probes.hidden })
  const lane = (key: Lane['key']): Lane =>
    lanes.find((one) => one.key === key) ?? { key, title: [], about: [], top: 0, bottom: 0 }
  const bottom = (lanes.at(-1)?.bottom ?? 0) + 4
  const row = (index: number): number => lane('probes').top + (index + 0.5) * shape.row
  const level = (p: number): number => lane('curve').bottom - p * shape.curve
  const drawn = lanes
    .filter(({ key }) => key !== 'edges')
    .map((one) => (one.key === 'events' && !namesBeside(view, shape) ? { ...one, top: one.top + 16 } : one))
  const marksOf = (state: ProbeMark['state']): readonly ProbeMark[] => probes.marks.filter((one) => one.state === state)
  const at = (one: ProbeMark): number => row(one.row)
  const ticks = timeTicks(lang, view, shape.ticks)
  const size = broad ? 3.7 : 3.2
  const middle = (lane('controls').top + lane('controls').bottom) / 2
  return draw(
    {
      width: shape.width,
      height: bottom + 24,
      margin: 0,
      marginLeft: shape.left,
      marginRight: shape.right,
      x: { domain: [view.from, view.until], axis: null },
      y: { type: 'identity', axis: null },
      marks: [
        ...bands(view, drawn),
        ruleX(ticks, { x: 'at', y1: lane('probes').top - 4, y2: bottom, className: 'ax' }),
        ruleY(
          probes.stretches.filter(({ silent }) => !silent),
          {
            y: ({ row: index }: { row: number }) => row(index),
            x1: 'from',
            x2: 'until',
            className: 'line',
          },
        ),
        ruleY(
          probes.stretches.filter(({ silent }) => silent),
          {
            y: ({ row: index }: { row: number }) => row(index),
            x1: 'from',
            x2: 'until',
            className: 'gap',
          },
        ),
        // Behind the marks: a rule never hides a measurement.
        ...medians(view, drawn),
        dot(marksOf('passed'), { x: 'at', y: at, r: size - 0.4, className: 'ok' }),
        dot(marksOf('slow'), { x: 'at', y: at, r: size, className: 'slow' }),
        dot(marksOf('failed'), { x: 'at', y: at, r: size, symbol: 'square', className: 'no' }),
        ruleX(
          controls.filter(({ failed }) => !failed),
          { x: 'at', y1: middle - 7, y2: middle + 7, className: 'ctl' },
        ),
        dot(
          controls.filter(({ failed }) => failed),
          {
            x: 'at',
            y: () => middle,
            r: size,
            symbol: 'square',
            className: 'no ctn',
          },
        ),
        ...curve(lang, view, { level, shape }),
        ...events(view, lane('events'), shape),
        dot(view.statements, { x: 'at', y: lane('statements').top + 11, r: 9, className: 'pt' }),
        text(view.statements, {
          x: 'at',
          y: lane('statements').top + 11,
          text: ({ number }: { number: number }) => String(number),
          className: 'ptn',
        }),
        ...edgeMarks(lang, view, { shape, broad }),
        ...titles(lanes, shape),
        ruleY([bottom], { className: 'hr' }),
        ruleX(ticks, { x: 'at', y1: bottom, y2: bottom + 5, className: 'hr' }),
        text(ticks, {
          x: 'at',
          y: bottom + 15,
          text: 'label',
          className: 'tk',
          textAnchor: 'middle',
        }),
      ],
    },
    naming,
  )
}

/** Both 95 % intervals as bands behind the lanes; an open or running edge has none. */
function bands(view: AxisPicture, lanes: readonly Lane[]): Marks {
  const edges = [view.start, view.end].flatMap(({ lo95, hi95 }) =>
    lo95 === undefined || hi95 === undefined ? [] : [{ lo95: clampToAxis(view, lo95), hi95: clampToAxis(view, hi95) }],
  )
  return lanes.map(({ top, bottom }) =>
    rect(edges, { x1: 'lo95', x2: 'hi95', y1: top - 3, y2: bottom + 3, className: 'band' }),
  )
}

function medians(view: AxisPicture, lanes: readonly Lane[]): Marks {
  const times = [view.start.median, view.end.median].filter((at) => at !== undefined)
  return lanes.map(({ top, bottom }) => ruleX(times, { y1: top - 3, y2: bottom + 3, className: 'med' }))
}

function curve(
  lang: Lang,
  view: AxisPicture,
  { level, shape }: { readonly level: (p: number) => number; readonly shape: MarkShape },
): Marks {
  const points = view.curve.filter(({ at }) => at >= view.from && at <= view.until)
  const y = ({ p }: { readonly p: number }): number => level(p)
  return [
    ruleY([0, 0.5, 1].map(level), { className: 'ax' }),
    areaY(points, { x: 'at', y1: level(0), y2: y, className: 'pa' }),
    lineY(points, { x: 'at', y, className: 'pl' }),
    // Inside the drawing: the margin is full of words.
    text([0.5, 1], {
      y: level,
      text: (p: number) => formatNumber(lang, p, 1),
      frameAnchor: 'left',
      textAnchor: 'start',
      dx: shape === SHAPES.broad ? 4 : 2,
      dy: 9,
      className: 'c2 lb',
    }),
  ]
}

/**
 * Where a label begins or ends, in pixels from the left, so that all of it is seen; shortened where nothing holds it.
 */
interface Placed {
  readonly label: string
  readonly x: number
  readonly anchor: 'start' | 'end'
}

/** Puts the name of an event behind it, before it, or over it: the first of these that holds all of it. */
export function placeLabel(
  label: string,
  span: { readonly from: number; readonly until: number },
  room: number,
): Placed {
  const width = labelWidth(label)
  if (span.until + 6 + width <= room) return { label, x: span.until + 6, anchor: 'start' }
  if (span.from - 6 >= width) return { label, x: span.from - 6, anchor: 'end' }
  return placeOver(label, span, room)
}

/** Puts a label over an event: from its beginning on, else up to its end, else to the edge of the drawing. */
export function placeOver(
  label: string,
  span: { readonly from: number; readonly until: number },
  room: number,
): Placed {
  const width = labelWidth(label)
  if (span.from + width <= room) return { label, x: span.from, anchor: 'start' }
  if (span.until >= width) return { label, x: span.until, anchor: 'end' }
  if (width <= room) return { label, x: room, anchor: 'end' }
  return { label: `${label.slice(0, Math.floor(room / LETTER) - 1).trimEnd()}…`, x: 0, anchor: 'start' }
}

/** Events with a hatching of their own; their name is next to them, or above where there is no room. */
function events(view: AxisPicture, lane: Lane, shape: MarkShape): Marks {
  const beside = namesBeside(view, shape)
  const step = beside ? 24 : 34
  const inner = shape.width - shape.left - shape.right
  const pixel = (at: number): number => ((at - view.from) / (view.until - view.from)) * inner
  const place = beside ? placeLabel : placeOver
  const shown = view.events.map((event, index) => {
    const [from, until] = [clampToAxis(view, event.from), clampToAxis(view, event.until)]
    const top = lane.top + index * step + (beside ? 0 : 16)
    return { from, until, top, ...place(event.label, { from: pixel(from), until: pixel(until) }, inner) }
  })
  return [
    rect(shown, { x1: 'from', x2: 'until', y1: 'top', y2: ({ top }: { top: number }) => top + 16, className: 'ev' }),
    ...(['start', 'end'] as const).map((anchor) =>
      text(
        shown.filter((one) => one.anchor === anchor),
        {
          text: 'label',
          className: 'lb',
          x: ({ x }: Placed) => view.from + (x / inner) * (view.until - view.from),
          y: ({ top }: { readonly top: number }) => (beside ? top + 8 : top - 9),
          textAnchor: anchor,
        },
      ),
    ),
  ]
}

interface EdgeLabel {
  readonly at: number
  readonly value: string
  readonly interval: string
  readonly anchor: 'start' | 'middle' | 'end'
}

/** Words of both edges, apart from each other and inside the drawing. */
function edgeLabels(lang: Lang, view: AxisPicture, shape: MarkShape): readonly EdgeLabel[] {
  const inner = shape.width - shape.left - shape.right
  const pixel = (at: number): number => ((at - view.from) / (view.until - view.from)) * inner
  const options = { zone: view.zone, dated: false }
  const label = (edge: Edge, side: 'start' | 'end'): EdgeLabel[] => {
    if (edge.median === undefined) return []
    const { value, interval = '' } = edgeParts(lang, edge, { ...options, side })
    const x = pixel(edge.median)
    return [{ at: edge.median, value, interval, anchor: x < 44 ? 'start' : x > inner - 44 ? 'end' : 'middle' }]
  }
  const [first, second] = [label(view.start, 'start')[0], view.running ? undefined : label(view.end, 'end')[0]]
  if (first !== undefined && second !== undefined) {
    // Intervals of more than a day are long words; they are drawn, and stand above the drawing in full.
    const apart = pixel(second.at) - pixel(first.at)
    const wide = labelWidth(first.interval + second.interval) / 2
    if (wide > 120 && wide + 8 > apart) return [first, second].map((one) => ({ ...one, interval: '' }))
  }
  if (first !== undefined && second !== undefined && pixel(second.at) - pixel(first.at) < shape.near) {
    const apart = pixel(second.at) - pixel(first.at)
    const near: readonly EdgeLabel[] = [
      { ...first, anchor: pixel(first.at) < 90 ? 'start' : 'end' },
      { ...second, anchor: inner - pixel(second.at) < 90 ? 'end' : 'start' },
    ]
    // At the side of the drawing both words are on the same side of their lines.
    const meets = ({ anchor, interval }: EdgeLabel, inward: EdgeLabel['anchor']): boolean =>
      anchor === inward && labelWidth(interval) + 4 > apart
    const [left = first, right = second] = near
    return meets(left, 'start') || meets(right, 'end') ? near.map((one) => ({ ...one, interval: '' })) : near
  }
  return [first, second].filter((one) => one !== undefined)
}

function edgeMarks(
  lang: Lang,
  view: AxisPicture,
  { shape, broad }: { readonly shape: MarkShape; readonly broad: boolean },
): Marks {
  const edges = [view.start, view.end].filter(({ median }) => median !== undefined)
  const span = (lo: 'lo95' | 'lo50', hi: 'hi95' | 'hi50'): readonly { from: number; until: number }[] =>
    edges.flatMap((edge) => {
      const [from, until] = [edge[lo], edge[hi]]
      return from === undefined || until === undefined
        ? []
        : [{ from: clampToAxis(view, from), until: clampToAxis(view, until) }]
    })
  const brackets = edges.flatMap(({ bracket: [from, until] }) => [
    ...(from === undefined ? [] : [{ at: clampToAxis(view, from), sign: '[' }]),
    ...(until === undefined ? [] : [{ at: clampToAxis(view, until), sign: ']' }]),
  ])
  const labels = edgeLabels(lang, view, shape)
  return [
    ...(['start', 'middle', 'end'] as const).flatMap((anchor) => {
      const own = labels.filter((one) => one.anchor === anchor)
      return [
        text(own, { x: 'at', y: 10, text: 'value', textAnchor: anchor, className: `me a-${anchor}` }),
        text(own, { x: 'at', y: 27, text: 'interval', textAnchor: anchor, className: `mi a-${anchor}` }),
      ]
    }),
    ruleY(span('lo95', 'hi95'), { x1: 'from', x2: 'until', y: () => 43, className: 'i95' }),
    ruleY(span('lo50', 'hi50'), { x1: 'from', x2: 'until', y: () => 43, className: 'i50' }),
    text(broad ? brackets : [], { x: 'at', y: () => 58, text: 'sign', className: 'me a-middle' }),
  ]
}
