import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { MINUTE_MS, DAY_MS, HOUR_MS, WEEK_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant, parseAsn, type Asn } from '../../core/model/units.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import type { Board } from '../now/board.ts'
import { minuteText, serviceCode } from '../code/codes.ts'
import { isKnownService } from '../known-service.ts'
import type { PeopleRow, PeopleView } from './page/people.ts'
import { hasPage, type PlaceView } from './page/parts.ts'
import type { Pictures } from '../cards/pictures.ts'
import { readTopic, topicName, topicPage } from '../embed/topic.ts'
import { openHours } from './hours.ts'
import { hoursChart, type HoursView } from './page/hours.ts'
import { addPageChart, takePageChart, type ChartRoute, type PageChart } from '../take/page-chart.ts'
import { placeCode, placesAt } from './state.ts'
import { networkPage } from './page/network.ts'
import { servicePage } from './page/service.ts'
import { curveView } from './curve.ts'
import { curveChart } from './page/curve.ts'
import { networkView, placeSeries, placeStripChart, serviceView, servicesOn, type PlaceParts } from './view.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { topicPath, urls, type Topic } from '../urls.ts'
import { serviceName, type Names } from '../../core/text/names.ts'
import type { CrowdSignal } from '../../core/model/people/crowd-check.ts'
import type { PeopleReports } from './people-reports.ts'
import type { PublishedCell } from '../../core/model/people/report-cell.ts'

const pageSchema = z.strictObject({
  page: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .optional(),
})
/** What a warehouse row may be about; anything else was never measured. */
const SERVICE = /^(?:[a-z][a-z0-9-]{0,62}|(?:web|test):[\x21-\x7e]{1,260})$/

/** Reads which page of past incidents is wanted. Throws InputError. */
function parsePage(values: Readonly<Record<string, string>>): number {
  const parsed = pageSchema.safeParse(values)
  if (parsed.success) return Number(parsed.data.page ?? '1')
  const known = parsed.error.issues[0]?.path[0] === 'page'
  throw new InputError(`Cannot read query, ${known ? 'page' : 'unknown part'}: not as expected`, {
    code: known ? 'query.invalid' : 'query.unknown',
    path: known ? 'page' : 'query',
    expected: known ? 'the number of a page' : 'only page',
  })
}

/**
 * Minutes of the day that cards of "now" are drawn for: a picture is drawn once for all who share within 15 minutes.
 */
const CARD_STEP = 15 * MINUTE_MS

/** Adds the page of each service and that of each network. */
export function addPlacePages(site: Hono, given: SiteOptions, { board, pictures }: PlaceSources): void {
  const hours = openHours(given)
  const options = { ...given, pictures, hours }
  for (const lang of LANGS) {
    site.get(`/${lang}/s/:service`, (c) => answerService(lang, c, options, board))
    site.get(`/${lang}/n/:network`, (c) => answerNetwork(lang, c, options, board))
  }
  const chartRoute = (
    kind: string,
    chartOf: (lang: Lang, topic: Topic) => Promise<PageChart | undefined>,
  ): ChartRoute => ({
    pattern: `${kind}/:kind{[sn]}/:name`,
    find: async (lang, c) => {
      const topic = readTopic(`${c.req.param('kind') ?? ''}/${c.req.param('name') ?? ''}`)
      return topic === undefined ? undefined : chartOf(lang, topic)
    },
  })
  const parts = async (): Promise<{ readonly board: Board; readonly names: Names }> => ({
    board: await board(),
    names: options.names,
  })
  addPageChart(
    site,
    chartRoute('days', async (lang, topic) => placeStripChart(lang, await parts(), topic)),
    options,
  )
  addPageChart(
    site,
    chartRoute('hours', async (lang, topic) =>
      placeHoursChart(lang, topic, { names: options.names, hours: await hours(topic, await parts()) }),
    ),
    options,
  )
  const { people: reports, names } = options
  if (reports === undefined) return
  addPageChart(
    site,
    chartRoute('reports', async (lang, topic) => {
      const view = await peopleView(lang, topic, { reports, board: await board(), names, isLive: true })
      return curveOf(lang, topic, view, names)
    }),
    options,
  )
}

/** The reports of a place by hour as a chart to be taken; undefined where none is drawn. */
const curveOf = (
  lang: Lang,
  topic: Topic,
  { curve }: Pick<PeopleView, 'curve'>,
  names: Names,
): PageChart | undefined =>
  curve === undefined
    ? undefined
    : curveChart(lang, curve, {
        path: `reports/${topicPath(topic)}`,
        page: `${topicPage(lang, topic)}#people`,
        subject: topicName(lang, topic, names),
      })

