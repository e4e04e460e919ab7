import type { Context, Hono } from 'hono'
import { serviceName } from '../../core/text/names.ts'
import { instant } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { SECURITY_HEADERS } from '../../web/request/headers.ts'
import { isKnownService } from '../known-service.ts'
import type { LastData } from '../last-data.ts'
import type { Board } from '../now/board.ts'
import { periodOf } from '../query.ts'
import { urls } from '../urls.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { answerBytes } from '../api/respond-api.ts'
import { answerFile, answerPicture, type Pictures } from '../cards/pictures.ts'
import { EMBED_HEADERS } from '../embed/frame.ts'
import { twice } from '../take/chart-file.ts'
import { parseExplored } from './asked.ts'
import type { ExploreAsked } from './choice.ts'
import { drawExploreFile, exploreFiles } from './take.ts'
import { exploreEmbed } from './page/embed.ts'
import { explorePage } from './page/explore.ts'
import type { ExplorePeriodView, ExploreView } from './page/words.ts'
import { binsOf, panelsOf, type ExploreSeries } from './view.ts'
import type { ExploredBin, Period } from '../../store/warehouse/contract.ts'

/** Its script asks this server for the page of another choice. */
const HEADERS = {
  'content-security-policy': `${SECURITY_HEADERS['content-security-policy'] ?? ''}; connect-src 'self'`,
} as const

/** Service that is shown without a choice, where the list has it: what most people use. */
const USUAL_SERVICE = 'youtube'

/** Services, networks and days as a reader combines them. */
export function addExplorePages(site: Hono, options: SiteOptions, { lastData, board, pictures }: ExploreParts): void {
  const { frame, clock } = options
  const viewOf = async (c: Context): Promise<ExploreView | undefined> => {
    const asked = await readAsked(c, lastData)
    for (const service of asked.services) if (!(await isKnownService(service, options))) return undefined
    return exploreView(asked, { ...options, board: await board(), by: c.req.query('by') })
  }
  for (const lang of LANGS) {
    site.get(`/${lang}/explore`, async (c) => {
      const view = await viewOf(c)
      if (view === undefined) return c.notFound()
      for (const [name, value] of Object.entries(HEADERS)) c.header(name, value)
      const files = exploreFiles(lang, view, { at: clock.now(), frame, hasPictures: pictures !== undefined })
      return answerPage(c, explorePage(lang, view, files), frame)
    })
    site.get(`/${lang}/embed/explore`, async (c) => {
      const view = await viewOf(c)
      if (view === undefined) return c.notFound()
      return answerBytes(c, String(await exploreEmbed(lang, view, { at: clock.now(), frame })), EMBED_HEADERS)
    })
    if (pictures === undefined) continue
    site.get(`/chart/${lang}/:file{explore\\.(?:png|svg)}`, async (c) => {
      const view = await viewOf(c)
      if (view === undefined || view.asked.chart === 'table') return c.notFound()
      const draw = (): string => drawExploreFile(lang, view, { at: clock.now(), frame, look: pictures })
      if (c.req.param('file').endsWith('.svg')) return answerFile(c, new TextEncoder().encode(draw()), SVG_TYPE)
      const key = `explore ${urls.explore(lang, view.asked)} ${Math.floor(clock.now() / KEPT_MS)}`
      return answerPicture(c, { key, kind: 'made-up', draw: async () => twice(draw()) }, { lang, frame, pictures })
    })
  }
}

const SVG_TYPE = 'image/svg+xml; charset=utf-8'
/** How long a picture of the same choice is given again. */
const KEPT_MS = 10 * MINUTE_MS

interface ExploreParts {
  readonly lastData: LastData
  readonly board: () => Promise<Board>
  readonly pictures: Pictures | undefined
}

async function readAsked(c: Context, lastData: LastData): Promise<ExploreAsked> {
  const query = new URL(c.req.url).searchParams
  const values = Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]))
  return parseExplored(values, { service: USUAL_SERVICE, last: await lastData() })
}

type ExploreContext = SiteOptions & { readonly board: Board; readonly by: string | undefined }

async function exploreView(chosen: ExploreAsked, options: ExploreContext): Promise<ExploreView> {
  const { board, names } = options
  const asked = inOrder(chosen, board)
  const periods = [asked.days, ...(asked.with === undefined ? [] : [asked.with])].map((days) => periodOf(days))
  const shown = await Promise.all(periods.map((period) => periodView(asked, period, options)))
  const others = asked.services.filter((id) => !board.services.some((one) => one.id === id))
  const networks = asked.networks
    .filter((asn) => !board.networks.some((one) => one.asn === asn))
    .map((asn) => ({ asn, name: names.networkName(asn) ?? '' }))
  return {
    asked,
    isCoarser: options.by === 'hour' && asked.by !== 'hour',
    periods: shown,
    services: [...board.services, ...others.map((id) => ({ id, name: serviceName(names, id) }))],
    networks: [...board.networks, ...networks],
    ...(board.newest === undefined ? {} : { known: { first: board.since, last: board.newest } }),
    simulated: board.simulated,
  }
}

/** The chosen names in the order of the board: an address may hold them in any, and the drawing is the same. */
function inOrder(asked: ExploreAsked, { services, networks }: Board): ExploreAsked {
  const place = <T>(list: readonly T[], one: T): number => (list.includes(one) ? list.indexOf(one) : list.length)
  const ids = services.map(({ id }) => id)
  const asns = networks.map(({ asn }) => asn)
  return {
    ...asked,
    services: asked.services.toSorted((a, b) => place(ids, a) - place(ids, b) || (a < b ? -1 : 1)),
    networks: asked.networks.toSorted((a, b) => place(asns, a) - place(asns, b) || a - b),
  }
}

/** Counts of every series of one period. */
export async function explored(
  { services, networks, by }: ExploreAsked,
  period: Period,
  { warehouse, simulated }: Pick<SiteOptions, 'warehouse'> & { readonly simulated: boolean },
): Promise<readonly (ExploreSeries & { readonly bins: readonly ExploredBin[] })[]> {
  const found = await Promise.all(
    services.map(async (service) => {
      const asns = networks.length === 0 ? {} : { asns: networks }
      const bins = await warehouse.explored(service, { ...period, ...asns, step: by, simulated })
      if (networks.length === 0) return [{ service, bins }]
      return networks.map((asn) => ({ service, asn, bins: bins.filter((one) => one.asn === asn) }))
    }),
  )
  return found.flat()
}

async function periodView(
  asked: ExploreAsked,
  period: Period,
  { warehouse, board }: ExploreContext,
): Promise<ExplorePeriodView> {
  const found = await explored(asked, period, { warehouse, simulated: board.simulated })
  const bins = binsOf(period, asked.by)
  const counted = found.flatMap((one) => one.bins.flatMap(({ kinds }) => Object.values(kinds)))
  return {
    first: period.since,
    last: instant(period.until - 1),
    bins,
    panels: panelsOf(found, { bins, value: asked.value }),
    measurements: counted.reduce((sum, count) => sum + count, 0),
  }
}
