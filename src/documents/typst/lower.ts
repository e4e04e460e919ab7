import { defined } from '../../core/model/defined.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { say } from '../../core/text/format.ts'
import { formatClock, formatDayMonth, zonedParts } from '../../core/text/time.ts'
import type { Lang } from '../../core/text/lang.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import {
  blankWords,
  type Block,
  type Chart,
  footOf,
  type Inline,
  type InlineSpan,
  type LabelledFact,
  type Paper,
  spansOf,
  splitBeforeSignature,
  type TableBlock,
} from '../paper.ts'
import { breakable, legible, type LinePart } from './legible.ts'

// A paper as the template reads it: every word said, every text legible and breakable, every place of a drawing a share
// of its width or height. The first element of a piece says what it is.

interface Piece {
  readonly kind: 'text' | 'strong' | 'code' | 'note' | 'blank' | 'mark' | 'break'
  readonly parts: readonly LinePart[]
}

interface Lowered {
  readonly lang: Lang
  readonly title: string
  readonly kicker: string
  readonly id: string
  /** The foot of every page. */
  readonly foot: string
  readonly banner: string
  /** A form to fill in: its blanks are no warnings. */
  readonly form: boolean
  readonly date: readonly number[]
  /** Words of the footer, of tables and of figures. */
  readonly words: { readonly page: string; readonly table: string; readonly figure: string }
  readonly blocks: readonly unknown[]
}

/** Letters that words use for the number of the page, a table or a figure, and of all pages: of no script. */
const PAGE = '\ue000'
const PAGES = '\ue001'

/** Letters in a row in a cell after which a place to break is made: cells are narrow. */
const LONGEST_IN_CELL = 18

/** The paper for the template. `covered`: what the fonts have. */
export function lower(paper: Paper, covered: ReadonlySet<number>): Lowered {
  const { lang } = paper
  const print = (text: string): string => legible(text, covered)
  const inline = (value: Inline, longest?: number): readonly Piece[] =>
    spansOf(value).map((span) => piece(paper, span, { print, ...defined({ longest }) }))
  const { year, month, day, hour, minute, second } = zonedParts(paper.madeAt, 'UTC')
  return {
    lang,
    title: print(paper.title),
    kicker: print(paper.kicker ?? ''),
    id: print(paper.id),
    foot: print(footOf(paper)),
    banner: print(paper.banner ?? ''),
    form: paper.form === true,
    date: [year, month, day, hour, minute, second],
    words: {
      page: say(lang, 'paper.page', { page: PAGE, pages: PAGES }),
      table: say(lang, 'paper.table', { number: PAGE }),
      figure: say(lang, 'paper.figure', { number: PAGE }),
    },
    blocks: grouped(splitBeforeSignature(paper.blocks), (block) => lowerBlock(block, { lang, print, inline })),
  }
}

/** Blocks for the template; those that a signature is kept with are one block with it. */
function grouped(
  blocks: ReturnType<typeof splitBeforeSignature>,
  lowered: (block: Block) => unknown,
): readonly unknown[] {
  const out: unknown[] = []
  let kept: unknown[] = []
  for (const { block, keep } of blocks) {
    if (keep === true) kept.push(lowered(block))
    else {
      out.push(kept.length === 0 ? lowered(block) : { kind: 'kept', blocks: [...kept, lowered(block)] })
      kept = []
    }
  }
  return out
}

interface Words {
  readonly lang: Lang
  readonly print: (text: string) => string
  readonly inline: (value: Inline, longest?: number) => readonly Piece[]
}

function piece(
  paper: Pick<Paper, 'lang' | 'form'>,
  span: InlineSpan,
  { print, longest }: { readonly print: (text: string) => string; readonly longest?: number },
): Piece {
  const { lang } = paper
  switch (span.kind) {
    case 'text':
    case 'strong':
    case 'note':
      return { kind: span.kind, parts: breakable(print(span.text), longest) }
    case 'code':
      return { kind: 'code', parts: breakable(print(span.text), longest ?? LONGEST_IN_CELL) }
    case 'blank':
      return { kind: 'blank', parts: breakable(blankWords(paper, print(span.what)), longest) }
    case 'law':
      return { kind: 'text', parts: breakable(print(span.text), longest) }
    case 'annex':
      return { kind: 'text', parts: breakable(say(lang, 'paper.annex', { number: String(span.number) })) }
    case 'break':
      return { kind: 'break', parts: [] }
    case 'working':
      return { kind: 'text', parts: breakable(print(span.text), longest) }
    case 'unconfirmed':
      return { kind: 'mark', parts: breakable(say(lang, 'paper.unconfirmed')) }
  }
}