/** The hours of a place as a chart to be taken. */
const placeHoursChart = (
  lang: Lang,
  topic: Topic,
  { names, hours }: { readonly names: Names; readonly hours: HoursView },
): PageChart | undefined =>
  hoursChart(lang, hours, {
    path: `hours/${topicPath(topic)}`,
    page: `${topicPage(lang, topic)}#hours`,
    subject: topicName(lang, topic, names),
  })

interface PlaceSources {
  readonly board: () => Promise<Board>
  readonly pictures: Pictures | undefined
}

type PlaceOptions = SiteOptions & Pick<PlaceSources, 'pictures'> & { readonly hours: ReturnType<typeof openHours> }

/** Charts of a page that take more than the board, and what is below each chart. */
async function chartsOf(
  lang: Lang,
  topic: Topic,
  board: Board,
  options: PlaceOptions,
): Promise<Pick<PlaceView, 'takeDays' | 'takeHours' | 'hours'>> {
  const { names } = options
  const hours = await options.hours(topic, { board, names })
  return {
    takeDays: await takePageChart(lang, placeStripChart(lang, { board, names }, topic), options),
    hours,
    takeHours: await takePageChart(lang, placeHoursChart(lang, topic, { names, hours }), options),
  }
}

async function partsOf(
  c: Context,
  { incidents, names }: SiteOptions,
  board: () => Promise<Board>,
): Promise<PlaceParts> {
  const page = parsePage(c.req.query())
  const [now, current, episodes] = await Promise.all([board(), incidents?.current() ?? [], incidents?.episodes() ?? []])
  return { board: now, names, incidents: current, episodes, page }
}

async function answerService(
  lang: Lang,
  c: Context,
  options: PlaceOptions,
  board: () => Promise<Board>,
): Promise<Response> {
  const service = c.req.param('service') ?? ''
  if (!SERVICE.test(service)) return c.notFound()
  const parts = await partsOf(c, options, board)
  const listed = options.names.services.some(({ id }) => id === service)
  const record = options.claims?.record
  const at = instant(Math.floor(parts.board.asOf / CARD_STEP) * CARD_STEP)
  const card = listed && options.cards !== undefined ? urls.serviceCard(lang, service, minuteText(at)) : undefined
  const view = serviceView(lang, {
    ...parts,
    service,
    ...defined({ record, card }),
  })
  const known = view.rows.length > 0 || view.past.length > 0 || (await isKnownService(service, options))
  if (!known || !hasPage(parts.page, view.past.length)) return c.notFound()
  const people = await peopleOf(lang, { service }, { options, board: parts.board })
  const charts = await chartsOf(lang, { service }, parts.board, options)
  const minute = instant(Math.floor(parts.board.asOf / MINUTE_MS) * MINUTE_MS)
  const code = listed
    ? serviceCode(service, minute, await placeCode(await placesAt({ service }, minute, options)))
    : undefined
  return answerPage(c, servicePage(lang, { ...view, ...people, ...charts, ...defined({ code }) }), options.frame)
}

async function answerNetwork(
  lang: Lang,
  c: Context,
  options: PlaceOptions,
  board: () => Promise<Board>,
): Promise<Response> {
  const asn = parseAsn(c.req.param('network'))
  const parts = await partsOf(c, options, board)
  const known = options.names.networkName(asn) !== undefined || parts.board.networks.some((one) => one.asn === asn)
  if (asn === 0 || !(known || parts.incidents.some((one) => one.asn === asn))) return c.notFound()
  const view = networkView(lang, { ...parts, asn, apart: await apartOn(asn, parts, options) })
  if (!hasPage(parts.page, view.past.length)) return c.notFound()
  const people = await peopleOf(lang, { asn }, { options, board: parts.board })
  const charts = await chartsOf(lang, { asn }, parts.board, options)
  return answerPage(c, networkPage(lang, { ...view, ...people, ...charts }), options.frame)
}

/** What people say of a place, where reports are taken. */
async function peopleOf(
  lang: Lang,
  about: Topic,
  { options, board }: { readonly options: PlaceOptions; readonly board: Board },
): Promise<{ readonly people?: PeopleView }> {
  const { people, checks, names, log } = options
  if (people === undefined) return {}
  const isLive = options.frame.medium === 'live'
  const parts = { reports: people, board, names, isLive, ...defined({ checks }) }
  try {
    const view = await peopleView(lang, about, parts)
    return { people: { ...view, takeCurve: await takePageChart(lang, curveOf(lang, about, view, names), options) } }
  } catch (error) {
    // What was measured is shown also where what people say cannot be read.
    log.error({ error }, 'reports of a page could not be read')
    return {}
  }
}

