import { DAY_MS } from '../model/duration.ts'
import type { DetectedIncident } from '../model/incident/incident.ts'
import type { KnownOutage } from '../model/tables/others.ts'
import { widestOf } from './window.ts'

/** An outage so long before the start of an incident may have hidden an earlier failure. */
const BEFORE = 7 * DAY_MS
/** The earliest are named: one that runs for years may have many. */
const MOST = 100

/** Outages that bear on the dates of an incident: within a week before it or at its time. Undefined where there is none. */
export function outagesNear(
  incident: Pick<DetectedIncident, 'start' | 'end' | 'running'>,
  outages: readonly KnownOutage[],
): readonly KnownOutage[] | undefined {
  const { from, until } = widestOf(incident)
  const near = outages.filter((one) => one.until >= from - BEFORE && one.from <= until)
  return near.length === 0 ? undefined : near.slice(0, MOST)
}