function lowerBlock(block: Block, { lang, print, inline }: Words): unknown {
  switch (block.kind) {
    case 'heading':
      return { ...block, text: print(block.text) }
    case 'paragraph':
      return {
        kind: 'paragraph',
        text: inline(block.text),
        standing: block.standing === undefined ? '' : say(lang, `paper.standing.${block.standing}`),
      }
    case 'finding':
      return { kind: 'finding', text: inline(block.text) }
    case 'list':
      return lowerList(
        block.ordered,
        block.items.map((item) => inline(item)),
        block.first ?? 1,
      )
    case 'facts':
      return lowerFacts(block.rows, { print, inline })
    case 'table':
      return lowerTable(block, { lang, print, inline })
    case 'chart':
      return {
        kind: 'chart',
        caption: print(block.caption),
        alt: print(block.alt),
        drawing: drawingOf(lang, block.chart, print),
        table: lowerTable(block.table, { lang, print, inline }),
      }
    case 'parties':
      return {
        kind: 'parties',
        rows: block.rows.map(({ role, lines }) => [print(role), lines.map((line) => inline(line))]),
      }
    case 'signature':
      return {
        kind: 'signature',
        rows: block.rows.map(({ label, value }) => [print(label), value === undefined ? [] : inline(value)]),
      }
    case 'page-break':
      return block
  }
}

/** A list of so many lines is not broken over two pages. */
const MOST_LIST_LINES = 12

const lowerList = (ordered: boolean, items: readonly (readonly Piece[])[], first: number): unknown => ({
  kind: 'list',
  ordered,
  first,
  whole:
    linesOf(
      items.map((item) => [item]),
      [1],
    ) <= MOST_LIST_LINES,
  items,
})

function lowerFacts(rows: readonly LabelledFact[], { print, inline }: Pick<Words, 'print' | 'inline'>): unknown {
  const lowered = rows.map(({ label, value }) => ({ label: print(label), value: inline(value) }))
  const cells = lowered.map(({ label, value }) => [[{ kind: 'text' as const, parts: breakable(label) }], value])
  return { kind: 'facts', whole: linesOf(cells, [1, 2]) <= MOST_WHOLE_LINES, rows: lowered }
}

function lowerTable({ caption, columns, rows }: TableBlock, { print, inline }: Words): unknown {
  const shares = columns.map(({ share }) => share ?? 1)
  const cells = rows.map((row) => columns.map((_, at) => inline(row[at] ?? '', LONGEST_IN_CELL)))
  return {
    kind: 'table',
    caption: print(caption ?? ''),
    heads: columns.map(({ head }) => breakable(print(head), LONGEST_IN_CELL)),
    aligns: columns.map(({ align }) => align ?? 'start'),
    shares,
    whole: linesOf(cells, shares) <= (cells.some(isGroup) ? MOST_GROUPED_LINES : MOST_WHOLE_LINES),
    rows: cells.map((row) => ({
      whole: linesOf([row], shares) <= MOST_ROW_LINES,
      group: isGroup(row),
      cells: row,
    })),
  }
}

/** Letters in a line of the full width in the size of tables, carefully few. */
const LINE = 80
/** A table of so many lines is not broken over two pages; a longer one is, or it would run off the page. */
const MOST_WHOLE_LINES = 28
/** A table in groups is broken sooner: its groups are places to rest, and no head of one is left alone at the foot of a page. */
const MOST_GROUPED_LINES = 12
/** A row of so many lines is not broken over two pages. */
const MOST_ROW_LINES = 18

/** Whether a row is the head of those below it: its first cell, in bold, and nothing beside it. */
const isGroup = ([first = [], ...others]: readonly (readonly Piece[])[]): boolean =>
  others.length > 0 &&
  first.length > 0 &&
  first.every(({ kind }) => kind === 'strong') &&
  others.every((cell) => cell.every(({ parts }) => parts.every(({ text }) => text === '')))

