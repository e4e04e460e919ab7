import { defined } from '../../core/model/defined.ts'
import type { Direct } from '../../web/listen.ts'
import type { createSite } from '../../site/app.ts'
import { openDirectPages } from '../../site/submit/direct-pages.ts'
import { firstOf, openDirectSubmit } from '../../site/submit/direct-submit.ts'
import { requestOf } from '../../site/first/key.ts'
import { PageCache } from '../../web/answer/page-cache.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'

/** The ways past the route table: submissions to the collector, readers to the pages in memory. */
export async function siteWays(
  site: ReturnType<typeof createSite>,
  { collector, visitor, frame, clock, names }: SiteOptions,
  incidents: Pick<IncidentStore, 'published'>,
): Promise<Direct> {
  const cache = new PageCache({
    render: async (key) => {
      const { path, env } = requestOf(key)
      return site.fetch(new Request(`http://kuager${path}`), env)
    },
    published: (id) => incidents.published(id),
    isKnownNetwork: (asn) => names.networkName(asn) !== undefined,
    clock,
  })
  const pages = await openDirectPages({ cache, frame, ...defined({ visitor }) })
  return collector === undefined ? pages : firstOf(openDirectSubmit(collector), pages)
}
