import { html } from 'hono/html'
import type { Markup } from '../../web/html/markup.ts'
import type { Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatDateTime } from '../../core/text/time.ts'
import type { Frame } from '../../web/html/frame.ts'
import { embedded } from './frame.ts'
import { mark, type MarkName } from '../parts/mark.ts'

/** One service, or one network, of a card. */
export interface EmbedRow {
  readonly name: string
  readonly state: MarkName
  /** When the incident behind the state began, as a clock or a date. */
  readonly since?: string
}

/** The state of one service or one network now, small enough to fit in a page of another site. */
export interface EmbedView {
  readonly topic: string
  /** Address of the page that says more. */
  readonly page: string
  readonly simulated: boolean
  readonly asOf: Instant
  /** Nothing was measured lately: then the page says nothing about the present. */
  readonly stale: boolean
  readonly rows: readonly EmbedRow[]
  /** Rows that there was no room for. */
  readonly rest: number
  /** Of a service: on how many networks it was measured, and on how many it opens. */
  readonly networks?: { readonly total: number; readonly open: number }
}

const row = (lang: Lang, { name, state, since }: EmbedRow): Markup =>
  html`<li>
    ${mark(state)}<b>${name}</b><span>${say(lang, `board.state.${state}`)}</span>${
      since === undefined ? '' : html`<small>${say(lang, 'embed.since', { time: since })}</small>`
    }
  </li>`

/** The states of a topic as a page for others to embed. */
export function renderEmbed(lang: Lang, view: EmbedView, frame: Frame): Promise<Markup> {
  const body = html`${view.stale ? html`<p>${say(lang, 'embed.stale')}</p>` : ''}
    ${
      view.rows.length === 0
        ? html`<p>${say(lang, 'embed.unknown')}</p>`
        : html`<ul>
            ${view.rows.map((one) => row(lang, one))}
          </ul>`
    }
    ${view.rest === 0 ? '' : html`<p>${say(lang, 'embed.rest', { count: view.rest })}</p>`}
    ${
      view.networks === undefined
        ? ''
        : html`<p>${say(lang, 'embed.networks', { total: view.networks.total, open: view.networks.open })}</p>`
    }
    <p class="q">${say(lang, 'embed.as-of', { at: formatDateTime(lang, view.asOf) })}</p>`
  const title = say(lang, 'embed.title', { topic: view.topic })
  return embedded(lang, { title, simulated: view.simulated, more: view.page, body }, frame)
}
