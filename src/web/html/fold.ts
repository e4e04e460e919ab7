import { html } from 'hono/html'
import type { Markup } from './markup.ts'

/** A part that opens on a tap, without a script; on paper it is always open. */
export const fold = (summary: Markup | string, body: Markup, isOpen = false): Markup =>
  html`<details class="tab" ${isOpen ? 'open' : ''}>
    <summary>${summary}</summary>
    ${body}
  </details>`

/** A table that scrolls inside itself, so that the page never grows wider than the window. */
export const scrolled = (label: string, table: Markup): Markup =>
  html`<div class="scroll" role="group" aria-label="${label}" tabindex="0">${table}</div>`
