import type { FontMetrics } from './font-metrics.ts'

// Text of a card: measured before it is drawn, because nothing may be cut by the edge of a picture.

/** Weights that the fonts of `fonts/` have; the renderer is asked for hundreds, so 600 gives the bold one of 650. */
export type Weight = 400 | 600
export type Fonts = Readonly<Record<Weight, FontMetrics>>

/** A line with its type. */
export interface Line {
  readonly text: string
  readonly size: number
  readonly weight: Weight
}

/** What replaces a character that the fonts cannot draw: an empty box would look like damage. */
const UNKNOWN = '?'

/** A text that the fonts draw whole: accents go, what is left without a glyph is shown as a question mark. */
export const drawable = (fonts: Fonts, text: string): string =>
  [...text.normalize('NFC').replaceAll(/[\s\u0000-\u001f\u007f]+/g, (space) => (space === '\u00a0' ? space : ' '))]
    .map((character) => {
      if (fonts[400].advance(character) !== undefined) return character
      const plain = [...character.normalize('NFKD')].filter((part) => fonts[400].advance(part) !== undefined).join('')
      return plain === '' ? UNKNOWN : plain
    })
    .join('')

/** Width of a line in pixels. */
export function lineWidth(fonts: Fonts, { text, size, weight }: Line): number {
  let width = 0
  for (const character of text) width += fonts[weight].advance(character) ?? fonts[weight].advance(UNKNOWN) ?? 1
  return width * size
}

export interface Fit {
  readonly width: number
  readonly weight: Weight
  /** Largest and smallest size of the type. */
  readonly sizes: readonly [number, number]
}

/** One line as large as it fits; where the smallest size does not, its end gives way to three dots. */
export function fitLine(fonts: Fonts, wanted: string, { width, weight, sizes: [largest, least] }: Fit): Line {
  const text = drawable(fonts, wanted)
  const whole = lineWidth(fonts, { text, size: 1, weight })
  const size = Math.min(largest, Math.max(least, Math.floor((width / whole) * 2) / 2))
  if (whole * size <= width) return { text, size, weight }
  const letters = [...text]
  while (letters.length > 0) {
    letters.pop()
    const cut = { text: `${letters.join('').trimEnd()}…`, size, weight }
    if (lineWidth(fonts, cut) <= width) return cut
  }
  return { text: '…', size, weight }
}

/** Several lines as large as they fit, broken between words; the last one is cut where even the smallest do not. */
export function fitLines(
  fonts: Fonts,
  wanted: string,
  { most, ...fit }: Fit & { readonly most: number },
): readonly Line[] {
  const text = drawable(fonts, wanted)
  const { width, weight, sizes } = fit
  for (let size = sizes[0]; size >= sizes[1]; size -= 1) {
    const lines = broken(fonts, text, { width, weight, size })
    if (lines.length <= most && lines.every((line) => lineWidth(fonts, line) <= width)) return lines
  }
  const lines = broken(fonts, text, { width, weight, size: sizes[1] })
  const rest = lines.slice(most - 1).map((line) => line.text)
  return [...lines.slice(0, most - 1), fitLine(fonts, rest.join(' '), { width, weight, sizes: [sizes[1], sizes[1]] })]
}

function broken(fonts: Fonts, text: string, { width, weight, size }: Omit<Fit, 'sizes'> & { size: number }): Line[] {
  const lines: Line[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last.text} ${word}`
    if (last !== undefined && lineWidth(fonts, { text: longer, size, weight }) <= width)
      lines[lines.length - 1] = { text: longer, size, weight }
    else lines.push({ text: word, size, weight })
  }
  return lines
}

/** Text within a drawing; characters that XML cannot hold become spaces. */
export const escapeText = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\u0000-\u001f\u007f\ufffe\uffff]/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

export interface CardPlace {
  readonly x: number
  readonly y: number
  readonly fill?: string
  readonly anchor?: 'start' | 'middle' | 'end'
}

/** A line at a place; `y` is its base line. */
export const drawLine = ({ text, size, weight }: Line, { x, y, fill, anchor }: CardPlace): string =>
  `<text x="${round(x)}" y="${round(y)}" font-size="${size}"${weight === 400 ? '' : ` font-weight="${weight}"`}${
    fill === undefined ? '' : ` fill="${fill}"`
  }${anchor === undefined || anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${escapeText(text)}</text>`

/** A number as short as a drawing needs it. */
export const round = (value: number): number => Math.round(value * 10) / 10
