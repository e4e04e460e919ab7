import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { INK } from '../cards/card-frame.ts'
import {
  drawLine,
  escapeText,
  fitLines,
  lineWidth,
  round,
  type Fonts,
  type Line,
  type Weight,
} from '../cards/card-text.ts'

/** A chart as a file of its own: everything that its page says around it is inside. */
export interface ChartFile {
  readonly lang: Lang
  readonly title: string
  readonly simulated: boolean
  /** Sentences below the drawings: what is counted, and what is not. */
  readonly about: readonly string[]
  /** Drawings as the page has them, each below its heading and the legend of its lines. */
  readonly drawings: readonly { readonly svg: string; readonly heading?: string; readonly legend?: Legend }[]
  /** Where it was taken from, of which minute, and its check code. */
  readonly source: string
}

/** What a file is drawn with: widths of the fonts, and the rules of the style sheet for charts. */
export interface ChartLook {
  readonly fonts: Fonts
  readonly style: string
}

export type Legend = readonly { readonly sample: string; readonly text: string }[]

const EDGE = 32
const WIDTH = 960 + 2 * EDGE
const SAMPLE = 28
const GAP = 24
/** The hatching of events, which the page has once for all its drawings. */
const EVENTS =
  '<defs><pattern id="p-ev" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path fill="#4b555e" d="M0 0h1.5v7H0z"/></pattern></defs>'

interface Type {
  readonly weight?: Weight
  readonly fill?: string
  /** Distance of its lines, in sizes of the type. */
  readonly gap?: number
}

/** SVG of a chart, 1024 units wide, that every program opens as it is on the page. Same input, same text. */
export function chartFile(file: ChartFile, { fonts, style }: ChartLook): string {
  const parts: string[] = []
  let y = 0
  const lines = (text: string, size: number, { weight = 400, fill = INK.ink, gap = 1.4 }: Type = {}): void => {
    const sizes = [size, size] as const
    for (const line of fitLines(fonts, text, { width: WIDTH - 2 * EDGE, weight, sizes, most: 12 })) {
      y += size * gap
      parts.push(drawLine(line, { x: EDGE, y, fill }))
    }
  }
  if (file.simulated) {
    parts.push(`<rect width="${WIDTH}" height="40" fill="${INK.ink}"/>`)
    const words: Line = { text: say(file.lang, 'incident.simulated'), size: 18, weight: 600 }
    parts.push(drawLine(words, { x: EDGE, y: 27, fill: INK.paper }))
    y = 40
  }
  y += 14
  lines(file.title, 24, { weight: 600, gap: 1.25 })
  y += 8
  for (const { svg, heading, legend = [] } of file.drawings) {
    if (heading !== undefined && heading !== '') {
      lines(heading, 16, { weight: 600 })
    }
    y = drawLegend(legend, { fonts, y: y + 6, parts }) + 4
    const placed = place(svg, y)
    parts.push(placed.svg)
    y += placed.height + 12
  }
  for (const text of file.about) lines(text, 14, { fill: INK.second })
  y += 10
  parts.push(`<path d="M${EDGE} ${round(y)}H${WIDTH - EDGE}" stroke="${INK.rule}"/>`)
  y += 4
  lines(file.source, 14, { fill: INK.second })
  const height = Math.ceil(y + 20)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="Kuager Sans, Noto Sans, sans-serif"><title>${escapeText(file.title)}</title><desc>${escapeText([...file.about, file.source].join(' '))}</desc><style>${style}</style>${EVENTS}<rect width="${WIDTH}" height="${height}" fill="${INK.paper}"/>${parts.join('')}</svg>`
}

/** Samples and names of lines, as many in a row as there is room for. */
function drawLegend(
  legend: Legend,
  { fonts, y: top, parts }: { readonly fonts: Fonts; readonly y: number; readonly parts: string[] },
): number {
  if (legend.length === 0) return top
  let [x, y] = [EDGE, top + 18]
  for (const { sample, text } of legend) {
    const [line] = fitLines(fonts, text, {
      width: WIDTH - 2 * EDGE - SAMPLE - 8,
      weight: 400,
      sizes: [15, 15],
      most: 1,
    })
    if (line === undefined) continue
    const width = SAMPLE + 8 + lineWidth(fonts, line)
    if (x > EDGE && x + width > WIDTH - EDGE) {
      x = EDGE
      y += 22
    }
    parts.push(
      `<svg x="${round(x)}" y="${round(y - 11)}" width="${SAMPLE}" height="12" viewBox="0 0 28 12" class="chart ex">${sample}</svg>`,
    )
    parts.push(drawLine(line, { x: x + SAMPLE + 8, y, fill: INK.ink }))
    x += width + GAP
  }
  return y + 14
}

/** A drawing of a page inside of the file: at its size, without what only a page needs. */
function place(svg: string, y: number): { readonly svg: string; readonly height: number } {
  const [head = ''] = /^<svg[^>]*>/.exec(svg) ?? []
  const [, width = '960', height = '0'] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(head) ?? []
  const [, name = 'chart'] = /class="([^"]*)"/.exec(head) ?? []
  return {
    svg: `<svg x="${EDGE}" y="${round(y)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" class="${name}">${svg.slice(head.length)}`,
    height: Number(height),
  }
}

/** The same drawing at twice its size, for a picture that stays sharp. */
export const twice = (svg: string): string =>
  svg.replace(
    /^(<svg[^>]*?) width="(\d+)" height="(\d+)"/,
    (_, head: string, width: string, height: string) =>
      `${head} width="${2 * Number(width)}" height="${2 * Number(height)}"`,
  )
