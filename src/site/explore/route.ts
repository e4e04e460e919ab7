import type { Context, Hono } from 'hono'
import { serviceName } from '../../core/text/names.ts'
import { instant } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { SECURITY_HEADERS } from '../../web/request/headers.ts'
import { isKnownService } from '../known-service.ts'
import type { LastData } from '../last-data.ts'
import type { Board } from '../now/board.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { homePeriod, parseExplored, type ExploreAsked } from './asked.ts'
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
export function addExplorePages(
  site: Hono,
  options: SiteOptions,
  { lastData, board }: { readonly lastData: LastData; readonly board: () => Promise<Board> },
): void {
  for (const lang of LANGS)
    site.get(`/${lang}/explore`, async (c) => {
      const asked = await readAsked(c, lastData)
      for (const service of asked.services) if (!(await isKnownService(service, options))) return c.notFound()
      const view = await exploreView(asked, { ...options, board: await board(), by: c.req.query('by') })
      for (const [name, value] of Object.entries(HEADERS)) c.header(name, value)
      return answerPage(c, explorePage(lang, view), options.frame)
    })
}

const readAsked = async (c: Context, lastData: LastData): Promise<ExploreAsked> =>
  parseExplored(c.req.queries(), { service: USUAL_SERVICE, last: await lastData() })

type ExploreContext = SiteOptions & { readonly board: Board; readonly by: string | undefined }

async function exploreView(asked: ExploreAsked, options: ExploreContext): Promise<ExploreView> {
  const { board, names } = options
  const periods = [asked.days, ...(asked.with === undefined ? [] : [asked.with])].map((days) => homePeriod(days))
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
