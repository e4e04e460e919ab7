import { html } from 'hono/html'
import type { Markup } from './mark.ts'

/** A part of a section: its name and its answer in one line stand open, the rest is one tap away; on paper all of it. */
export const foldedPart = (id: string, name: string, answer: string | Markup, body?: Markup): Markup =>
  html`<div class="folded" role="group" aria-labelledby="${id}">
    <h3 id="${id}">${name}</h3>
    ${
      body === undefined
        ? html`<p>${answer}</p>`
        : html`<details class="tab">
            <summary>${answer}</summary>
            ${body}
          </details>`
    }
  </div>`
