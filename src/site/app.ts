import { Hono, type Context } from 'hono'
import { compress } from 'hono/compress'
import { defined } from '../core/model/defined.ts'
import { InputError } from '../core/model/errors.ts'
import { formatInstantUtc } from '../core/model/units.ts'
import { say } from '../core/text/format.ts'
import { addApi, addApiPage, addNoApi, AWAY_RETRY_S } from './api/add-api.ts'
import type { Asset } from '../web/html/asset.ts'
import { addBundlePages } from './incident/bundle-route.ts'
import { openPictures, type Pictures } from './cards/pictures.ts'
import { addCardPages } from './cards/route.ts'
import { addCheckPages } from './check/route.ts'
import { openCodes } from './code/codes.ts'
import { addCodePages } from './code/route.ts'
import { openBoard, type Board } from './now/board.ts'
import { addCollector } from './submit/collector.ts'
import { addCrowd } from './check/sent-route.ts'
import { addDatasets } from './dataset/route.ts'
import { addEmbedPages } from './embed/route.ts'
import { addEpisodePages } from './episode/route.ts'
import { addExplorePages } from './explore/route.ts'
import { addSitemap } from './feeds/sitemap.ts'
import { addFeedPages } from './feeds/route.ts'
import { addFirstPages } from './first/route.ts'
import { addGuidePages } from './guide/route.ts'
import { addHealth } from './health/route.ts'
import type { Frame } from '../web/html/frame.ts'
import { SECURITY_HEADERS } from '../web/request/headers.ts'
import type { Findings } from './incident/around.ts'
import { addChartFiles } from './incident/chart-files.ts'
import { addBundleOrders } from './incident/order-route.ts'
import { addIncidentPages } from './incident/route.ts'
import { rememberLastData } from './last-data.ts'
import { knownNow } from './last-failed.ts'
import { addJoin } from './join/route.ts'
import { addLogRoutes } from '../web/answer/log-routes.ts'
import { addMapPages } from './map/route.ts'
import { addMatrixPages } from './matrix/route.ts'
import { addMinePages } from './mine/route.ts'
import { addMeasurementPages } from './measurement/route.ts'
import { addPageQueue } from './page-queue.ts'
import { addPhone } from './phone/route.ts'
import { addPlacePages } from './place/route.ts'
import { addPosters } from './probes/route.ts'
import { addRecordPages } from './record/route.ts'
import { remembered } from '../web/answer/remembered.ts'
import { addReportPages } from './report/route.ts'
import { answerProblem, requestLang } from './respond.ts'
import { addSavedChecks } from './check/saved-route.ts'
import { addSearchPages } from './search/route.ts'
import { addSubscribePages } from './subscribe/route.ts'
import { addSeriesPages } from './series/route.ts'
import { addSecurityText } from './security-text.ts'
import type { SiteOptions } from './site-options.ts'
import { openSpeak, type DescribeIncident } from './spoken.ts'
import { addWork } from './check/work-route.ts'
import { LANGS, type Lang } from '../core/text/lang.ts'
import { isWarehouseAway } from '../store/warehouse/away.ts'
import { suggestFor } from './missing/suggest.ts'
import type { Suggestion } from './parts/problem.ts'

/** Of what time a server that only reads shows the state: in every answer, those of the interface among them. */
const AS_OF = 'kuager-as-of'

/** How long it is remembered how claims of statements stand: a published incident counts for them that much later. */
const FINDINGS_MS = 15_000

/**
 * The site and its JSON interface over the given stores. It opens nothing itself, keeps nothing of a request,
 * sets no cookie, and logs neither addresses nor paths with a query.
 */
