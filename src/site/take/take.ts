import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { fold } from '../../web/html/fold.ts'
import { typedUrl, type Frame } from '../../web/html/frame.ts'
import type { Markup } from '../../web/html/markup.ts'
import { commands } from '../../web/html/prose.ts'

/** Where the files of one chart are, without the address of the site. */
export interface ChartFiles {
  /** Absent: this server draws no picture files. */
  readonly pictures?: { readonly png: string; readonly svg: string }
  readonly csv?: string
  readonly embed: string
  /** Height of the frame that shows it whole in a window of 640 units. */
  readonly height: number
  /** What it shows, in a sentence. */
  readonly title: string
  readonly citation: string
}

const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

/**
 * Element that shows a chart in another page. The sandbox lets its link open the site as a window of its own, and
 * nothing else.
 */
export const chartSnippet = (frame: Frame, { embed, title, height }: ChartFiles): string =>
  `<iframe src="${escapeAttribute(typedUrl(frame, embed))}" title="${escapeAttribute(title)}" width="100%" height="${height}" loading="lazy" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`

/** Under a chart: its files, the line that embeds it, and how it is cited. Only a live server makes them. */
export const takeChart = (lang: Lang, files: ChartFiles, frame: Frame): Markup =>
  frame.medium !== 'live'
    ? html``
    : fold(
        say(lang, 'take.chart'),
        html`<ul class="dl">
            ${
              files.pictures === undefined
                ? ''
                : html`<li><a href="${files.pictures.png}" download>${say(lang, 'take.png')}</a></li>
                    <li><a href="${files.pictures.svg}" download>${say(lang, 'take.svg')}</a></li>`
            }
            ${files.csv === undefined ? '' : html`<li><a href="${files.csv}" download>${say(lang, 'take.csv')}</a></li>`}
          </ul>
          <p class="after"><b>${say(lang, 'take.embed')}</b></p>
          ${commands(lang, [chartSnippet(frame, files)])}
          <p class="after"><b>${say(lang, 'take.cite')}</b></p>
          <blockquote class="quote sm">${files.citation}</blockquote>`,
      )