/** Measurements of listed services excluded on a network in the days of the board. */
async function apartOn(asn: Asn, parts: PlaceParts, { warehouse }: SiteOptions): Promise<number> {
  const { since, asOf: until, simulated } = parts.board
  const counts = await Promise.all(
    servicesOn(parts, asn).listed.map((service) => warehouse.apart(service, asn, { since, until, simulated })),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Reports are counted for so long before the present, signals are shown for so long. */
const REPORTS_MS = DAY_MS
const SIGNALS_MS = WEEK_MS
/** Signals on one page. */
const MOST_SIGNALS = 6
/** Series whose hours are drawn below those of reports. */
const MOST_LANES = 6
/** Texts on one page. */
const MOST_NOTES = 5

interface PeopleParts {
  readonly reports: PeopleReports
  readonly checks?: () => Promise<readonly CrowdSignal[]>
  readonly board: Board
  readonly names: Names
  /** Whether a server answers questions: not in a copy. */
  readonly isLive: boolean
}

/**
 * What people say about a service or a network, next to what probes see of the same. Nothing of it enters a verdict.
 */
async function peopleView(lang: Lang, about: Topic, parts: PeopleParts): Promise<PeopleView> {
  const { board, reports, names, isLive } = parts
  const until = instant(Math.ceil(board.asOf / HOUR_MS) * HOUR_MS)
  const [cells, usual, signals, checks, notes] = await Promise.all([
    reports.cells({ since: instant(until - REPORTS_MS), until }),
    reports.usual(about, until),
    reports.signals(),
    parts.checks?.() ?? [],
    'service' in about ? reports.notes(about.service) : [],
  ])
  const own = cells.filter((cell) => isAbout(cell, about))
  const named = own.filter(({ asn }) => asn !== undefined)
  const beside = checks.filter((one) => isAbout(one, about))
  const keyOf = (one: { readonly service: string; readonly asn?: Asn; readonly said?: boolean }): string =>
    `${one.service} ${one.asn ?? 0} ${one.said === true}`
  const keys = new Map([...named, ...beside].map((one) => [keyOf(one), one]))
  const rows = [...keys].map(([key, { service, asn, ...rest }]): PeopleRow => {
    const said = 'said' in rest && rest.said === true
    const cell = asn === undefined ? undefined : board.cell(service, asn)
    const found = said ? undefined : beside.find((one) => keyOf(one) === key)
    return {
      name: 'service' in about ? networkName(asn, board, names) : serviceName(names, service),
      ...('service' in about && asn !== undefined ? { number: `AS${asn}` } : {}),
      ...(asn === undefined ? {} : { href: urls.series(lang, service, asn) }),
      said,
      reports: sum(named.filter((one) => keyOf(one) === key)),
      ...defined({ fails: found?.fails, opens: found?.opens }),
      ...(cell === undefined || said ? {} : { state: cell.state, devices: cell.devices }),
    }
  })
  const { list: series } = placeSeries({ board, names }, about, MOST_LANES)
  const curve = curveView(lang, { board, cells: own, usual, until, settled: reports.settled(), series })
  return {
    ...defined({ curve }),
    simulated: board.simulated,
    asOf: board.asOf,
    rows: rows.toSorted((a, b) => b.reports - a.reports),
    elsewhere: sum(own.filter(({ asn }) => asn === undefined)),
    signals: signals
      .filter((one) => isAbout(one, about) && one.began[0] >= board.asOf - SIGNALS_MS && one.began[0] <= board.asOf)
      .slice(0, MOST_SIGNALS)
      .map((signal) => ({
        ...signal,
        name:
          'asn' in about
            ? serviceName(names, signal.service)
            : signal.asn === undefined
              ? undefined
              : networkName(signal.asn, board, names),
      })),
    notes: notes.slice(0, MOST_NOTES),
    report: urls.report(lang, isLive ? about : {}),
    data: urls.apiReports(about),
  }
}

const sum = (cells: readonly PublishedCell[]): number => cells.reduce((total, { count }) => total + count, 0)

/** A page of a network speaks of what addresses show to be on it. */
const isAbout = (
  one: { readonly service: string; readonly asn?: Asn; readonly said?: boolean },
  about: Topic,
): boolean => ('service' in about ? one.service === about.service : one.asn === about.asn && one.said !== true)

function networkName(asn: Asn | undefined, board: Board, names: Names): string {
  const name = board.networks.find((one) => one.asn === asn)?.name ?? (asn === undefined ? '' : names.networkName(asn))
  return name === undefined || name === '' ? `AS${asn}` : name
}