export function createSite(given: SiteOptions): Hono {
  const site = new Hono()
  const lastData = rememberLastData(given)
  const board = openBoard(given, lastData)
  const options = { ...given, frame: { ...given.frame, isSimulated: simulatedOf(board) } }
  const speak = openSpeak(board, options.clock)
  const { onion, asOf } = options.frame
  site.use(async (c, next) => {
    await next()
    // A route that others may embed or read says so itself.
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) if (!c.res.headers.has(name)) c.header(name, value)
    if (asOf !== undefined) c.header(AS_OF, formatInstantUtc(asOf().at))
    if (onion !== undefined && isPage(c)) c.header('onion-location', `${onion}${pathOf(c)}`)
  })
  addPageQueue(site, options)
  addAssets(site, options.assets, options.frame.assets)
  addRobots(site, options.frame)
  if (options.health !== undefined) addHealth(site, options, options.health)
  addSecurityText(site, options)
  if (options.collector !== undefined) addCollector(site, options.collector)
  const { transparency, savedChecks, crowd, work, workRate: rate } = options
  if (transparency !== undefined) addLogRoutes(site, transparency)
  if (work !== undefined) addWork(site, { work, ...defined({ rate }) })
  if (savedChecks !== undefined && work !== undefined) addSavedChecks(site, { ...options, savedChecks, work })
  if (crowd !== undefined && work !== undefined) addCrowd(site, { ...options, crowd, work })
  // Answers that are counted by sender, and long ones: no other comes here (direct-pages.ts).
  site.get('/api/*', compress({ encoding: 'gzip' }))
  addApiPage(site, options)
  addApi(site, { options, lastData, board })
  const pictures = openPictures(options)
  addFirstPages(site, options, { board, pictures })
  addReportPages(site, options, board)
  addSubscribePages(site, options, board)
  addCheckPages(site, options, board)
  addGuidePages(site, options)
  addJoin(site, options)
  addMatrixPages(site, options, { lastData, speak, board })
  const codes = openCodes(options)
  addExplorePages(site, options, { lastData, board, pictures })
  addMapPages(site, options, board)
  addPhone(site, options, pictures)
  addSearchPages(site, options, { board, speak, codes })
  addSeriesPages(site, options, { lastData, board, pictures })
  addMinePages(site, options)
  addPosters(site, options)
  addMeasurementPages(site, options)
  addBundlePages(site, options)
  addDatasets(site, options)
  addPlacePages(site, options, { board, pictures })
  addCardPages(site, options, pictures)
  addCodePages(site, options, codes)
  const { incidents, frame } = options
  if (incidents !== undefined)
    addIncidents(site, {
      ...options,
      incidents,
      speak,
      present: board,
      pictures,
    })
  if (incidents !== undefined) addEpisodePages(site, { ...options, incidents, speak })
  if (incidents !== undefined) addFeedPages(site, { ...options, incidents, speak })
  if (incidents !== undefined) addBundleOrders(site, { ...options, incidents })
  addSitemap(site, options, board)
  addRecordPages(site, options, { lastData, speak, board, pictures })
  // After every chart with an embedded page of its own.
  addEmbedPages(site, options, board)
  addNoApi(site)
  site.notFound(async (c) => {
    const lang = requestLang(c)
    if (!READING.has(c.req.method) && isRead(site, c.req.path)) {
      c.header('allow', [...READING].join(', '))
      const refused = { heading: say(lang, 'edition.no-method'), lines: [say(lang, 'edition.no-method-about')] }
      return answerProblem(c, { status: 405, code: 'method.refused', view: refused, frame })
    }
    const view = {
      heading: say(lang, 'problem.not-found'),
      lines: [say(lang, 'problem.not-found-about')],
      suggestions: await suggested(lang, c, options, board),
    }
    return answerProblem(c, { status: 404, code: 'page.unknown', view, frame })
  })
  site.onError((error, c) => {
    if (error instanceof InputError) return badRequest(c, error, options)
    const lang = requestLang(c)
    if (isWarehouseAway(error)) {
      c.header('retry-after', AWAY_RETRY_S)
      const view = { heading: say(lang, 'problem.away'), lines: [say(lang, 'problem.away-about')] }
      return answerProblem(c, { status: 503, code: 'warehouse.away', view, frame })
    }
    options.log.error({ error, route: c.req.routePath }, 'a page could not be made')
    const view = { heading: say(lang, 'problem.broken'), lines: [say(lang, 'problem.broken-about')] }
    return answerProblem(c, { status: 500, code: 'server.fault', view, frame })
  })
  return site
}

/** Pages that were perhaps meant; none where they cannot be read: a missing page is answered all the same. */
async function suggested(
  lang: Lang,
  c: Context,
  { incidents, names, log }: SiteOptions,
  board: () => Promise<Board>,
): Promise<readonly Suggestion[]> {
  try {
    const [now, current] = await Promise.all([board(), incidents?.current() ?? []])
    return suggestFor(lang, c.req.path, { names, board: now, incidents: current })
  } catch (error) {
    log.error({ error }, 'suggestions for a missing page could not be made')
    return []
  }
}

