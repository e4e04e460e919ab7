import { portOf } from '../../core/model/port.ts'
import { endpointSchema, type Endpoint, type Service } from '../../core/model/tables/service.ts'

const SOURCE = 'an address of a collector that the owner of the probe gave it'

/**
 * The collectors as a service to be measured: when results cannot be delivered, whether a collector can be reached under
 * its name is a measurement itself. `day` is the day of the run, as `2026-11-25`. Addresses that are no HTTP URL, and
 * names that cannot be measured, are left out; undefined where none is left.
 */
export function collectorService(urls: readonly string[], day: string): Service | undefined {
  const endpoints = new Map<string, Endpoint>()
  for (const text of urls) {
    const url = URL.parse(text)
    if (url === null || !/^https?:$/.test(url.protocol)) continue
    const secure = url.protocol === 'https:'
    const parsed = endpointSchema.safeParse({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      use: 'api',
      port: portOf(url),
      checks: [secure ? 'tls' : 'tcp'],
      core: true,
      source: SOURCE,
      checked_at: day,
    })
    if (parsed.success) endpoints.set(`${parsed.data.host} ${parsed.data.port}`, parsed.data)
  }
  if (endpoints.size === 0) return undefined
  return {
    id: 'collector',
    name: 'Kuager',
    tests: [],
    endpoints: [...endpoints.values()],
    tier: 'A',
    kind: 'platform',
  }
}
