import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Instant } from '../../core/model/units.ts'
import { formatDateTime, formatPeriod } from '../../core/text/time.ts'
import { typedUrl, type Frame } from '../../web/html/frame.ts'
import { chartFile, type ChartLook } from '../take/chart-file.ts'
import type { ChartFiles } from '../take/take.ts'
import { urls } from '../urls.ts'
import { chartNotes, panelSheet } from './page/figure.ts'
import { drawn } from './page/picture.ts'
import { serviceText, type ExploreView } from './page/words.ts'

/** What the chart is of, in a sentence without its days. */
export const exploreTitle = (lang: Lang, view: ExploreView): string =>
  `${view.asked.services.map((id) => serviceText(view, id)).join(', ')}: ${say(lang, `explore.value.${view.asked.value}`)}`

const daysText = (lang: Lang, { periods }: ExploreView): string =>
  periods.map(({ first, last }) => formatPeriod(lang, first, last)).join(' / ')

/** Where it was taken from, and at which minute. */
export const exploreSource = (lang: Lang, view: ExploreView, { at, frame }: Taken): string =>
  say(lang, 'take.source', { at: formatDateTime(lang, at), address: typedUrl(frame, urls.explore(lang, view.asked)) })

interface Taken {
  readonly at: Instant
  readonly frame: Frame
}

/** Addresses of the files of this choice. */
export function exploreFiles(
  lang: Lang,
  view: ExploreView,
  { hasPictures, ...taken }: Taken & { readonly hasPictures: boolean },
): ChartFiles {
  const { asked } = view
  const title = `${exploreTitle(lang, view)}. ${daysText(lang, view)}`
  const isDrawn = hasPictures && asked.chart !== 'table'
  return {
    ...(isDrawn
      ? { pictures: { png: urls.exploreFile(lang, asked, 'png'), svg: urls.exploreFile(lang, asked, 'svg') } }
      : {}),
    csv: urls.asCsv(urls.apiExplored(asked)),
    embed: urls.exploreEmbed(lang, asked),
    height: 420,
    title,
    citation: `${view.simulated ? `${say(lang, 'incident.simulated')} ` : ''}${title}. ${exploreSource(lang, view, taken)}`,
  }
}

/** The chart as a file of its own. */
export function drawExploreFile(
  lang: Lang,
  view: ExploreView,
  { look, ...taken }: Taken & { readonly look: ChartLook },
): string {
  const sheets = view.periods.flatMap((period) =>
    period.panels.map((panel) => ({ period, sheet: panelSheet(lang, view, panel) })),
  )
  const isSingle = view.periods.length === 1
  return chartFile(
    {
      lang,
      title: isSingle ? `${exploreTitle(lang, view)}. ${daysText(lang, view)}` : exploreTitle(lang, view),
      simulated: view.simulated,
      about: chartNotes(lang, view),
      drawings: sheets.flatMap(({ period, sheet }) =>
        sheet.drawings.map(({ heading, lines }, index) => {
          const days = isSingle ? '' : formatPeriod(lang, period.first, period.last)
          const words = [days, sheet.title, heading].filter((text) => text !== '').join('. ')
          return {
            svg: drawn(lang, view, { period, lines, shape: 'broad' }),
            heading: words,
            ...(index === 0 ? { legend: sheet.legend } : {}),
          }
        }),
      ),
      source: exploreSource(lang, view, taken),
    },
    look,
  )
}
