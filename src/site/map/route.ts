import type { Hono } from 'hono'
import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import type { PublishedCell } from '../../core/model/people/report-cell.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { serviceName } from '../../core/text/names.ts'
import { isKnownService } from '../known-service.ts'
import type { Board } from '../now/board.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { mapPage, regionPage, type MapDays, type MapView, type RegionView } from './page.ts'
import { TILES, type TileRegion } from './tiles.ts'

const querySchema = z.strictObject({
  service: z
    .string()
    .regex(/^(?:[a-z][a-z0-9-]{0,62}|(?:web|test):[\x21-\x7e]{1,260})?$/)
    .optional(),
  days: z.enum(['1', '7']).optional(),
})

const EXPECTED: Readonly<Record<string, string>> = { service: 'a service such as youtube', days: '1 or 7' }

/** Reads which service and how many days. Throws InputError. */
function parseMap(values: Readonly<Record<string, string>>): { readonly service: string; readonly days: MapDays } {
  const parsed = querySchema.safeParse(values)
  if (parsed.success) return { service: parsed.data.service ?? '', days: parsed.data.days === '7' ? 7 : 1 }
  const path = String(parsed.error.issues[0]?.path[0] ?? 'query')
  const known = Object.hasOwn(EXPECTED, path)
  throw new InputError(`Cannot read query, ${known ? path : 'unknown part'}: not as expected`, {
    code: known ? 'query.invalid' : 'query.unknown',
    path: known ? path : 'query',
    expected: EXPECTED[path] ?? 'only service and days',
  })
}

/** The map of reports, and a page for each region. */
export function addMapPages(site: Hono, options: SiteOptions, board: () => Promise<Board>): void {
  const { names, frame } = options
  for (const lang of LANGS) {
    site.get(`/${lang}/map`, async (c) => {
      const { service, days } = parseMap(c.req.query())
      if (service !== '' && !(await isKnownService(service, options))) return c.notFound()
      const { asOf, simulated, services } = await board()
      const cells = (await cellsOf(options, asOf, days)).filter((one) => service === '' || one.service === service)
      const view: MapView = {
        ...{ asOf, days, simulated, services },
        ...(service === '' ? {} : { service: { id: service, name: serviceName(names, service) } }),
        reports: byRegion(cells),
        elsewhere: sum(cells.filter(({ region }) => regionOf(region) === undefined)),
        isClosed: options.people === undefined,
      }
      return answerPage(c, mapPage(lang, view), frame)
    })
    site.get(`/${lang}/r/:region`, async (c) => {
      const region = regionOf(c.req.param('region'))
      if (region === undefined) return c.notFound()
      return answerPage(c, regionPage(lang, await regionView(region, options, await board())), frame)
    })
  }
}

const regionOf = (text: string | undefined): TileRegion | undefined => TILES.find(([region]) => region === text)?.[0]

/** Cells of the days before the present; none where no reports are taken. */
async function cellsOf({ people }: SiteOptions, asOf: Instant, days: MapDays): Promise<readonly PublishedCell[]> {
  const until = instant(Math.ceil(asOf / HOUR_MS) * HOUR_MS)
  return (await people?.cells({ since: instant(until - days * DAY_MS), until })) ?? []
}

const sum = (cells: readonly PublishedCell[]): number => cells.reduce((total, { count }) => total + count, 0)

function byRegion(cells: readonly PublishedCell[]): ReadonlyMap<TileRegion, number> {
  const counts = new Map<TileRegion, number>()
  for (const { region, count } of cells) {
    const known = regionOf(region)
    if (known !== undefined) counts.set(known, (counts.get(known) ?? 0) + count)
  }
  return counts
}

async function regionView(region: TileRegion, options: SiteOptions, { asOf, simulated }: Board): Promise<RegionView> {
  const [day, week] = await Promise.all([cellsOf(options, asOf, 1), cellsOf(options, asOf, 7)])
  const own = (cells: readonly PublishedCell[]): ReadonlyMap<string, number> => {
    const there = Map.groupBy(
      cells.filter((one) => one.region === region),
      ({ service }) => service,
    )
    return new Map([...there].map(([service, list]) => [service, sum(list)]))
  }
  const [days, weeks] = [own(day), own(week)]
  const rows = [...new Set([...days.keys(), ...weeks.keys()])].map((service) => ({
    service,
    name: serviceName(options.names, service),
    ...defined({ day: days.get(service), week: weeks.get(service) }),
  }))
  return {
    ...{ region, asOf, simulated },
    rows: rows.toSorted((a, b) => (b.day ?? 0) - (a.day ?? 0) || (b.week ?? 0) - (a.week ?? 0)),
    isClosed: options.people === undefined,
  }
}