/** Lines that rows take at most: each as many as its longest cell, every cell beginning a line for each of its spans. */
function linesOf(rows: readonly (readonly (readonly Piece[])[])[], shares: readonly number[]): number {
  const width = shares.reduce((sum, share) => sum + share, 0)
  return rows.reduce((sum, row) => {
    const lines = row.map((cell, at) => {
      const letters = cell.reduce(
        (count, { parts }) => count + parts.reduce((all, { text }) => all + text.length, 0),
        0,
      )
      return Math.ceil(letters / Math.max(1, (LINE * (shares[at] ?? 1)) / width)) + cell.length - 1
    })
    return sum + Math.max(1, ...lines)
  }, 0)
}

/** Steps between marks of the time axis, hours; the first that gives few enough. */
const TICKS = [1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720]
const MOST_TICKS = 9

/** Places of the drawing as shares of its width and height, rounded so that the same paper gives the same bytes. */
function drawingOf(lang: Lang, chart: Chart, print: (text: string) => string): unknown {
  const span = Math.max(1, chart.until - chart.from)
  const across = (at: number): number => round(Math.min(1, Math.max(0, (at - chart.from) / span)))
  const most = Math.max(1, ...chart.bars.map(({ failed, passed }) => failed + passed))
  const top = niceTop(most)
  return {
    bars: chart.bars.map(({ at, failed, passed }) => ({
      x: across(at),
      w: round(across(at + chart.step) - across(at)),
      failed: round(failed / top),
      passed: round(passed / top),
    })),
    silent: silentSteps(chart).map(([from, until]) => ({ x: across(from), w: round(across(until) - across(from)) })),
    edges: chart.edges.map(({ label, at, lo, hi }) => ({
      label: print(label),
      x: at === undefined ? -1 : across(at),
      lo: lo === undefined ? -1 : across(lo),
      hi: hi === undefined ? -1 : across(hi),
    })),
    marks: axisMarks(lang, chart).map(({ at, label }) => ({ x: across(at), label })),
    levels: [0, top / 2, top]
      .filter(Number.isInteger)
      .map((value) => ({ y: round(value / top), label: String(value) })),
    words: {
      failed: print(chart.words.failed),
      passed: print(chart.words.passed),
      none: print(chart.words.none),
      axis: print(chart.words.axis),
      interval: chart.edges.some(({ lo, hi }) => lo !== undefined && hi !== undefined)
        ? say(lang, 'paper.chart-interval')
        : '',
    },
  }
}

const round = (value: number): number => Math.round(value * 1e5) / 1e5

/** The next number of 1, 2, 5, 10 … that is not below a count. */
function niceTop(most: number): number {
  const size = 10 ** Math.floor(Math.log10(most))
  return [1, 2, 4, 5, 10].map((times) => times * size).find((top) => top >= most) ?? most
}

/** Stretches of steps without a measurement. */
function silentSteps({ from, until, step, bars }: Chart): readonly (readonly [number, number])[] {
  const held = new Set(bars.filter(({ failed, passed }) => failed + passed > 0).map(({ at }) => at))
  const found: [number, number][] = []
  for (let at: number = from; at < until; at += step) {
    if (held.has(instant(at))) continue
    const last = found.at(-1)
    if (last?.[1] === at) last[1] = Math.min(until, at + step)
    else found.push([at, Math.min(until, at + step)])
  }
  return found
}

/** Marks of the time axis at whole hours of the local clock; with the date where the axis is longer than a day. */
function axisMarks(
  lang: Lang,
  { from, until, zone }: Chart,
): readonly { readonly at: Instant; readonly label: string }[] {
  const hours = TICKS.find((one) => (until - from) / (one * HOUR_MS) <= MOST_TICKS) ?? 720
  const { hour, minute, second } = zonedParts(from, zone)
  const midnight = from - ((hour * 60 + minute) * 60 + second) * 1000 - (from % 1000)
  const marks: { at: Instant; label: string }[] = []
  for (let at = midnight; at <= until && marks.length < 40; at += hours * HOUR_MS) {
    if (at < from) continue
    const mark = instant(at)
    const label = hours < 24 ? formatClock(mark, zone) : formatDayMonth(lang, mark, zone)
    marks.push({ at: mark, label })
  }
  return marks
}
