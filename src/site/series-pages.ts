import type { Hono } from 'hono'
import { MECHANISMS } from '../model/mechanism.ts'
import { instant, parseAsn, type Asn } from '../model/units.ts'
import type { ApartPoint } from '../store/warehouse/contract.ts'
import { availabilitySentence } from '../text/availability-sentence.ts'
import { LANGS } from '../text/lang.ts'
import { devicesOf, type SeriesPoints } from './api-bodies.ts'
import type { LastData } from './last-data.ts'
import { serviceName } from './matrix-view.ts'
import { seriesPage, type SeriesEntry } from './pages/series.ts'
import { lastDays, parseSeries, type Chosen } from './query.ts'
import { answerPage } from './respond.ts'
import type { SiteOptions } from './site-options.ts'

/** Measurements that a series page lists at most. */
const MOST_POINTS = 500
/** How many of what is kept apart are shown: anybody may send any number. */
const MOST_APART = 100

/** Measurements of one service on one network: its pages. */
export function addSeriesPages(site: Hono, options: SiteOptions, lastData: LastData): void {
  const { warehouse, names } = options
  for (const lang of LANGS)
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
      return answerPage(
        c,
        seriesPage(lang, {
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
        options.frame,
      )
    })
}

/** A point of a series without a mechanism that has no words. */
function knownWords({ mechanism: word, ...point }: ApartPoint): SeriesEntry {
  const mechanism = MECHANISMS.find((known) => known === word)
  return { ...point, ...(mechanism === undefined ? {} : { mechanism }) }
}

type Series = Chosen & { readonly service: string; readonly asn: Asn }

/** Measurements of a series, and the newest of those kept apart. */
export async function seriesPoints(warehouse: SiteOptions['warehouse'], chosen: Series): Promise<SeriesPoints> {
  const { service, asn, since, until } = chosen
  const [points, apart] = await Promise.all([
    warehouse.series(service, asn, chosen),
    warehouse.keptApart(service, asn, { since, until, most: MOST_APART }),
  ])
  return { points, apart }
}
