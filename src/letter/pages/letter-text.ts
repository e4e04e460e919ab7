import { html } from 'hono/html'
import type { Letter } from '../../model/letter.ts'
import { parseInstant } from '../../model/units.ts'
import type { Lang } from '../../text/lang.ts'
import { formatDate } from '../../text/time.ts'
import type { Markup } from '../../site/pages/mark.ts'

/** Paragraphs of a text that holds no markup, parted by an empty line; line breaks within one stay. */
export const letterParagraphs = (text: string): Markup =>
  html`${text
    .split(/\n[\t ]*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => html`<p>${lines(paragraph)}</p>`)}`

const lines = (paragraph: string): Markup =>
  html`${paragraph.split('\n').map((line, at) => (at === 0 ? html`${line}` : html`<br />${line}`))}`

/** A day of a letter, which is one of UTC, as it is written in a language. */
export const letterDay = (lang: Lang, day: Letter['closes']): string => formatDate(lang, parseInstant(day), 'UTC')
