import { html } from 'hono/html'
import type { Markup } from '../../web/html/markup.ts'
import { say } from '../../core/text/format.ts'
import {
  dateText,
  edgesText,
  headline,
  networkText,
  withdrawnText,
  type EdgeTexts,
  type NamedIncident,
} from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/text/lang.ts'
import { urls } from '../urls.ts'
import { verdictLine } from '../../core/text/sentence/incident-verdict.ts'
import { incidentMark } from '../incident/page/shown.ts'
import { simulatedTag } from './layout.ts'
import { mark } from './mark.ts'

/** An edge with its interval: `20:02 (20:00–20:09)`. */
export const edgeValue = (lang: Lang, { value, interval }: EdgeTexts): string =>
  interval === undefined ? value : say(lang, 'incident.interval', { value, interval })

export interface LineParts {
  /** Whether each line names its network; not where the page is about one. */
  readonly network?: boolean
}

/** One incident as a line of a list: what, where, from when to when, how sure; of a withdrawn one its reason and no times. */
function incidentLine(lang: Lang, named: NamedIncident, { network = true }: LineParts): Markup {
  const { incident } = named
  const { start, end, dated } = edgesText(lang, incident)
  return html`<li>
    <a href="${urls.incident(lang, incident.id)}"
      >${mark(incidentMark(incident))}<span><b>${headline(lang, named)}</b></span></a
    >
    <p class="edges${dated ? ' dated' : ''}">
      <span
        >${simulatedTag(lang, incident.simulated)}${dated ? '' : html`<span class="v">${dateText(lang, incident)}</span> `}${
          network
            ? html`<span class="v">${say(lang, 'incident.network', { network: networkText(lang, named) })}</span>`
            : ''
        }</span
      >
      ${
        incident.withdrawn
          ? ''
          : html`<span>${say(lang, 'incident.start')}: ${edgeValue(lang, start)}</span>
              <span>${say(lang, 'incident.end')}: ${edgeValue(lang, end)}</span>`
      }
    </p>
    <p class="q">${incident.withdrawn ? withdrawnText(lang, incident) : verdictLine(lang, incident)}</p>
  </li>`
}

/** Lines of a list. */
export const incidentLines = (lang: Lang, list: readonly NamedIncident[], parts: LineParts = {}): Markup =>
  html`<ul class="rows inc">
    ${list.map((named) => incidentLine(lang, named, parts))}
  </ul>`
