import { formatAsn } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { dayAfter, homeDay } from '../../core/text/home-day.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatPeriod } from '../../core/text/time.ts'
import { stripKey, stripSheet } from '../parts/strip-sheet.ts'
import { sliverText, strips, stripWords, type StripsOf, type StripView } from '../parts/strips.ts'
import type { PageChart } from '../take/page-chart.ts'
import { stripDays } from './strip-view.ts'

/** What strips of a page are of, and where. */
export interface StripChartParts extends Pick<PageChart, 'path' | 'query' | 'page' | 'at' | 'simulated'> {
  readonly subject: string
  readonly list: readonly StripView[]
  readonly of: StripsOf
}

const rounded = (hours: number): number => Math.round(hours * 100) / 100

/** Strips of a page as a chart to be taken; undefined where there is none. */
export function stripChart(lang: Lang, { subject, list, of, ...parts }: StripChartParts): PageChart | undefined {
  const [first] = list
  if (first === undefined) return undefined
  const note = sliverText(lang, list)
  return {
    ...parts,
    title: `${say(lang, 'days.chart', { subject })}. ${formatPeriod(lang, first.first, first.last)}`.replace(/\.$/, ''),
    words: list.map((view) => `${view.title}. ${stripWords(lang, view).join('. ')}.`),
    about: [say(lang, 'board.days-about'), ...(note === undefined ? [] : [note])],
    drawings: [{ svg: stripSheet(lang, list), legend: stripKey(lang) }],
    // The page of another site has one way to this one.
    body: strips(lang, list, { of, isLinked: false }),
    columns: ['service', 'network', 'day', 'state', 'restricted_hours', 'no_data_hours', 'simulated'],
    rows: list.flatMap((view) =>
      stripDays(view).map(({ day, state, restrictedHours, noDataHours }) => ({
        service: view.of?.service ?? '',
        network: view.of?.asn === undefined ? 'all' : formatAsn(view.of.asn),
        day: dayAfter(homeDay(view.first), day),
        state,
        restricted_hours: rounded(restrictedHours),
        no_data_hours: rounded(noDataHours),
        simulated: parts.simulated,
      })),
    ),
    height: 400 + 276 * Math.ceil(list.length / 2),
  }
}
