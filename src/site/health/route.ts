import type { Hono } from 'hono'
import type { HealthReason } from '../../core/model/health.ts'
import { addProbes } from '../../web/answer/ready.ts'
import { LANGS } from '../../core/text/lang.ts'
import { healthPage } from './page.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { urls } from '../urls.ts'

/** What is true now: no cache keeps it, ours neither. */
const NOW = 'private, no-store'

/**
 * Adds `/health` for programs and a page for people. The status is 200 in every case: pages are served, and a balancer
 * that read another one would take them away too.
 */
export function addHealth(
  site: Hono,
  { frame }: Pick<SiteOptions, 'frame'>,
  reasons: () => readonly HealthReason[],
): void {
  site.get(urls.health(), (c) => {
    const found = reasons()
    const asOf = frame.asOf?.().at
    const body = {
      status: found.length === 0 ? 'ok' : 'degraded',
      reasons: found,
      ...(asOf === undefined ? {} : { as_of_utc: formatInstantUtc(asOf) }),
    }
    return c.json(body, 200, { 'cache-control': NOW })
  })
  addProbes(site, reasons)
  for (const lang of LANGS)
    site.get(urls.healthPage(lang), async (c) => {
      const answer = await answerPage(c, healthPage(lang, reasons()), frame)
      answer.headers.set('cache-control', NOW)
      return answer
    })
}
