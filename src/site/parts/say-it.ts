import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { unbroken } from '../../web/html/unbroken.ts'
import type { Markup } from '../../web/html/markup.ts'

/** A text that leaves the site as it is. */
export interface Saying {
  readonly length: 'sentence' | 'paragraph' | 'whole'
  readonly text: string
}

/** Script that adds a button to each text; without it a text is selected by hand. */
export const COPY_SCRIPT = 'copy.js'

/** Texts to be copied, the shortest first. */
export const sayIt = (lang: Lang, list: readonly Saying[]): Markup =>
  html`${list.map(
    ({ length, text }) =>
      html`<div class="saying" data-copy="${say(lang, 'say.copy')}" data-copied="${say(lang, 'say.copied')}">
        <p class="sm q">${say(lang, `say.${length}`)}</p>
        <blockquote class="quote">${text.split('\n').map((line) => html`<p>${unbroken(line)}</p>`)}</blockquote>
      </div>`,
  )}`
