import { html } from 'hono/html'
import type { Markup } from './markup.ts'

export interface Part {
  /** Leads to the matter: a link to it opens what is folded. */
  readonly id: string
  readonly heading: string
  /** One line that says what is inside, or all of it where there is no matter. */
  readonly answer: string | Markup
  /** Absent: nothing more is known. */
  readonly body?: Markup
  /** Open from the beginning, where a reader asked for what is inside. */
  readonly open?: boolean
}

/**
 * A section of which heading and answer stand open and the matter is one tap away; on paper all of it is open. The id is
 * that of the matter, not of the heading: a browser that follows a link into what is folded opens it.
 */
export const part = ({ id, heading, answer, body, open = false }: Part): Markup =>
  html`<section class="part" aria-labelledby="${id}-name">
    ${
      body === undefined
        ? html`<div class="line" id="${id}">
            <h2 id="${id}-name">${heading}</h2>
            <p>${answer}</p>
          </div>`
        : html`<details class="tab" ${open ? 'open' : ''}>
            <summary class="line">
              <h2 id="${id}-name">${heading}</h2>
              <span>${answer}</span>
            </summary>
            <div class="matter" id="${id}">${body}</div>
          </details>`
    }
  </section>`
