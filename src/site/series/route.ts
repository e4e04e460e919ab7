import type { Context, Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { anchor } from '../../core/model/incident/bounds.ts'
import { serviceName } from '../../core/text/names.ts'
import { MECHANISMS } from '../../core/model/measured/mechanism.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { formatAsn, instant, type Asn, type Instant } from '../../core/model/units.ts'
import type { ApartPoint } from '../../store/warehouse/contract.ts'
import { availabilitySentence } from '../../core/text/sentence/availability.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { distinctDevices, type SeriesPoints } from '../api/bodies.ts'
import { dayAfter, daysBetween, homeDay, homeMidnight } from '../../core/text/home-day.ts'
import type { Board } from '../now/board.ts'
import { named } from '../incident/route.ts'
import type { LastData } from '../last-data.ts'
import { seriesPage, type SeriesEntry, type SeriesView } from './page.ts'
import { isKnownService } from '../known-service.ts'
import { lastDays, parseSeries, type ChosenPeriod } from '../query.ts'
import { answerPage } from '../respond.ts'
import { measuredDays } from './days.ts'
import type { SiteOptions } from '../site-options.ts'
import { openSpeak } from '../spoken.ts'
import type { Pictures } from '../cards/pictures.ts'
import { networkLabel } from '../../core/text/sentence/verdict.ts'
import { stripChart } from '../now/strip-chart.ts'
import { addPageChart, takePageChart, type ChartRoute, type PageChart } from '../take/page-chart.ts'
import { topicPath, urls } from '../urls.ts'
import type { StripView } from '../parts/strips.ts'
import { periodState, touches } from '../now/period-state.ts'
import { dayLinksOf, stripDays, stripView } from '../now/strip-view.ts'

/** Measurements that a series page lists at most. */
const MOST_POINTS = 500
/** How many excluded measurements are shown: anyone may send any number. */
const MOST_APART = 100

/** Days offered next to the form, ending on the last day with data. */
const CHOICES = [7, 30, 90] as const
/** Days drawn at most: the columns of more are too narrow to be read. */
const MOST_DRAWN = 92

/** Measurements of one service on one network: its pages. */
export function addSeriesPages(site: Hono, options: SiteOptions, { lastData, board, pictures }: SeriesSources): void {
  const { frame } = options
  const asked = async (lang: Lang, c: Context): Promise<SeriesView> => {
    const { service = '', network = '' } = c.req.param()
    const days = c.req.query()
    const last = await lastData()
    const fallback = Object.keys(days).length === 0 ? lastDays(last, 7).days : days
    const chosen = parseSeries({ ...fallback, service, network })
    return seriesView(lang, chosen, { ...options, last, board: await board() })
  }
  const find: ChartRoute['find'] = async (lang, c) => seriesChart(lang, await asked(lang, c))
  addPageChart(site, { pattern: 'days/s/:service/:network', find }, { frame, pictures })
  for (const lang of LANGS)
    site.get(`/${lang}/s/:service/:network`, async (c) => {
      const view = await asked(lang, c)
      const isEmpty = view.total === 0 && view.apart.total === 0 && view.incidents.length === 0
      if (isEmpty && !(await isKnownService(view.service, options))) return c.notFound()
      const takeDays = await takePageChart(lang, seriesChart(lang, view), { frame, pictures })
      return answerPage(c, seriesPage(lang, { ...view, takeDays }), frame)
    })
}

interface SeriesSources {
  readonly lastData: LastData
  readonly board: () => Promise<Board>
  readonly pictures: Pictures | undefined
}

/** The days of the page as a chart to be taken; undefined where nothing was measured. */
function seriesChart(lang: Lang, view: SeriesView): PageChart | undefined {
  const { strip, service, asn, days } = view
  return strip === undefined
    ? undefined
    : stripChart(lang, {
        path: `days/${topicPath({ service })}/${formatAsn(asn)}`,
        query: `?${new URLSearchParams({ ...days }).toString()}`,
        page: urls.series(lang, service, asn, days),
        at: view.now.asOf,
        simulated: view.simulated,
        subject: `${view.serviceName}. ${networkLabel(lang, asn, view.networkName)}`,
        list: [{ ...strip, title: view.serviceName, of: { service, asn } }],
        of: 'service',
      })
}

type SeriesContext = SiteOptions & { readonly last: Instant; readonly board: Board }

async function seriesView(lang: Lang, chosen: Series, options: SeriesContext): Promise<SeriesView> {
  const { warehouse, names, board, last } = options
  const { service, asn } = chosen
  const { points, apart } = await seriesPoints(warehouse, chosen)
  const networkName = names.networkName(asn)
  // Of real measurements where there are both kinds.
  const isSimulated = points.every((point) => point.simulated)
  const found =
    points.length === 0 ? undefined : await options.availability?.({ service, asn, simulated: isSimulated }, chosen)
  const availability = found === undefined ? undefined : availabilitySentence(lang, found)
  const simulated = [...points, ...apart.newest].some((point) => point.simulated)
  const current = (await options.incidents?.current()) ?? []
  const incidents = (await openSpeak(async () => board, options.clock)(current))
    .filter(
      (one) => one.service === service && one.asn === asn && (points.length === 0 || one.simulated === isSimulated),
    )
    .filter((one) => touches(one, chosen))
    .toSorted((a, b) => (anchor(b) ?? b.revisedAt) - (anchor(a) ?? a.revisedAt))
  const isEmpty = points.length === 0 && apart.total === 0 && incidents.length === 0
  const { incident, ...cell } = board.cell(service, asn)
  return {
    ...defined({ availability }),
    service,
    serviceName: serviceName(names, service),
    asn,
    ...defined({ networkName }),
    days: chosen.days,
    period: { first: chosen.since, last: instant(chosen.until - 1) },
    choices: CHOICES.map((count) => ({ count, days: lastDays(last, count).days })),
    now: {
      asOf: board.asOf,
      simulated: board.simulated,
      ...cell,
      ...(incident === undefined ? {} : { incident: named(incident, names) }),
    },
    ...daysOf(lang, chosen, { points, incidents, last, asOf: board.asOf }),
    incidents: incidents.map((one) => named(one, names)),
    total: points.length,
    devices: distinctDevices(points),
    entries: points
      .toSorted((a, b) => b.at - a.at)
      .slice(0, MOST_POINTS)
      .map(knownWords),
    apart: { total: apart.total, entries: apart.newest.map(knownWords) },
    simulated: isEmpty ? board.simulated : simulated || incidents.some((one) => one.simulated),
  }
}

interface OfDays {
  readonly points: SeriesPoints['points']
  readonly incidents: readonly Incident[]
  /** Time of the newest data, and the present that the board speaks of. */
  readonly last: Instant
  readonly asOf: Instant
}

/** What the page says and draws of its days. Days that do not reach the present have an answer of their own. */
function daysOf(lang: Lang, chosen: Series, of: OfDays): Pick<SeriesView, 'strip' | 'past' | 'byDay'> {
  const strip = of.points.length === 0 ? undefined : drawn(lang, chosen, of)
  const byDay = strip === undefined ? undefined : datedDays(strip)
  if (chosen.since <= of.asOf && of.asOf < chosen.until) return defined({ strip, byDay })
  const kinds = { reachable: 0, interfered: 0, unreachable: 0, inconclusive: 0, 'not-judged': 0 }
  for (const { kind } of of.points) kinds[kind]++
  const { shut = 0, part = 0, slow = 0 } = strip?.restricted ?? {}
  return {
    ...defined({ strip, byDay }),
    past: { state: periodState(kinds, of.incidents, chosen), restricted: shut + part + slow, days: strip?.days ?? 0 },
  }
}

/** Days of a strip with their dates, the newest first. */
const datedDays = (strip: StripView): SeriesView['byDay'] =>
  stripDays(strip)
    .map(({ day, ...rest }) => ({ ...rest, date: dayAfter(homeDay(strip.first), day) }))
    .toReversed()

/** The days of the period as a strip, the last of them where there are too many. */
function drawn(lang: Lang, chosen: Series, of: OfDays): StripView {
  const days = Math.min(MOST_DRAWN, daysBetween(chosen.days.since, chosen.days.until))
  const since = homeMidnight(dayAfter(chosen.days.until, 1 - days))
  const until = instant(Math.min(chosen.until, of.last + 1))
  const measured = measuredDays(chosen, of.points, since)
  const incidents = of.incidents.filter(({ withdrawn }) => !withdrawn)
  const view = stripView({ title: '', since, until, days, measured, incidents })
  if (days < 2) return view
  return { ...view, dayLinks: dayLinksOf(lang, view, (day) => urls.series(lang, chosen.service, chosen.asn, day)) }
}

/** A point of a series without a mechanism that has no words. */
function knownWords({ mechanism: word, ...point }: ApartPoint): SeriesEntry {
  const mechanism = MECHANISMS.find((known) => known === word)
  return { ...point, ...defined({ mechanism }) }
}

type Series = ChosenPeriod & { readonly service: string; readonly asn: Asn }

async function seriesPoints(warehouse: SiteOptions['warehouse'], chosen: Series): Promise<SeriesPoints> {
  const { service, asn, since, until } = chosen
  const [points, apart] = await Promise.all([
    warehouse.series(service, asn, chosen),
    warehouse.keptApart(service, asn, { since, until, most: MOST_APART }),
  ])
  return { points, apart }
}
