import type { Context, Hono } from 'hono'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { isForeign } from '../../web/request/foreign-page.ts'
import { incomingOf } from '../../web/request/request-body.ts'
import { renderPage } from '../parts/layout.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'
import { bundleOrderPage, type BundleOrderView } from './page/bundle-order.ts'
import { NO_REVIEWS } from './reviewed.ts'
import { named, type ReadableIncidents } from './route.ts'

/** Seconds after which a page of a bundle that is being made asks again. */
const RELOAD_S = 10

type OrderOptions = Pick<SiteOptions, 'bundleDesk' | 'bundles' | 'names' | 'frame' | 'reviews'> & {
  readonly incidents: ReadableIncidents
}

/**
 * Adds the page on which the bundle of an incident is asked for, and waited for without scripts. What the form sends is
 * the address alone: nothing of a reader is kept.
 */
export function addBundleOrders(site: Hono, options: OrderOptions): void {
  const { bundleDesk: desk, frame } = options
  if (desk === undefined) return
  for (const lang of LANGS) {
    site.get(urls.bundleOrder(lang, ':id').replace('%3A', ':'), async (c) => {
      const view = await viewOf(c.req.param('id') ?? '', options)
      return view === undefined ? c.notFound() : answer(c, lang, view, options)
    })
    site.post(urls.bundleOrder(lang, ':id').replace('%3A', ':'), async (c) => {
      const id = c.req.param('id') ?? ''
      const view = await viewOf(id, options)
      c.header('cache-control', 'no-store')
      if (view === undefined || view.isHeld || view.ready !== undefined || isForeign(c, frame))
        return c.redirect(urls.bundleOrder(lang, id), 303)
      const from = { socket: incomingOf(c)?.socket.remoteAddress, forwardedFor: c.req.header('x-forwarded-for') }
      const taken = desk.ask(id, from)
      if (taken.kind === 'taken') return c.redirect(urls.bundleOrder(lang, id), 303)
      c.header('retry-after', String(taken.wait))
      return answer(c, lang, { ...view, laterMinutes: Math.ceil((taken.wait * 1000) / MINUTE_MS) }, options)
    })
  }
}

async function answer(c: Context, lang: Lang, view: BundleOrderView, { frame }: OrderOptions): Promise<Response> {
  c.header('cache-control', 'no-store')
  // For browsers that say in no other way which page sends.
  c.header('referrer-policy', 'same-origin')
  if (view.order.kind === 'making') c.header('refresh', String(RELOAD_S))
  return c.html(await renderPage(bundleOrderPage(lang, view), frame), view.laterMinutes === undefined ? 200 : 429)
}

async function viewOf(id: string, options: OrderOptions): Promise<BundleOrderView | undefined> {
  const { bundleDesk: desk, bundles, incidents, names, reviews = NO_REVIEWS } = options
  const incident = (await incidents.revisions(id)).at(-1)
  if (incident === undefined || desk === undefined) return undefined
  const all = (await bundles?.about(id)) ?? []
  const ready = all.find((one) => one.incident?.revision === incident.revision)
  return {
    ...named(incident, names),
    ...(ready === undefined ? {} : { ready }),
    older: all.filter((one) => one !== ready),
    order: desk.of(id),
    isHeld: reviews.of(id).standing === 'held',
  }
}
