import type { Hono } from 'hono'
import type { SenderRate } from '../../web/request/sender-rate.ts'
import { socketOf } from '../visitor.ts'
import { urls } from '../urls.ts'
import type { WorkDesk, WorkFor } from '../../web/work/contract.ts'

/** What the site asks a proof of work for. */
const SITE_WORK = ['report', 'check', 'saved-check', 'subscribe'] as const satisfies readonly WorkFor[]

export interface WorkRouteOptions {
  readonly work: WorkDesk
  /** How often one part of the network may ask. */
  readonly rate?: SenderRate
}

/**
 * Gives pages the challenges that they solve before they send something: `GET /work/report`, `/work/check`,
 * `/work/saved-check`, `/work/subscribe` (docs/formats/crowd-check.md, "Work"). Nothing about the client is kept.
 */
export function addWork(site: Hono, { work, rate }: WorkRouteOptions): void {
  for (const purpose of SITE_WORK)
    site.get(urls.work(purpose), async (c) => {
      c.header('cache-control', 'no-store')
      const socket = socketOf(c)
      const wait =
        socket === undefined ? 0 : (rate?.take({ socket, forwardedFor: c.req.header('x-forwarded-for') }, 1).wait ?? 0)
      if (wait === 0) return c.json(await work.challenge(purpose))
      c.header('retry-after', String(wait))
      const message = 'Too many challenges for this part of the network'
      return c.json({ error: { code: 'rate.exceeded', path: '', expected: 'a pause', message } }, 429)
    })
}
