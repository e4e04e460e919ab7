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
