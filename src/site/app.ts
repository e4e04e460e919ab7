import { Hono, type Context } from 'hono'
import { MECHANISMS } from '../model/mechanism.ts'
import { InputError } from '../model/errors.ts'
import { instant, parseAsn, parseSha256, type Asn, type Instant, type Sha256 } from '../model/units.ts'
import type { Archive } from '../store/archive/contract.ts'
import type { ApartPoint, MatrixCell, Period, Warehouse } from '../store/warehouse/contract.ts'
import type { Clock } from '../sys/clock.ts'
import type { Log } from '../sys/log.ts'
import { availabilitySentence, type AvailabilityParts } from '../text/availability-sentence.ts'
import { say } from '../text/format.ts'
import { isLang, LANGS, negotiateLang, type Lang } from '../text/lang.ts'
import { networkLabel } from '../text/sentence.ts'
import { formatDateTime } from '../text/time.ts'
import { devicesOf, matrixBody, measurementBody, seriesBody, type SeriesPoints } from './api.ts'
import type { Asset } from './asset.ts'
import { addCollector } from './collector.ts'
import { SECURITY_HEADERS } from './headers.ts'
import { addClaimPages, type ClaimPagesOptions } from './claims-pages.ts'
import { addIncidentPages, named, runningIncidents, type ReadableIncidents } from './incident-pages.ts'
import type { Findings, SiteRecord } from './incident-around.ts'
import { matrixView, serviceName, type Names } from './matrix-view.ts'
import { measurementView, publicJson, type PublicForm } from './measurement-view.ts'
import { renderFirst, type LatestMeasurement } from './pages/first.ts'
import type { Markup } from './pages/mark.ts'
import { renderMeasurement } from './pages/measurement.ts'
import { renderProblem, type ProblemView } from './pages/problem.ts'
import { renderSeries, type SeriesEntry } from './pages/series.ts'
import { lastDays, parseDays, parseSeries, type Chosen } from './query.ts'
import type { CollectorOptions } from './submissions.ts'
import { urls } from './urls.ts'

export interface SiteOptions {
  readonly warehouse: Pick<
    Warehouse,
    'matrix' | 'series' | 'keptApart' | 'readings' | 'apart' | 'measurement' | 'observations'
  >
  readonly archive: Pick<Archive, 'read'>
  /** The journal of incidents; absent: the site shows measurements alone. */
  readonly incidents?: ReadableIncidents
  /** Events and statements beside the incidents. */
  readonly record?: SiteRecord
  /** The page of statements, with how their claims are judged. */
  readonly claims?: Pick<ClaimPagesOptions, 'record' | 'coverage' | 'judge'>
  /** How much of a period a series was without restriction; absent: the page of a series does not say. */
  readonly availability?: (
    series: { readonly service: string; readonly asn: Asn; readonly simulated: boolean },
    period: Period,
  ) => Promise<AvailabilityParts | undefined>
  readonly names: Names
  readonly publicForm: PublicForm
  readonly assets: readonly Asset[]
  /** Takes measurements of probes; absent: the site shows and takes nothing. */
  readonly collector?: CollectorOptions
  readonly clock: Clock
  readonly log: Log
}

/** How many of the newest measurements the first page lists, and a series page at most. */
const MOST_LATEST = 10
const MOST_POINTS = 500
/** How many of what is kept apart are shown: anybody may send any number. */
const MOST_APART = 100
/** How long the day of the newest data is remembered: a page may lag behind it by as much. */
const LAST_DATA_MS = 60_000

type Status = 400 | 404 | 410 | 500

/**
 * The site and its JSON interface over the given stores. It opens nothing itself, keeps nothing of a request,
 * sets no cookie, and logs neither addresses nor paths with a query.
 */
export function createSite(options: SiteOptions): Hono {
  const site = new Hono()
  const lastData = rememberLastData(options)
  site.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value)
  })
  addAssets(site, options.assets)
  if (options.collector !== undefined) addCollector(site, options.collector)
  addInterface(site, options, lastData)
  addPages(site, options, lastData)
  const { incidents } = options
  if (incidents !== undefined) addRecord(site, { ...options, incidents })
  site.notFound((c) => notFound(c))
  site.onError((error, c) => {
    if (error instanceof InputError) return badRequest(c, error)
    options.log.error({ error, route: c.req.routePath }, 'a page could not be made')
    const lang = langOf(c)
    return answerProblem(c, 500, 'server.fault', {
      heading: say(lang, 'problem.broken'),
      lines: [say(lang, 'problem.broken-about')],
    })
  })
  return site
}

/** Pages of incidents, and of what was said of them. */
function addRecord(site: Hono, options: SiteOptions & Required<Pick<SiteOptions, 'incidents'>>): void {
  const { claims, incidents, names } = options
  if (claims === undefined) return addIncidentPages(site, options)
  const findings = async (): Promise<Findings> => {
    const [current, coverage] = await Promise.all([incidents.current(), claims.coverage()])
    const judged = claims.judge(claims.record.statements, { incidents: current, coverage })
    return new Map(judged.map(({ claim, finding }) => [claim, finding]))
  }
  addIncidentPages(site, { ...options, findings })
  addClaimPages(site, { ...claims, incidents, names })
}

