import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { parseSha256, type Instant } from '../../core/model/units.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { typedUrl, type Frame } from '../../web/html/frame.ts'
import type { Markup } from '../../web/html/markup.ts'
import { encodeCsv } from '../api/csv.ts'
import { answerBytes, OPEN_TO_PAGES } from '../api/respond-api.ts'
import { answerFile, answerPicture, type Pictures } from '../cards/pictures.ts'
import { checkCode } from '../../core/evidence/check-code.ts'
import { embedded, EMBED_HEADERS } from '../embed/frame.ts'
import { urls } from '../urls.ts'
import { chartFile, twice, type ChartFile, type ChartLook } from './chart-file.ts'
import { takeChart } from './take.ts'

// A chart that a page shows among others: it can be taken as files, embedded and cited like that of an incident.

/** Name of a chart in its addresses, such as `days/s/youtube`, and what its page was asked for. */
export interface ChartName {
  readonly path: string
  /** Query of the page, with its question mark; absent: none. */
  readonly query?: string
}

/** Everything that the files of a chart and its embedded page say. */
export interface PageChart extends Pick<ChartFile, 'title' | 'simulated' | 'about' | 'drawings'>, ChartName {
  /** What each drawing shows, in sentences that a page has next to it; `about` is what is below all of them. */
  readonly words?: readonly string[]
  /** What it shows as a part of a page: drawings for narrow and broad windows with their legend. */
  readonly body: Markup
  /** The same as rows of a table, under names that programs read. */
  readonly columns: readonly string[]
  readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[]
  /** Page that shows it. */
  readonly page: string
  /** The minute that it speaks of. */
  readonly at: Instant
  /** Height of the frame that shows it whole in a window of 640 units. */
  readonly height: number
}

const csvOf = ({ columns, rows }: Pick<PageChart, 'columns' | 'rows'>): string =>
  encodeCsv({ rows: 'rows', columns: [...columns] }, { rows })

/** Check code of a chart: of the SHA-256 of its table as CSV, byte for byte (docs/methods/check-codes.md). */
export async function chartCode(chart: Pick<PageChart, 'columns' | 'rows'>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(csvOf(chart)))
  return checkCode(parseSha256(Buffer.from(digest).toString('hex')))
}

/** Where it was taken from, of which minute, and its check code. */
const sourceOf = async (lang: Lang, chart: PageChart, frame: Frame): Promise<string> =>
  `${say(lang, 'take.source', {
    at: formatDateTime(lang, chart.at),
    address: typedUrl(frame, chart.page),
  })} ${say(lang, 'take.code')}: ${await chartCode(chart)}`

/** What the charts of a site are drawn for and with; `pictures`: undefined where it has no renderer. */
export interface ChartSources {
  readonly frame: Frame
  readonly pictures: Pictures | undefined
}

/** Under a chart of a page: its files, the line that embeds it, and how it is cited; nothing where there is no chart. */
export async function takePageChart(
  lang: Lang,
  chart: PageChart | undefined,
  { frame, pictures }: ChartSources,
): Promise<Markup> {
  if (chart === undefined || frame.medium !== 'live') return html``
  const citation = [
    ...(chart.simulated ? [say(lang, 'incident.simulated')] : []),
    `${chart.title}.`,
    await sourceOf(lang, chart, frame),
  ]
  return takeChart(
    lang,
    {
      ...(pictures !== undefined
        ? { pictures: { png: urls.chartFile(lang, chart, 'png'), svg: urls.chartFile(lang, chart, 'svg') } }
        : {}),
      csv: urls.chartFile(lang, chart, 'csv'),
      embed: urls.chartEmbed(lang, chart),
      height: chart.height,
      title: chart.title,
      citation: citation.join(' '),
    },
    frame,
  )
}

/** The chart as a file of its own. */
const drawFile = async (lang: Lang, chart: PageChart, frame: Frame, look: ChartLook): Promise<string> =>
  chartFile(
    { ...chart, about: [...(chart.words ?? []), ...chart.about], lang, source: await sourceOf(lang, chart, frame) },
    look,
  )

async function embedOf(lang: Lang, chart: PageChart, frame: Frame): Promise<Markup> {
  const source = await sourceOf(lang, chart, frame)
  const body = html`${chart.body} ${chart.about.map((text) => html`<p class="q">${text}</p>`)}
    <p class="q">${source}</p>`
  return embedded(lang, { title: chart.title, simulated: chart.simulated, more: chart.page, body }, frame)
}

const SVG_TYPE = 'image/svg+xml; charset=utf-8'

/** A chart that addresses lead to: their pattern after the language, and what is found there. */
export interface ChartRoute {
  readonly pattern: string
  /** Undefined where there is no such chart. Throws InputError. */
  readonly find: (lang: Lang, c: Context) => Promise<PageChart | undefined>
}

/** Adds the files of a chart and its page for others to embed; without a renderer only the table and that page. */
export function addPageChart(site: Hono, { pattern, find }: ChartRoute, { frame, pictures }: ChartSources): void {
  for (const lang of LANGS) {
    site.get(`/${lang}/embed/${pattern}`, async (c) => {
      const chart = await find(lang, c)
      if (chart === undefined) return c.notFound()
      return answerBytes(c, String(await embedOf(lang, chart, frame)), EMBED_HEADERS)
    })
    site.get(`/chart/${lang}/${pattern}/:file{chart\\.(?:csv|svg|png)}`, async (c) => {
      const chart = await find(lang, c)
      if (chart === undefined) return c.notFound()
      const form = c.req.param('file').slice('chart.'.length)
      if (form === 'csv') {
        const name = `${chart.simulated ? 'simulated-' : ''}kuager-${chart.path.replaceAll(/[^\w.-]+/g, '-').slice(0, 150)}.csv`
        return answerBytes(c, csvOf(chart), {
          ...OPEN_TO_PAGES,
          'content-type': 'text/csv; charset=utf-8; header=present',
          'content-disposition': `attachment; filename="${name}"`,
        })
      }
      if (pictures === undefined) return c.notFound()
      const draw = (): Promise<string> => drawFile(lang, chart, frame, pictures)
      if (form === 'svg') return answerFile(c, new TextEncoder().encode(await draw()), SVG_TYPE)
      // The same rows make the same picture.
      const key = `chart ${lang} ${chart.path}${chart.query ?? ''} ${await chartCode(chart)}`
      return answerPicture(
        c,
        { key, kind: 'made-up', draw: async () => twice(await draw()) },
        { lang, frame, pictures },
      )
    })
  }
}
