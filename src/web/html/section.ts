import { html } from 'hono/html'
import type { Markup } from './markup.ts'

/** A section with its heading in the margin; `about` is a line below the heading, empty for none. */
export const section = (id: string, heading: string, about: string | Markup, body: Markup): Markup =>
  html`<section class="sec side" aria-labelledby="${id}">
    <div class="head">
      <h2 id="${id}">${heading}</h2>
      ${about === '' ? '' : html`<p>${about}</p>`}
    </div>
    <div>${body}</div>
  </section>`
