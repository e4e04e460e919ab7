import type { ExploreChart } from '../explore/choice.ts'
import type { ExploreLine } from '../explore/view.ts'

/** Tells the values of these drawings by pointer and keyboard; each has a table without it. */
export const CHART_SCRIPT = 'explore.js'

/** Tick of the axis of time: its bin and its words. */
export interface ExploreTick {
  readonly index: number
  readonly text: string
}

/** How bins are laid out as a table of hours and days, or of days and weeks. */
export interface ExploreGrid {
  readonly columns: number
  readonly rows: number
  /** Bin of the first cell, negative where the first days of the grid are before the period. */
  readonly first: number
  /** Bins between neighbours to the right and below. */
  readonly right: number
  readonly down: number
  readonly columnTicks: readonly ExploreTick[]
  readonly rowTicks: readonly ExploreTick[]
}

/** One drawing of what was counted: lines over time, a row of cells for each line, or a grid of one line. */
export interface ExplorePicture {
  readonly chart: Exclude<ExploreChart, 'table'>
  readonly shape: 'narrow' | 'broad'
  readonly lines: readonly ExploreLine[]
  readonly bins: number
  readonly ticks: readonly ExploreTick[]
  readonly grid?: ExploreGrid
  /** Values of the horizontal rules, and their words. */
  readonly levels: readonly { readonly value: number; readonly text: string }[]
  /** Times as long as the control: on a scale of doublings. */
  readonly doublings: boolean
  readonly label: string
  /** Names of the rows of cells, written above each; absent: they have numbers. */
  readonly names?: readonly string[]
}

const SHAPES = { narrow: { width: 320, height: 208 }, broad: { width: 960, height: 280 } } as const
const LEFT = 52
const RIGHT = 10
const TOP = 12
const FOOT = 26
const STRIP_ROW = 30
/** Height of a name above its row. */
const NAME_ROW = 20
/** Lines of which the intervals are drawn: more of them hide each other. */
const MOST_BANDS = 2
/** Bins of which each point of a line is a dot too: of more, only those without a neighbour. */
const MOST_DOTTED = 60
/** Height of the dark part of a cell, at least. */
const LEAST_DARK = 2
/** Widest cell of a grid. */
const WIDEST = 72
/** Width of a letter of a label, about. */
const LETTER = 7.2

const r = (value: number): string => String(Math.round(value * 10) / 10)
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Where values lie between the lowest rule and the highest, 0 to 1. */
function heightOf({ levels, doublings }: ExplorePicture): (value: number) => number {
  const scale = doublings ? Math.log : (value: number): number => value
  const [low, high] = [scale(levels[0]?.value ?? 0), scale(levels.at(-1)?.value ?? 1)]
  return (value) => Math.min(1, Math.max(0, (scale(value) - low) / (high - low)))
}

/**
 * SVG as text, without inline style, because the content policy forbids it. `data-cells` says to the script where the
 * bins lie: left, top, width and height of the first cell, columns, rows, first bin, and bins to the right and below.
 */
export function drawExplored(picture: ExplorePicture): string {
  const { width } = SHAPES[picture.shape]
  const grid = picture.chart === 'heat' ? picture.grid : undefined
  const drawn =
    grid !== undefined ? drawGrid(picture, grid) : picture.chart === 'line' ? drawLines(picture) : drawStrips(picture)
  return `<svg class="chart ex ${picture.shape}" viewBox="0 0 ${width} ${r(drawn.height)}" data-cells="${drawn.cells.map(r).join(' ')}" role="img" aria-label="${escape(picture.label)}">${drawn.marks}</svg>`
}

interface Drawn {
  readonly height: number
  readonly marks: string
  readonly cells: readonly number[]
}

const text = (x: number, y: number, words: string, side: 'start' | 'middle' | 'end' = 'middle'): string =>
  `<text class="t-${side}" x="${r(x)}" y="${r(y)}">${escape(words)}</text>`