type LastData = () => Promise<Instant>

/** Time of the newest measurement; now where there is none. A claimed time in the future counts as now. */
function rememberLastData({ warehouse, clock }: SiteOptions): LastData {
  let known: { readonly at: Instant; readonly until: number } | undefined
  return async () => {
    const now = clock.now()
    if (known !== undefined && clock.monotonic() < known.until) return known.at
    const week = lastDays(now, 7)
    const newest = (cells: readonly MatrixCell[]): number =>
      cells.reduce((most, cell) => Math.max(most, cell.latest), 0)
    const recent = newest(await warehouse.matrix(week))
    const found = recent > 0 ? recent : newest(await warehouse.matrix({ since: instant(0), until: week.until }))
    const at = found > 0 ? instant(Math.min(found, now)) : now
    known = { at, until: clock.monotonic() + LAST_DATA_MS }
    return at
  }
}

function addAssets(site: Hono, assets: readonly Asset[]): void {
  const byPath = new Map(assets.map((asset) => [asset.path, asset]))
  site.get('/assets/*', async (c): Promise<Response> => {
    const asset = byPath.get(c.req.path.slice('/assets/'.length))
    if (asset === undefined) return notFound(c)
    c.header('etag', asset.etag)
    c.header('cache-control', 'public, max-age=3600')
    if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304)
    return c.body(asset.bytes, 200, { 'content-type': asset.mediaType })
  })
}

function addInterface(site: Hono, options: SiteOptions, lastData: LastData): void {
  const { warehouse, names } = options
  site.get('/api/v1/matrix', async (c) => {
    const chosen = await chooseDays(c.req.query(), lastData)
    return c.json(matrixBody(await warehouse.matrix(chosen), chosen, names))
  })
  site.get('/api/v1/series', async (c) => {
    const chosen = parseSeries(c.req.query())
    return c.json(seriesBody(await seriesPoints(warehouse, chosen), chosen, names))
  })
  site.get('/api/v1/measurement/:id', async (c) => {
    const id = parseSha256(c.req.param('id'))
    const stored = await warehouse.measurement(id)
    return stored === undefined ? gone(c, options, id) : c.json(measurementBody(stored, names))
  })
  site.get('/m/:file{[0-9a-f]+\\.json}', async (c) => {
    const id = parseSha256(c.req.param('file').slice(0, -'.json'.length))
    const archived = await options.archive.read(id)
    if (archived?.kind !== 'blob') return gone(c, options, id)
    // Shown once its verdict stands: until then nobody has said whether it is simulated.
    const stored = await warehouse.measurement(id)
    if (stored === undefined) return gone(c, options, id)
    const json = publicJson(archived, options.publicForm, stored.head.simulated)
    if (json.kind === 'absent') return notFound(c)
    return c.body(json.text, 200, {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${id}.json"`,
    })
  })
}

const chooseDays = async (query: Readonly<Record<string, string>>, lastData: LastData): Promise<Chosen> => {
  const last = Object.keys(query).length === 0 ? await lastData() : instant(0)
  return parseDays(query, () => lastDays(last, 7))
}

function addPages(site: Hono, options: SiteOptions, lastData: LastData): void {
  const { warehouse, names } = options
  site.get('/', (c) => {
    c.header('vary', 'accept-language')
    return c.redirect(urls.first(negotiateLang(c.req.header('accept-language'))), 302)
  })
  for (const lang of LANGS) {
    site.get(`/${lang}`, (c) => c.redirect(urls.first(lang), 301))
    site.get(`/${lang}/`, async (c) => {
      const chosen = await chooseDays(c.req.query(), lastData)
      const cells = await warehouse.matrix(chosen)
      const context = { chosen, names, lastData: await lastData(), latest: await latestOf(lang, cells, options) }
      const current = await options.incidents?.current()
      const running = current === undefined ? undefined : runningIncidents(current).map((one) => named(one, names))
      return page(
        c,
        renderFirst(lang, matrixView(cells, { ...context, ...(running === undefined ? {} : { running }) })),
      )
    })
    site.get(`/${lang}/s/:service/:network`, async (c) => {
      const { service, network } = c.req.param()
      const days = c.req.query()
      const fallback = Object.keys(days).length === 0 ? lastDays(await lastData(), 7).days : days
      const chosen = parseSeries({ ...fallback, service, network })
      const { points, apart } = await seriesPoints(warehouse, chosen)
      const networkName = names.networkName(chosen.asn)
      // Of real measurements where there are both kinds.
      const series = { service: chosen.service, asn: chosen.asn, simulated: points.every((point) => point.simulated) }
      const found = points.length === 0 ? undefined : await options.availability?.(series, chosen)
      const availability = found === undefined ? undefined : availabilitySentence(lang, found)
      return page(
        c,
        renderSeries(lang, {
          ...(availability === undefined ? {} : { availability }),
          service: chosen.service,
          serviceName: serviceName(names, chosen.service),
          asn: parseAsn(network),
          ...(networkName === undefined ? {} : { networkName }),
          days: chosen.days,
          period: { first: chosen.since, last: instant(chosen.until - 1) },
          total: points.length,
          devices: devicesOf(points),
          entries: points
            .toSorted((a, b) => b.at - a.at)
            .slice(0, MOST_POINTS)
            .map(knownWords),
          apart: { total: apart.total, entries: apart.newest.map(knownWords) },
          simulated: [...points, ...apart.newest].some((point) => point.simulated),
        }),
      )
    })
    site.get(`/${lang}/m/:id`, async (c) => {
      const id = parseSha256(c.req.param('id'))
      const stored = await warehouse.measurement(id)
      if (stored === undefined) return gone(c, options, id)
      const [rows, archived] = await Promise.all([warehouse.observations(id), options.archive.read(id)])
      if (archived?.kind === 'erased') return gone(c, options, id)
      const json = publicJson(archived, options.publicForm, stored.head.simulated)
      return page(c, renderMeasurement(lang, measurementView({ stored, rows, json, names })))
    })
  }
}

