import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { MarkName } from '../parts/mark.ts'
import { CARD, drawMark, frameCard, INK, type CardProof } from './card-frame.ts'
import { drawLine, fitLine, fitLines, lineWidth, type Fonts, type Line } from './card-text.ts'

/** One network on the card of a service, in words of the page's language. */
export interface ServiceCardRow {
  readonly state: MarkName
  readonly network: string
  readonly number: string
  /** How much evidence it rests on: `probes: 14`. */
  readonly behind: string
}

/** The state of a service at a minute, network by network, the worst first. */
export interface ServiceCardView {
  readonly serviceName: string
  /** The minute in words. */
  readonly at: string
  readonly rows: readonly ServiceCardRow[]
  readonly simulated: boolean
  readonly proof: CardProof
}

const { left, right } = CARD
const MOST_ROWS = 6
const TOP = 180
const STEP = 54
/** Where the words of the state begin. */
const STATE_X = 640

/**
 * Draws a service at a minute as a card of 1200 by 630: the state on each network and how many probes it rests on.
 */
export function serviceCard(lang: Lang, view: ServiceCardView, fonts: Fonts): string {
  const shown = view.rows.slice(0, MOST_ROWS)
  const hidden = view.rows.length - shown.length
  const note =
    hidden > 0
      ? say(lang, 'card.more-networks', { count: hidden })
      : view.rows.length === 0
        ? ''
        : say(lang, 'card.networks', { count: view.rows.length })
  const title = fitLine(fonts, view.serviceName, { width: 700, weight: 600, sizes: [56, 30] })
  const states = shown.map(({ network, state }) => `${network}: ${say(lang, `board.state.${state}`)}`).join('. ')
  const matter = [
    drawLine(title, { x: left, y: 128 }),
    drawLine(fitLine(fonts, note, { width: 340, weight: 400, sizes: [24, 16] }), {
      x: right,
      y: 128,
      fill: INK.second,
      anchor: 'end',
    }),
    `<path d="M${left} 152H${right}" stroke="${INK.ink}" stroke-width="2"/>`,
    shown.length === 0
      ? noData(lang, fonts)
      : shown.map((row, index) => drawRow(lang, row, { fonts, y: TOP + index * STEP })).join(''),
    drawLine(fitLine(fonts, say(lang, 'card.does-not-show'), { width: right - left, weight: 600, sizes: [24, 15] }), {
      x: left,
      y: 544,
    }),
  ].join('\n')
  return frameCard(
    {
      lang,
      fonts,
      simulated: view.simulated,
      date: view.at,
      title: `${view.serviceName}. ${view.at}`,
      description: states === '' ? say(lang, 'card.no-data') : states,
      proof: view.proof,
    },
    matter,
  )
}

const noData = (lang: Lang, fonts: Fonts): string =>
  `${drawMark('none', { x: left, y: 216, size: 40 })}${drawLine(
    fitLine(fonts, say(lang, 'card.no-data'), { width: 900, weight: 600, sizes: [40, 24] }),
    { x: left + 60, y: 250 },
  )}`

function drawRow(lang: Lang, row: ServiceCardRow, { fonts, y }: { readonly fonts: Fonts; readonly y: number }): string {
  const base = y + 28
  const behind = fitLine(fonts, row.behind, {
    width: 190,
    weight: 400,
    sizes: [22, 16],
  })
  const words = say(lang, `board.state.${row.state}`)
  const type = { width: right - STATE_X - lineWidth(fonts, behind) - 24, weight: 600 } as const
  const one = fitLine(fonts, words, { ...type, sizes: [28, 20] })
  // The words of a state are never cut: they rather take two lines.
  const state = one.text.endsWith('…') ? fitLines(fonts, words, { ...type, sizes: [20, 16], most: 2 }) : [one]
  const room = STATE_X - left - 52 - 20
  const number: Line = { text: row.network === row.number ? '' : row.number, size: 20, weight: 400 }
  const beside = lineWidth(fonts, number) + 14
  const whole = lineWidth(fonts, { text: row.network, size: 24, weight: 400 }) <= room - beside
  // A long name has a line of its own, with its number below: two networks may have the same name.
  const sizes = whole ? ([28, 24] as const) : ([24, 17] as const)
  const network = fitLine(fonts, row.network, { width: whole ? room - beside : room, weight: 400, sizes })
  const x = left + 52
  return [
    drawMark(row.state, { x: left, y: y + 4, size: 32 }),
    drawLine(network, { x, y: whole ? base : y + 19 }),
    whole
      ? drawLine(number, { x: x + lineWidth(fonts, network) + 14, y: base, fill: INK.second })
      : drawLine({ ...number, size: 17 }, { x, y: y + 40, fill: INK.second }),
    ...state.map((line, index) => drawLine(line, { x: STATE_X, y: state.length === 1 ? base : y + 19 + index * 22 })),
    drawLine(behind, { x: right, y: base, fill: INK.second, anchor: 'end' }),
    `<path d="M${left} ${y + 46}H${right}" stroke="${INK.rule}" stroke-width="1"/>`,
  ].join('')
}
