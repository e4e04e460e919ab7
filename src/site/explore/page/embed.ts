import { html, raw } from 'hono/html'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import type { Instant } from '../../../core/model/units.ts'
import { formatDateTime, formatPeriod } from '../../../core/text/time.ts'
import type { Frame } from '../../../web/html/frame.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { embedded } from '../../embed/frame.ts'
import { urls } from '../../urls.ts'
import { chartNotes, legendList, panelSheet } from './figure.ts'
import { drawn } from './picture.ts'
import type { ExploreView } from './words.ts'
import { exploreTitle } from '../take.ts'

/** A chart for a page of another site: the drawing, what it shows, and the way to its page. */
export function exploreEmbed(
  lang: Lang,
  view: ExploreView,
  { at, frame }: { readonly at: Instant; readonly frame: Frame },
): Promise<Markup> {
  const title = exploreTitle(lang, view)
  return embedded(
    lang,
    {
      title,
      simulated: view.simulated,
      more: urls.explore(lang, view.asked),
      body: html`${view.periods.map(
          (period) =>
            html`<p>${formatPeriod(lang, period.first, period.last)}</p>
              ${period.panels.map((panel) => {
                const sheet = panelSheet(lang, view, panel)
                return html`${sheet.title === '' ? '' : html`<p><b>${sheet.title}</b></p>`} ${legendList(sheet.legend)}
                ${sheet.drawings.map(
                  ({ heading, lines }) =>
                    html`${heading === '' ? '' : html`<p><b>${heading}</b></p>`}
                    ${raw(drawn(lang, view, { period, lines, shape: 'narrow' }))}${raw(drawn(lang, view, { period, lines, shape: 'broad' }))}`,
                )}`
              })}`,
        )}
        ${chartNotes(lang, view)
          .slice(0, 1)
          .map((text) => html`<p class="q">${text}</p>`)}
        <p class="q">${say(lang, 'embed.as-of', { at: formatDateTime(lang, at) })}</p>`,
    },
    frame,
  )
}
