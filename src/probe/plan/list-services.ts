import { canonicalHostname } from '../../core/model/hostname.ts'
import { endpointSchema, type Endpoint, type Service } from '../../core/model/tables/service.ts'
import type { ListedUrl } from '../../core/model/tables/test-list.ts'

/**
 * Services made of the rows of a test list, one for each host, which is its id, so that a judge reads it as `web:<host>`.
 * All are of tier B: only their owner and the list vouch for what they are. Hosts that a listed service has
 * already, and such as cannot be measured, are left out. `day` is the day of the run, as `2026-11-25`.
 */
export function listServices(rows: readonly ListedUrl[], known: readonly Service[], day: string): readonly Service[] {
  const taken = new Set(known.flatMap(({ endpoints }) => endpoints.map(({ host }) => host)))
  const services = new Map<string, Service>()
  for (const row of rows) {
    const url = new URL(row.url)
    const host = canonicalHostname(url.hostname)
    if (host === undefined || taken.has(host) || services.has(host)) continue
    const endpoint = endpointOf(url, host, day)
    if (endpoint === undefined) continue
    services.set(host, { id: host, name: host, tests: [], endpoints: [endpoint], tier: 'B', kind: 'news' })
  }
  return [...services.values()]
}

function endpointOf(url: URL, host: string, day: string): Endpoint | undefined {
  const secure = url.protocol === 'https:'
  const parsed = endpointSchema.safeParse({
    host,
    use: 'page',
    port: url.port === '' ? 443 : Number(url.port),
    path: `${url.pathname}${url.search}`.slice(0, 300),
    checks: secure ? ['tls', 'page'] : ['plain'],
    source: 'a test list that the owner of the probe gave it',
    checked_at: day,
  })
  return parsed.success ? parsed.data : undefined
}
