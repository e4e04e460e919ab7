import { Hono } from 'hono'
import type { Metrics } from '../../runtime/metrics.ts'
import { CLOSING_REASONS, type HealthReason } from '../../core/model/health.ts'

const NOW = { 'cache-control': 'no-store' } as const

/**
 * Adds `/healthz` (the process answers) and `/readyz` (200 while measurements are accepted, else 503; with all reasons):
 * what supervisors and balancers ask. Pages are served in both cases: a balancer of readers asks `/healthz`.
 */
export function addProbes(site: Hono, reasons: () => readonly HealthReason[]): void {
  site.get('/healthz', (c) => c.text('ok\n', 200, NOW))
  site.get('/readyz', (c) => {
    const found = reasons()
    const ready = !found.some((reason) => CLOSING_REASONS.includes(reason))
    return c.json({ ready, reasons: found }, ready ? 200 : 503, NOW)
  })
}

/** What an operator's programs ask at a place of their own: `/metrics`, and the same two. */
export function operatorSite(reasons: () => readonly HealthReason[], metrics: Metrics): Hono {
  const site = new Hono()
  addProbes(site, reasons)
  site.get('/metrics', async (c) => c.body(await metrics.text(), 200, { 'content-type': metrics.type }))
  return site
}

/** What a machine in reserve says of itself. */
export interface StandbyView {
  /** Generation of the one that signs. */
  readonly generation: number
  /** For how long the register was seen not to change. */
  readonly silent_seconds: number
  /** Entries of the archive that are here. */
  readonly leaves: number
  readonly copied_seconds_ago: number | null
  /** Why the last copying failed. */
  readonly problem: string | null
  /** Why what was copied could not be judged the last time. A folder that does not open is found here. */
  readonly not_judged: string | null
}

/** What a machine in reserve serves: that it lives, and how far it is; no pages. */
export function standbySite(view: () => StandbyView): Hono {
  const site = new Hono()
  site.get('/healthz', (c) => c.text('ok\n', 200, NOW))
  site.get('/readyz', (c) => c.json({ ready: false, reasons: ['standby'], standby: view() }, 503, NOW))
  site.all('*', (c) => c.text('This server is in reserve.\n', 503, { ...NOW, 'retry-after': '30' }))
  return site
}
