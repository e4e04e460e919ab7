import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { MarkName } from '../parts/mark.ts'
import { drawLine, escapeText, fitLine, round, lineWidth, type Fonts, type Line } from './card-text.ts'

// What every card has: its size and edges, the line that says whether it is simulated, the code that leads back.

export const CARD = { width: 1200, height: 630, left: 64, right: 1136 } as const
export const INK = { ink: '#14191d', second: '#4b555e', rule: '#c6cdd2', paper: '#ffffff' } as const

/** What is proven of a card, and where. */
export interface CardProof {
  readonly code: string
  /** Address that leads back without the code at its end, such as `kuager.example/kk/k/`; absent: the site has no public one. */
  readonly address?: string
}

export interface CardFrame {
  readonly lang: Lang
  readonly fonts: Fonts
  readonly simulated: boolean
  /** The day, or the minute, of which the card speaks. */
  readonly date: string
  readonly title: string
  readonly description: string
  readonly proof: CardProof
}

/** A whole card around its matter. Same input, same text. */
export function frameCard(frame: CardFrame, matter: string): string {
  const { width, height } = CARD
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Kuager Sans"><title>${escapeText(frame.title)}</title><desc>${escapeText(frame.description)}</desc>
<rect width="${width}" height="${height}" fill="${INK.paper}"/>
${head(frame)}
<g fill="${INK.ink}">${matter}</g>
${foot(frame)}
</svg>`
}

/** Simulated is said white on black across the whole card; a real one has the name of the observatory there. */
function head({ lang, fonts, simulated, date }: CardFrame): string {
  const day = fitLine(fonts, date, { width: 480, weight: 400, sizes: [24, 18] })
  const named = simulated ? say(lang, 'incident.simulated').replace(/\.$/, '') : say(lang, 'page.description')
  const room = CARD.right - CARD.left - lineWidth(fonts, day) - 32
  const words = fitLine(fonts, named, { width: room, weight: simulated ? 600 : 400, sizes: [24, 18] })
  const band = simulated
    ? `<rect width="${CARD.width}" height="52" fill="${INK.ink}"/>`
    : `<path d="M${CARD.left} 52H${CARD.right}" stroke="${INK.ink}" stroke-width="2"/>`
  const fill = simulated ? INK.paper : INK.second
  return `${band}${drawLine(words, { x: CARD.left, y: 35, fill })}${drawLine(day, { x: CARD.right, y: 35, fill, anchor: 'end' })}`
}

function foot({ lang, fonts, proof }: CardFrame): string {
  const { left, right } = CARD
  const brand = `<path d="M${left + 7} 586h-5.5v18h5.5M${left + 17} 586h5.5v18h-5.5M${left + 12} 584v22" fill="none" stroke="${INK.ink}" stroke-width="2.8"/>${drawLine({ text: 'Kuager', size: 26, weight: 600 }, { x: left + 36, y: 604, fill: INK.ink })}`
  const code: Line = { text: proof.code, size: proof.code.length > 12 ? 24 : 28, weight: 600 }
  const lead =
    proof.address === undefined
      ? `${say(lang, 'card.code')}: `
      : `${say(lang, 'card.check')}: ${proof.address.replace(/^https?:\/\//, '')}`
  const codeWidth = lineWidth(fonts, code)
  const words = fitLine(fonts, lead.trimEnd(), { width: 900 - codeWidth, weight: 400, sizes: [24, 15] })
  const gap = proof.address === undefined ? 8 : 1
  return `<path d="M${left} 566H${right}" stroke="${INK.rule}" stroke-width="1.5"/>${brand}${drawLine(words, {
    x: right - codeWidth - gap,
    y: 604,
    fill: INK.second,
    anchor: 'end',
  })}${drawLine(code, { x: right, y: 604, fill: INK.ink, anchor: 'end' })}`
}

/** Marks of states as `parts/mark.ts` draws them, with colours of paper: a picture knows no style sheet. */
const MARKS = {
  open: '<circle cx="9" cy="9" r="7" stroke-width="1.75" fill="#cfe4e9" stroke="#2c7a8d"/>',
  slow: '<g fill="#f4dfae" stroke="#8a5a00" stroke-width="1.75"><circle cx="9" cy="9" r="7"/><path d="M3.6 6h10.8M2.6 9.2h12.8M4 12.4h10"/></g>',
  part: '<path fill="#f3c9ac" stroke="#b04a12" stroke-width="1.75" d="M2 2h14v14H2z"/><path fill="#b04a12" d="M2 2l14 14H2z"/>',
  shut: '<path fill="#8e1f0b" d="M1 1h16v16H1z"/><path fill="#ffffff" d="M4 7.25h10v3.5H4z"/>',
  fault:
    '<path fill="#dfe3e7" stroke="#4b555e" stroke-width="1.75" d="M9 1.2l7.8 7.8L9 16.8 1.2 9zM6.3 6.3l5.4 5.4M11.7 6.3l-5.4 5.4"/>',
  unkn: '<g fill="none" stroke="#4b555e"><circle cx="9" cy="9" r="7.25" stroke-width="1.25"/><path stroke-width="1.9" d="M6.7 7.3a2.4 2.4 0 1 1 3.4 2c-.8.4-1.1.9-1.1 1.7M9 12.7v1.1"/></g>',
  none: '<path fill="none" stroke="#69737c" stroke-width="1.5" stroke-dasharray="3 2.5" d="M2 2h14v14H2z"/>',
} satisfies Record<MarkName, string>

/** The mark of a state with its upper left corner at a place. */
export const drawMark = (state: MarkName, { x, y, size }: { x: number; y: number; size: number }): string =>
  `<g transform="translate(${round(x)} ${round(y)}) scale(${Math.round((size / 18) * 1000) / 1000})">${MARKS[state]}</g>`