function drawLines(picture: ExplorePicture): Drawn {
  const { width, height } = SHAPES[picture.shape]
  const [plotWidth, plotHeight] = [width - LEFT - RIGHT, height - TOP - FOOT]
  const step = plotWidth / picture.bins
  const share = heightOf(picture)
  const x = (index: number): number => LEFT + (index + 0.5) * step
  const y = (value: number): number => TOP + (1 - share(value)) * plotHeight
  const rules = picture.levels
    .map(
      ({ value, text: words }) =>
        `<path class="ax" d="M${LEFT} ${r(y(value))}H${width - RIGHT}"/>${text(LEFT - 8, y(value) + 4, words, 'end')}`,
    )
    .join('')
  const runs = picture.lines.map(runsOf)
  // Below every line, so that no interval hides one.
  const bands = runs.map((own, index) => {
    if (picture.lines.length > MOST_BANDS) return ''
    const path = own.map((run) => bandOf(run, { x, y, half: step * 0.4 })).join('')
    return path === '' ? '' : `<path class="iv b${index}" d="${path}"/>`
  })
  const lines = runs.map((own, index) => {
    const path = own
      .filter((run) => run.length > 1)
      .map((run) => `M${run.map((one) => `${r(x(one.index))} ${r(y(one.value))}`).join('L')}`)
      .join('')
    const dots = own
      .flatMap((run) => (run.length === 1 || picture.bins <= MOST_DOTTED ? run : []))
      .map((one) => `<circle cx="${r(x(one.index))}" cy="${r(y(one.value))}" r="2.6"/>`)
      .join('')
    return `<g class="s${index}"><path d="${path}"/>${dots}</g>`
  })
  const gaps = gapsOf(picture)
    .map(({ from, until }) => `M${r(LEFT + from * step)} ${r(TOP + plotHeight)}H${r(LEFT + until * step)}`)
    .join('')
  return {
    height,
    marks: `${rules}${bands.join('')}${lines.join('')}${gaps === '' ? '' : `<path class="gap" d="${gaps}"/>`}${ticksBelow(picture, { height })}`,
    cells: [LEFT, TOP, step, plotHeight, picture.bins, 1, 0, 1, 0],
  }
}

interface Drawable {
  readonly index: number
  readonly value: number
  readonly interval?: readonly [number, number]
}

/** Stretches of neighbouring bins with a value; a bin without one ends a line. */
function runsOf({ points }: ExploreLine): readonly (readonly Drawable[])[] {
  const runs: Drawable[][] = []
  for (const { index, value, interval, enough } of points) {
    if (!enough || value === undefined) continue
    const last = runs.at(-1)
    const one = { index, value, ...(interval === undefined ? {} : { interval }) }
    if (last?.at(-1)?.index === index - 1) last.push(one)
    else runs.push([one])
  }
  return runs
}

function bandOf(
  run: readonly Drawable[],
  {
    x,
    y,
    half,
  }: { readonly x: (index: number) => number; readonly y: (value: number) => number; readonly half: number },
): string {
  const held = run.flatMap(({ index, interval }) => (interval === undefined ? [] : [{ index, interval }]))
  const [first] = held
  if (first === undefined) return ''
  if (held.length === 1) {
    const [low, high] = first.interval
    return `M${r(x(first.index) - half)} ${r(y(high))}h${r(2 * half)}V${r(y(low))}h${r(-2 * half)}z`
  }
  const upper = held.map(({ index, interval }) => `${r(x(index))} ${r(y(interval[1]))}`)
  const lower = held.toReversed().map(({ index, interval }) => `${r(x(index))} ${r(y(interval[0]))}`)
  return `M${[...upper, ...lower].join('L')}z`
}

/** Bins in which no line has enough data. */
function gapsOf({ lines, bins }: ExplorePicture): readonly { readonly from: number; readonly until: number }[] {
  const filled = new Set(
    lines.flatMap(({ points }) =>
      points.filter(({ enough, value }) => enough && value !== undefined).map(({ index }) => index),
    ),
  )
  const gaps: { from: number; until: number }[] = []
  for (let index = 0; index < bins; index++) {
    if (filled.has(index)) continue
    const last = gaps.at(-1)
    if (last?.until === index) last.until++
    else gaps.push({ from: index, until: index + 1 })
  }
  return gaps
}

/** Labels below the axis; one that would touch the one before is left out. */
function ticksBelow(
  { ticks, bins, shape }: ExplorePicture,
  { height, left = LEFT }: { readonly height: number; readonly left?: number },
): string {
  const { width } = SHAPES[shape]
  const step = (width - left - RIGHT) / bins
  let free = 0
  const shown: string[] = []
  for (const { index, text: words } of ticks) {
    const half = (words.length * LETTER) / 2
    const x = Math.min(width - half, Math.max(Math.max(0, left - 8) + half, left + (index + 0.5) * step))
    if (x - half < free) continue
    free = x + half + 10
    shown.push(text(x, height - 6, words))
  }
  return shown.join('')
}

/**
 * A cell: its dark part is the value, so that no colour is needed to read it. Too few devices: an outline alone;
 * nothing measured: a dotted line.
 */
