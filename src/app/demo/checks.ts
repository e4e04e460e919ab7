import { HOUR_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import { simulateChecks } from '../../../lab/history/checks.ts'
import { settledBefore } from '../../core/model/people/report.ts'
import { instant } from '../../core/model/units.ts'
import { covers, presentBefore } from '../../site/now/cell-at.ts'
import { rememberLastData } from '../../site/last-data.ts'
import { systemClock } from '../../runtime/clock.ts'
import { loadCrowdCanaries } from '../../runtime/tables/measured-lists.ts'
import type { OpenFolder } from '../folder/open.ts'

/** So much of the demonstration's last evening has checks: what pages show of them, and the hour before it. */
const CHECKED_MS = 4 * HOUR_MS

/**
 * Gives the demonstration the checks that readers' browsers might have made on its last evening, on the networks measured
 * then and of the services that its incidents restrict. A second start finds them there.
 */
export async function fillChecks(folder: OpenFolder, env: World['env']): Promise<void> {
  const warehouse = await folder.warehouse()
  const asOf = instant((await rememberLastData({ warehouse, clock: systemClock })()) + 1)
  const recent = await warehouse.recent({ ...presentBefore(asOf), simulated: true })
  const incidents = await (await folder.incidents()).current()
  const checks = simulateChecks({
    seed: 7,
    since: instant(asOf - CHECKED_MS),
    until: instant(settledBefore(asOf)),
    networks: [...new Set(recent.map(({ asn }) => asn))].filter((asn) => asn !== 0).toSorted((a, b) => a - b),
    services: loadCrowdCanaries().map(({ service }) => service),
    isRestricted: (service, asn, at) =>
      incidents.some((one) => one.service === service && one.asn === asn && covers(one, at)),
  })
  await (await folder.reports(env)).add({ checks })
}
