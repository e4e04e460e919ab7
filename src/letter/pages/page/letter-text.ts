import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Letter } from '../../core/letter.ts'
import { parseInstant } from '../../../core/model/units.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatDate } from '../../../core/text/time.ts'

/** Paragraphs of a text that holds no markup, parted by an empty line; line breaks within one stay. */
export const letterParagraphs = (text: string): Markup =>
  html`${text
    .split(/\n[\t ]*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => html`<p>${lines(paragraph)}</p>`)}`

/** Begins a point of a list: a number with a stop or a bracket, or a dash. */
const ITEM = /^\s*(?:\d{1,2}[.)]|[–—•-])\s/u

/** A point is in a block of its own, and hangs below its number. */
const lines = (paragraph: string): Markup =>
  html`${paragraph.split('\n').map((line, at, all) => {
    if (ITEM.test(line)) return html`<span class="item">${line.trim()}</span>`
    return at === 0 || ITEM.test(all[at - 1] ?? '') ? html`${line}` : html`<br />${line}`
  })}`

/** A day of a letter, which is one of UTC, as it is written in a language: it does not break over lines. */
export const letterDay = (lang: Lang, day: Letter['closes']): string =>
  formatDate(lang, parseInstant(day), 'UTC').replaceAll(' ', '\u00a0')
