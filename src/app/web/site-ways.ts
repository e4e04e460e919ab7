import type { HealthReason } from '../../core/model/health.ts'
import { defined } from '../../core/model/defined.ts'
import type { Reviews } from '../../pipeline/review/reviews.ts'
import type { createSite } from '../../site/app.ts'
import { requestOf } from '../../site/first/key.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import { openDirectPages } from '../../site/submit/direct-pages.ts'
import { firstOf, openDirectSubmit } from '../../site/submit/direct-submit.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import { PageCache } from '../../web/answer/page-cache.ts'
import type { Direct } from '../../web/listen.ts'

type Reasons = () => readonly HealthReason[]

/** Reasons of the server, and those of what it shows: the record, what others measured, what people did with incidents. */
export const withRecord = (
  health: Reasons | undefined,
  { record }: Pick<SiteOptions, 'record'>,
  reviews: Pick<Reviews, 'unreadable'>,
): Reasons | undefined =>
  health === undefined
    ? undefined
    : () => [
        ...health(),
        ...(record?.isDamaged?.() === true ? (['record_damaged'] as const) : []),
        ...(record?.lacksOthers?.() === true ? (['others_damaged'] as const) : []),
        ...(reviews.unreadable > 0 ? (['reviews_damaged'] as const) : []),
      ]

/** The ways past the route table: submissions to the collector, readers to the pages in memory. */
export async function siteWays(
  site: ReturnType<typeof createSite>,
  { collector, visitor, frame, clock, names }: SiteOptions,
  incidents: Pick<IncidentStore, 'published'>,
): Promise<Direct> {
  const cache = new PageCache({
    render: async (key) => {
      const { path, headers, env } = requestOf(key)
      return site.fetch(new Request(`http://kuager${path}`, { headers }), env)
    },
    published: (id) => incidents.published(id),
    isKnownNetwork: (asn) => names.networkName(asn) !== undefined,
    clock,
  })
  const pages = await openDirectPages({ cache, frame, ...defined({ visitor }) })
  return collector === undefined ? pages : firstOf(openDirectSubmit(collector), pages)
}