/** A point of a series without a mechanism that has no words. */
function knownWords({ mechanism: word, ...point }: ApartPoint): SeriesEntry {
  const mechanism = MECHANISMS.find((known) => known === word)
  return { ...point, ...(mechanism === undefined ? {} : { mechanism }) }
}

type Series = Chosen & { readonly service: string; readonly asn: Asn }

async function seriesPoints(warehouse: SiteOptions['warehouse'], chosen: Series): Promise<SeriesPoints> {
  const { service, asn, since, until } = chosen
  const [points, apart] = await Promise.all([
    warehouse.series(service, asn, chosen),
    warehouse.keptApart(service, asn, { since, until, most: MOST_APART }),
  ])
  return { points, apart }
}

/** The newest measurement of the services and networks measured last, newest first. */
async function latestOf(
  lang: Lang,
  cells: readonly MatrixCell[],
  { warehouse, names }: SiteOptions,
): Promise<readonly LatestMeasurement[]> {
  const newest = cells.toSorted((a, b) => b.latest - a.latest).slice(0, MOST_LATEST)
  const lists = await Promise.all(
    newest.map(async (cell): Promise<LatestMeasurement[]> => {
      const period = { since: cell.latest, until: instant(cell.latest + 1) }
      const point = (await warehouse.series(cell.service, cell.asn, period))[0]
      if (point === undefined) return []
      return [
        {
          id: point.id,
          at: point.at,
          serviceName: serviceName(names, cell.service),
          network: networkLabel(lang, cell.asn, names.networkName(cell.asn)),
          kind: point.kind,
        },
      ]
    }),
  )
  return lists.flat()
}

async function page(c: Context, markup: Markup): Promise<Response> {
  c.header('cache-control', 'no-cache')
  return c.html(await markup)
}

const wantsJson = (c: Context): boolean => /^\/(api|m)\//.test(c.req.path)

/** Language of the path, else of the header. */
function langOf(c: Context): Lang {
  const first = c.req.path.split('/')[1] ?? ''
  return isLang(first) ? first : negotiateLang(c.req.header('accept-language'))
}

async function answerProblem(c: Context, status: Status, code: string, view: ProblemView): Promise<Response> {
  c.header('cache-control', 'no-store')
  if (wantsJson(c)) return c.json({ error: { code, message: [view.heading, ...view.lines].join('. ') } }, status)
  return c.html(await renderProblem(langOf(c), view), status)
}

function notFound(c: Context): Promise<Response> {
  const lang = langOf(c)
  const view = { heading: say(lang, 'problem.not-found'), lines: [say(lang, 'problem.not-found-about')] }
  return answerProblem(c, 404, 'page.unknown', view)
}

async function badRequest(c: Context, error: InputError): Promise<Response> {
  const lang = langOf(c)
  const { code, path, expected } = error
  if (wantsJson(c)) {
    c.header('cache-control', 'no-store')
    return c.json({ error: { code, path, expected, message: error.message } }, 400)
  }
  return answerProblem(c, 400, code, {
    heading: say(lang, 'problem.bad-request'),
    lines: [say(lang, 'problem.bad-request-about', { path: path === '' ? '–' : path, expected })],
  })
}

/** 410 with date and reason for an erased measurement, 404 for one that this server never had. */
async function gone(c: Context, options: SiteOptions, id: Sha256): Promise<Response> {
  const lang = langOf(c)
  const archived = await options.archive.read(id)
  if (archived?.kind !== 'erased')
    return answerProblem(c, 404, 'measurement.unknown', {
      heading: say(lang, 'problem.no-measurement'),
      lines: [say(lang, 'problem.no-measurement-about')],
    })
  return answerProblem(c, 410, 'measurement.erased', {
    heading: say(lang, 'problem.erased'),
    lines: [
      say(lang, 'problem.erased-about'),
      say(lang, 'problem.erased-at', { at: formatDateTime(lang, archived.erasedAt) }),
      say(lang, 'problem.erased-reason', { reason: archived.reason }),
    ],
  })
}
