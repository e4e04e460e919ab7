import { html, raw } from 'hono/html'
import { defined } from '../../../core/model/defined.ts'
import { say } from '../../../core/text/format.ts'
import {
  dateText,
  edgesText,
  headline,
  networkText,
  pastHeadline,
  type NamedIncident,
} from '../../../core/text/sentence/incident.ts'
import { takenText } from '../../../core/text/sentence/review.ts'
import { conclusionSentence } from '../../../core/text/sentence/incident-verdict.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatDateTime } from '../../../core/text/time.ts'
import { publicUrl, typedUrl, type Frame } from '../../../web/html/frame.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { embedded } from '../../embed/frame.ts'
import { CHART_SIGNS, fileSign } from '../../parts/legend-key.ts'
import { chartFile, type ChartLook } from '../../take/chart-file.ts'
import { takeChart, type ChartFiles } from '../../take/take.ts'
import { urls } from '../../urls.ts'
import { captionOf, legendOf } from './figure.ts'
import type { IncidentView } from './shown.ts'

/** What the chart of an incident is of: the service, what was seen, the network and the day. */
const chartTitle = (
  lang: Lang,
  { taken, ...named }: NamedIncident & Pick<IncidentView, 'taken'>,
  heading = headline,
): string =>
  `${taken === undefined ? heading(lang, named) : takenText(lang, taken, named.serviceName).title}. ${networkText(lang, named)}. ${dateText(lang, named.incident)}`

/** When it was made, its check code, and where it leads back to. */
const chartSource = (lang: Lang, { incident, code }: IncidentView, frame: Frame): string =>
  `${say(lang, 'take.source', {
    at: formatDateTime(lang, incident.revisedAt),
    address: typedUrl(frame, urls.incident(lang, incident.id, { revision: String(incident.revision) })),
  })} ${say(lang, 'incident.code')}: ${code}`

/** Start, end and conclusion, or that it was taken back: a drawing that is passed on has them beside it. */
function chartWords(lang: Lang, { incident, serviceName, taken }: IncidentView): readonly string[] {
  if (taken !== undefined) return takenText(lang, taken, serviceName).lines
  const { start, end } = edgesText(lang, incident)
  const edge = (side: 'start' | 'end', { value, interval }: typeof start): string =>
    `${say(lang, `incident.${side}`)}: ${interval === undefined ? value : say(lang, 'incident.interval', { value, interval })}`
  return [`${edge('start', start)}. ${edge('end', end)}.`.replaceAll('..', '.'), conclusionSentence(lang, incident)]
}

/** Height of the embedded page: a window of 480 units or more shows the drawing 480 wide; words take up to 320. */
function embedHeight({ drawings: [narrow = ''] }: IncidentView): number {
  const [, width = 320, height = 327] = /viewBox="0 0 (\d+) (\d+)/.exec(narrow)?.map(Number) ?? []
  return Math.ceil((480 / width) * height) + 320
}

/** Addresses of the files of an incident's chart. */
function incidentFiles(lang: Lang, view: IncidentView, frame: Frame): ChartFiles {
  const { incident } = view
  const file = (form: 'png' | 'svg'): string => urls.incidentChart(lang, incident.id, incident.revision, form)
  const title = chartTitle(lang, view)
  return {
    ...(view.hasCard ? { pictures: { png: file('png'), svg: file('svg') } } : {}),
    csv: urls.apiIncidentMeasurements(incident.id, 'csv'),
    embed: urls.incidentEmbed(lang, incident.id),
    height: embedHeight(view),
    title,
    citation: [
      ...(incident.simulated ? [say(lang, 'incident.simulated')] : []),
      `${chartTitle(lang, { ...view.quoted, ...defined({ taken: view.taken }) }, pastHeadline)}.`,
      chartSource(lang, view, frame),
    ].join(' '),
  }
}

/** Under the chart: its files, and the lines that embed and cite it; nothing of what is on hold. */
export const renderTake = (lang: Lang, view: IncidentView, frame: Frame): Markup =>
  view.drawings.length === 0 || view.review.standing === 'held'
    ? html``
    : html`<div class="under">${takeChart(lang, incidentFiles(lang, view, frame), frame)}</div>`

/** The time axis as a file of its own; of what was taken back only the words. */
export function drawIncidentFile(
  lang: Lang,
  view: IncidentView,
  { frame, look }: { readonly frame: Frame; readonly look: ChartLook },
): string {
  const { incident, taken } = view
  const { axis, drawings } = taken === undefined ? view : { drawings: [] }
  return chartFile(
    {
      lang,
      title: chartTitle(lang, view),
      simulated: incident.simulated,
      about: [...chartWords(lang, view), ...(axis === undefined ? [] : [captionOf(lang, axis)])],
      drawings: drawings.slice(-1).map((svg) => ({
        svg,
        legend:
          axis === undefined
            ? []
            : legendOf(lang, axis).map(({ sign, text }) => ({ sample: fileSign(CHART_SIGNS[sign]), text })),
      })),
      source: chartSource(lang, view, frame),
    },
    look,
  )
}

/** The chart of an incident for a page of another site: what, when, the conclusion, the drawing, the way back. */
export const incidentEmbed = (lang: Lang, view: IncidentView, frame: Frame): Promise<Markup> =>
  embedded(
    lang,
    {
      title: chartTitle(lang, view),
      simulated: view.incident.simulated,
      more: urls.incident(lang, view.incident.id),
      body: html`${chartWords(lang, view).map((text) => html`<p>${text}</p>`)}
        ${(view.taken === undefined ? view.drawings : []).slice(0, 1).map((svg) => raw(svg))}
        <p class="q">
          ${say(lang, 'incident.code')}: ${view.code}. ${publicUrl(frame, urls.incident(lang, view.incident.id))}
        </p>`,
    },
    frame,
  )
