import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatDayMonth } from '../../core/text/time.ts'
import type { Legend } from '../take/chart-file.ts'
import { MARK_NAMES, type MarkName } from './mark.ts'
import { STRIP_COLUMN, STRIP_HEIGHT, STRIP_PATTERNS, stripDrawing, stripSample, type StripView } from './strips.ts'

// Strips of days as one drawing, for files: a page lays them out by its style sheet.

const WIDTH = 960
const GAP = 32
/** Name above a strip, days below it, hours to its left. */
const HEAD = 24
const FOOT = 34
const HOURS = 26
/** Width of a letter of a label, about. */
const LETTER = 7.2

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
const text = (x: number, y: number, words: string, side: 'start' | 'end' = 'start'): string =>
  `<text class="t-${side}" x="${x}" y="${y}">${escape(words)}</text>`

/** Cuts a name that is longer than its strip. */
const cut = (words: string, width: number): string => {
  const most = Math.floor(width / LETTER)
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`
}

/** Strips in two columns, a single one as wide as the drawing. */
export function stripSheet(lang: Lang, list: readonly StripView[]): string {
  const columns = list.length > 1 ? 2 : 1
  const width = (WIDTH - (columns - 1) * GAP) / columns
  const row = HEAD + STRIP_HEIGHT + FOOT
  const plot = width - HOURS
  const marks = list.map((view, index) => {
    const x = (index % columns) * (width + GAP)
    const y = Math.floor(index / columns) * row
    const [left, top, right] = [x + HOURS, y + HEAD, x + width]
    return [
      text(x, y + 16, cut(view.title, width)),
      ...(['00', '12', '24'] as const).map((hour, place) =>
        text(left - 6, top + 10 + (place * (STRIP_HEIGHT - 10)) / 2, hour, 'end'),
      ),
      `<svg x="${left}" y="${top}" width="${plot}" height="${STRIP_HEIGHT}" viewBox="0 0 ${view.days * STRIP_COLUMN} ${STRIP_HEIGHT}" preserveAspectRatio="none">${stripDrawing(view)}</svg>`,
      text(left, top + STRIP_HEIGHT + 16, formatDayMonth(lang, view.first)),
      text(right, top + STRIP_HEIGHT + 16, formatDayMonth(lang, view.last), 'end'),
    ].join('')
  })
  const height = Math.ceil(list.length / columns) * row
  return `<svg class="chart ex broad" viewBox="0 0 ${WIDTH} ${height}">${STRIP_PATTERNS}${marks.join('')}</svg>`
}

/** Samples of states with their words: of all, or of those that a drawing has. */
export const stripKey = (lang: Lang, states: readonly MarkName[] = MARK_NAMES): Legend =>
  MARK_NAMES.filter((state) => states.includes(state)).map((state) => ({
    sample: `<svg x="10" width="8" height="12" viewBox="0 0 10 18" preserveAspectRatio="none">${stripSample(state)}</svg>`,
    text: say(lang, `board.state.${state}`),
  }))