function cellsOf(
  line: ExploreLine,
  picture: ExplorePicture,
  place: (
    index: number,
  ) => { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | undefined,
): string {
  const share = heightOf(picture)
  const known = new Map(line.points.map((point) => [point.index, point]))
  const paths = { open: '', dark: '', few: '', none: '' }
  for (let index = 0; index < picture.bins; index++) {
    const cell = place(index)
    if (cell === undefined) continue
    const { x, y, width, height } = cell
    const point = known.get(index)
    const box = (top: number, size: number, wide = width): string =>
      `M${r(x)} ${r(top)}h${r(wide)}v${r(size)}h${r(-wide)}z`
    if (point?.value === undefined) {
      paths.none += `M${r(x + width / 2)} ${r(y + 1)}v${r(height - 2)}`
    } else if (!point.enough) {
      paths.few += `M${r(x + 0.5)} ${r(y + 0.5)}h${r(Math.max(0.5, width - 1))}v${r(height - 1)}h${r(-Math.max(0.5, width - 1))}z`
    } else {
      paths.open += box(y, height)
      const dark = share(point.value) * height
      // A sliver that would not be seen is drawn higher, and half as wide so that it is known by it.
      if (dark > 0 && dark < LEAST_DARK) paths.dark += box(y + height - LEAST_DARK, LEAST_DARK, width / 2)
      else if (dark > 0) paths.dark += box(y + height - dark, dark)
    }
  }
  return Object.entries(paths)
    .map(([name, path]) => (path === '' ? '' : `<path class="h-${name}" d="${path}"/>`))
    .join('')
}

function drawStrips(picture: ExplorePicture): Drawn {
  const { width } = SHAPES[picture.shape]
  const { names } = picture
  const left = names === undefined ? LEFT : 0
  const step = (width - left - RIGHT) / picture.bins
  const gap = step > 4 ? Math.min(1.5, step * 0.15) : 0
  const head = names === undefined ? 0 : NAME_ROW
  const row = head + STRIP_ROW + 8
  const height = TOP + picture.lines.length * row + FOOT
  const marks = picture.lines.map((line, index) => {
    const y = TOP + index * row + head
    const number = picture.lines.length === 1 ? '' : text(left - 8, y + STRIP_ROW / 2 + 5, String(index + 1), 'end')
    const name = names === undefined ? number : text(0, y - 5, cut(names[index] ?? '', width), 'start')
    return `${name}${cellsOf(line, picture, (bin) => ({ x: left + bin * step, y, width: step - gap, height: STRIP_ROW }))}`
  })
  return {
    height,
    marks: `${marks.join('')}${ticksBelow(picture, { height, left })}`,
    // Rows with names are read one by one, others together.
    cells:
      names === undefined
        ? [left, TOP, step, picture.lines.length * row, picture.bins, 1, 0, 1, 0]
        : [left, TOP + head, step, row, picture.bins, picture.lines.length, 0, 1, 0],
  }
}

/** Cuts a name that is wider than the drawing. */
const cut = (words: string, width: number): string => {
  const most = Math.floor(width / LETTER)
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`
}

function drawGrid(picture: ExplorePicture, grid: ExploreGrid): Drawn {
  const { width } = SHAPES[picture.shape]
  const step = Math.min(WIDEST, (width - LEFT - RIGHT) / grid.columns)
  const row = picture.shape === 'narrow' ? 18 : 22
  const height = TOP + grid.rows * row + FOOT
  const place = (bin: number): ReturnType<Parameters<typeof cellsOf>[2]> => {
    const offset = bin - grid.first
    const [column, line] =
      grid.right < grid.down
        ? [offset % grid.down, Math.floor(offset / grid.down)]
        : [Math.floor(offset / grid.right), offset % grid.right]
    if (column >= grid.columns || line >= grid.rows) return undefined
    return { x: LEFT + column * step, y: TOP + line * row, width: step - Math.min(1.5, step * 0.15), height: row - 1.5 }
  }
  const [line] = picture.lines
  const rows = grid.rowTicks.map(({ index, text: words }) =>
    text(LEFT - 8, TOP + index * row + row / 2 + 5, words, 'end'),
  )
  const columns = grid.columnTicks.map(({ index, text: words }) => text(LEFT + (index + 0.5) * step, height - 6, words))
  return {
    height,
    marks: `${line === undefined ? '' : cellsOf(line, picture, place)}${rows.join('')}${columns.join('')}`,
    cells: [LEFT, TOP, step, row, grid.columns, grid.rows, grid.first, grid.right, grid.down],
  }
}
