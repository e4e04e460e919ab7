import { DAY_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import { simulateReports, type SeenAs } from '../../../lab/history/reports.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { settledBefore } from '../../core/model/people/report.ts'
import { instant } from '../../core/model/units.ts'
import { covers, presentBefore } from '../../site/now/cell-at.ts'
import { rememberLastData } from '../../site/last-data.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { OpenFolder } from '../folder/open.ts'

/** Six weeks: what is usual at an hour and weekday can be computed then. */
const REPORTED_MS = 42 * DAY_MS
const SERVICES = ['youtube', 'facebook', 'instagram', 'telegram', 'whatsapp', 'twitter', 'signal'] as const

const SEEN = {
  restricted: 'shut',
  'partly-restricted': 'part',
  throttled: 'slow',
  insufficient: 'part',
} as const satisfies Record<Incident['state'], SeenAs>

/**
 * Gives the demonstration the reports that people might have sent about its incidents, and those that come on any day.
 * A second start finds them there.
 */
export async function fillReports(folder: OpenFolder, env: World['env']): Promise<void> {
  const warehouse = await folder.warehouse()
  const asOf = instant((await rememberLastData({ warehouse, clock: systemClock })()) + 1)
  const recent = await warehouse.recent({ ...presentBefore(asOf), simulated: true })
  const incidents = (await (await folder.incidents()).current()).filter((one) => !one.withdrawn)
  const reports = simulateReports({
    seed: 11,
    since: instant(asOf - REPORTED_MS),
    until: instant(settledBefore(asOf)),
    networks: [...new Set(recent.map(({ asn }) => asn))].filter((asn) => asn !== 0).toSorted((a, b) => a - b),
    services: SERVICES,
    seen: (service, asn, at) => {
      const found = incidents.find((one) => one.service === service && one.asn === asn && covers(one, at))
      return found === undefined ? undefined : SEEN[found.state]
    },
  })
  await (await folder.reports(env)).add({ reports })
}
