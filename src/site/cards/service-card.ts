import { say } from '../../text/format.ts'
import type { Lang } from '../../text/lang.ts'
import { formatNumber } from '../../text/number.ts'
import type { MarkName } from '../pages/mark.ts'
import { CARD, drawMark, frameCard, INK, type CardProof } from './card-frame.ts'
import { drawLine, fitLine, widthOf, type Fonts } from './card-text.ts'

/** One network on the card of a service, in words of the page's language. */
export interface ServiceCardRow {
  readonly state: MarkName
  readonly network: string
  readonly number: string
  readonly devices: string
}

/** How a service stood at a minute, network by network, the worst first. */
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

/** Draws a service at a minute as a card of 1200 by 630: the state on each network and how many probes stand behind it. */
export function serviceCard(lang: Lang, view: ServiceCardView, fonts: Fonts): string {
  const shown = view.rows.slice(0, MOST_ROWS)
  const hidden = view.rows.length - shown.length
  const note =
    hidden > 0
      ? say(lang, 'card.more-networks', { count: formatNumber(lang, hidden) })
      : say(lang, 'card.networks', { count: formatNumber(lang, view.rows.length) })
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
  const devices = fitLine(fonts, say(lang, 'card.probes', { count: row.devices }), {
    width: 190,
    weight: 400,
    sizes: [22, 16],
  })
  const state = fitLine(fonts, say(lang, `board.state.${row.state}`), {
    width: right - 640 - widthOf(fonts, devices) - 24,
    weight: 600,
    sizes: [28, 18],
  })
  const number = fitLine(fonts, row.number, { width: 160, weight: 400, sizes: [20, 16] })
  const named = row.network !== row.number
  const network = fitLine(fonts, row.network, {
    width: 560 - 52 - (named ? widthOf(fonts, number) + 14 : 0),
    weight: 400,
    sizes: [28, 19],
  })
  return [
    drawMark(row.state, { x: left, y: y + 4, size: 32 }),
    drawLine(network, { x: left + 52, y: base }),
    named ? drawLine(number, { x: left + 52 + widthOf(fonts, network) + 14, y: base, fill: INK.second }) : '',
    drawLine(state, { x: 640, y: base }),
    drawLine(devices, { x: right, y: base, fill: INK.second, anchor: 'end' }),
    `<path d="M${left} ${y + 46}H${right}" stroke="${INK.rule}" stroke-width="1"/>`,
  ].join('')
}