/** Whether the board is of simulated data; where it cannot be read, a page says it of itself. */
const simulatedOf =
  (board: () => Promise<Board>): Required<Frame>['isSimulated'] =>
  () =>
    board().then(
      ({ simulated }) => simulated,
      () => false,
    )

/** Ways in which a page can be asked for. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD'])
/** Whether something answers at a path when it is read; what is before many paths, as `/kk/*`, is not an answer. */
const isRead = (site: Hono, path: string): boolean =>
  site.router.match('GET', path)[0].some(([[, route]]) => route.method === 'GET' && !route.path.endsWith('*'))

const isPage = (c: Context): boolean => c.res.headers.get('content-type')?.startsWith('text/html') === true
/** Path and query as they were asked for: Tor Browser learns where the same page is on the onion address. */
const pathOf = (c: Context): string => c.req.url.slice(new URL(c.req.url).origin.length)

/** Pages of incidents, with the statements about them. */
function addIncidents(
  site: Hono,
  options: SiteOptions &
    Required<Pick<SiteOptions, 'incidents'>> & {
      readonly speak: DescribeIncident
      readonly present: () => Promise<Board>
      readonly pictures: Pictures | undefined
    },
): void {
  const { claims, incidents, pictures } = options
  addChartFiles(site, options, pictures)
  if (claims === undefined) return addIncidentPages(site, options)
  const judged = async (): Promise<Findings> => {
    const [current, coverage] = await Promise.all([knownNow(incidents, options.present).current(), claims.coverage()])
    const list = claims.judge(claims.record.statements, { incidents: current, coverage })
    return new Map(list.map((one) => [one.claim, one]))
  }
  // Of all statements together, and for all pages of incidents alike.
  const findings = remembered(judged, { clock: options.clock, freshMs: FINDINGS_MS, staleMs: FINDINGS_MS })
  addIncidentPages(site, { ...options, findings })
}

function addAssets(site: Hono, assets: readonly Asset[], tag: string): void {
  const byPath = new Map(assets.map((asset) => [asset.path, asset]))
  site.get('/assets/*', async (c): Promise<Response> => {
    const asset = byPath.get(c.req.path.slice('/assets/'.length))
    if (asset === undefined) return c.notFound()
    c.header('etag', asset.etag)
    // Embedded pages have an origin of their own, and need style and fonts like the others.
    c.header('cross-origin-resource-policy', 'cross-origin')
    c.header('access-control-allow-origin', '*')
    // An address with the tag of these very bytes may be kept permanently; one without it is asked again after an hour.
    const tagged = c.req.query('v') === tag
    c.header('cache-control', tagged ? 'public, max-age=31536000, immutable' : 'public, max-age=3600')
    if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304)
    return c.body(asset.bytes, 200, { 'content-type': asset.mediaType })
  })
}

function badRequest(
  c: Context,
  { code, path, expected, message }: InputError,
  { frame }: SiteOptions,
): Response | Promise<Response> {
  if (c.req.path.startsWith('/api/')) {
    c.header('cache-control', 'no-store')
    return c.json({ error: { code, path, expected, message } }, 400)
  }
  const lang = requestLang(c)
  const view = {
    heading: say(lang, 'problem.bad-request'),
    // What would have been right is said in English, for programs: a reader sees which part to check.
    lines: [say(lang, 'problem.bad-request-about', { path: path === '' ? '–' : path })],
  }
  return answerProblem(c, { status: 400, code, view, frame })
}

/**
 * What programs that collect pages are asked to leave out: what answers a question, of which there is no end, and pages
 * of single measurements, of which there are millions, each made when it is asked for. Services, networks, incidents and
 * words are to be found. RFC 9309.
 */
const robotsText = ({ origin }: SiteOptions['frame']): string =>
  [
    'User-agent: *',
    'Disallow: /api/',
    'Disallow: /m/',
    'Disallow: /chart/',
    ...LANGS.flatMap((lang) => [`Disallow: /${lang}/m/`, `Disallow: /${lang}/k/`, `Disallow: /${lang}/embed/`]),
    'Disallow: /*?',
    ...(origin === undefined ? [] : [`Sitemap: ${origin}/sitemap.xml`]),
    '',
  ].join('\n')

/** Adds `/robots.txt`. */
function addRobots(site: Hono, frame: SiteOptions['frame']): void {
  site.get('/robots.txt', (c) => c.text(robotsText(frame), 200, { 'cache-control': 'public, max-age=86400' }))
}
