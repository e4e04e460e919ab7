import { html } from 'hono/html'
import type { Markup } from './markup.ts'

/**
 * What one line holds: an interval with its brackets and its sign, a day, how many of how many, a figure at its label.
 */
const VALUES =
  /(\(?[\d.,:\/\u00a0]{1,16}\u2013[\d.,:\/\u00a0]{1,16}(?:[ \u00a0]?%)?\)?(?:[ \u00a0]?%)?|\d{4}-\d\d-\d\d|\d{1,9} (?:ішінен|из|of) \d+|[^\s:]{1,24}: \d+(?![\d:\-\u2013]|[.,]\d| (?:ішінен|из|of) ))/v

/** A sentence of which no value is divided between two lines. The words stay the same, for a person who copies them. */
export const unbroken = (text: string): Markup =>
  html`${text.split(VALUES).map((part, index) => (index % 2 === 0 ? part : html`<span class="nw">${part}</span>`))}`
