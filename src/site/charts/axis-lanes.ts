import type { Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { AxisPicture } from './axis-marks.ts'
import { text, type draw } from './plot.ts'

/**
 * One rendering: `narrow` writes the title of a lane above it, `broad` in the margin. Units are those of the drawing.
 */
export const SHAPES = {
  narrow: { width: 320, left: 8, right: 8, row: 11, curve: 56, edges: 46, title: 20, ticks: 4, near: 96 },
  broad: { width: 960, left: 190, right: 10, row: 14, curve: 74, edges: 62, title: 0, ticks: 9, near: 150 },
} as const
export type MarkShape = (typeof SHAPES)[keyof typeof SHAPES]
export type Marks = NonNullable<Parameters<typeof draw>[0]['marks']>

/** A lane with its words and the pixels it takes. */
export interface Lane {
  readonly key: 'edges' | 'probes' | 'controls' | 'curve' | 'events' | 'statements'
  /** Lines of its title: what it shows, then what is to be known of it. */
  readonly title: readonly string[]
  readonly about: readonly string[]
  readonly top: number
  readonly bottom: number
}

const GAP = 18
const LINE = 17

/** Pixels that a text may take, from above: letters of all three languages are narrower than this at 13 px. */
export const LETTER = 7.2
const BOLD_LETTER = 8.2
export const labelWidth = (label: string): number => label.length * LETTER

/** Pixels of each lane from the top; a lane without anything in it is left out. */
export function layOut(
  lang: Lang,
  view: AxisPicture,
  { shape, rows, hidden }: { readonly shape: MarkShape; readonly rows: number; readonly hidden: number },
): readonly Lane[] {
  const heights: readonly (readonly [Lane['key'], number])[] = [
    ['edges', shape.edges],
    ['probes', rows * shape.row],
    ['controls', 22],
    ['curve', shape.curve],
    ['events', view.events.length * (namesBeside(view, shape) ? 24 : 34)],
    ['statements', view.statements.length === 0 ? 0 : 24],
  ]
  let top = 0
  return heights.flatMap(([key, height]): Lane[] => {
    if (height === 0) return []
    const words = wordsOf(lang, key, { shape, hidden, slow: view.slowed === true })
    const lines = words.title.length + words.about.length
    const above = shape.title === 0 || key === 'edges' ? 0 : shape.title + (lines - 1) * LINE
    const from = top + above
    const bottom = from + height
    // Words in the margin may be higher than what they are next to.
    top = Math.max(bottom, shape.title === 0 ? from + lines * LINE - 8 : bottom) + GAP
    return [{ key, ...words, top: from, bottom }]
  })
}

/** What a lane is called, broken where the margin, or the drawing, is not wide enough for it. */
function wordsOf(
  lang: Lang,
  key: Lane['key'],
  { shape, hidden, slow }: { readonly shape: MarkShape; readonly hidden: number; readonly slow: boolean },
): Pick<Lane, 'title' | 'about'> {
  const title = say(lang, key === 'curve' && slow ? 'incident.lane.curve-slow' : `incident.lane.${key}`)
  const about =
    key === 'statements'
      ? ''
      : [
          say(lang, `incident.lane.${key}-about`),
          ...(key === 'probes' && hidden > 0 ? [say(lang, 'incident.lane.more-probes', { count: hidden })] : []),
        ].join('; ')
  if (shape.title === 0)
    return {
      title: wrapLabel(title, shape.left - 8, BOLD_LETTER),
      about: about === '' ? [] : wrapLabel(about, shape.left - 8, LETTER),
    }
  return { title: wrapLabel(about === '' ? title : `${title}: ${about}`, shape.width, BOLD_LETTER), about: [] }
}

/** A text in lines that are no wider than there is room; a single word is never broken. */
export function wrapLabel(line: string, room: number, letter: number): readonly string[] {
  const lines: string[] = []
  for (const word of line.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && (last.length + 1 + word.length) * letter <= room)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

export const clampToAxis = (view: AxisPicture, at: Instant): number => Math.min(view.until, Math.max(view.from, at))

/** Whether the name of every event fits next to it; else all of them are above. */
export function namesBeside(view: AxisPicture, shape: MarkShape): boolean {
  const room = shape.width - shape.left - shape.right
  const pixel = (at: Instant): number => ((clampToAxis(view, at) - view.from) / (view.until - view.from)) * room
  return (
    shape === SHAPES.broad &&
    view.events.every(
      ({ label, from, until }) => pixel(until) + 6 + labelWidth(label) <= room || pixel(from) - 6 >= labelWidth(label),
    )
  )
}

/** Titles of all lanes: in the margin, or above each lane but that of the two times. */
export function titles(lanes: readonly Lane[], shape: MarkShape): Marks {
  const lines = lanes
    .filter(({ key }) => shape.title === 0 || key !== 'edges')
    .flatMap(({ title, about, top }) =>
      [...title, ...about].map((line, index, all) => ({
        line,
        bold: index < title.length,
        y: shape.title === 0 ? top + 10 + index * LINE : top - 11 - (all.length - 1 - index) * LINE,
      })),
    )
  return ([true, false] as const).map((bold) =>
    text(
      lines.filter((one) => one.bold === bold),
      {
        y: 'y',
        text: 'line',
        frameAnchor: 'left',
        textAnchor: 'start',
        dx: -shape.left,
        className: bold ? 'bt' : 'c2',
      },
    ),
  )
}
