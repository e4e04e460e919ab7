import type { Incident } from '../../model/incident.ts'
import { namedMeasurements } from '../../model/named-measurements.ts'
import { instant, type Instant, type Sha256 } from '../../model/units.ts'
import type { DetectSources, Shown } from './sources.ts'
import { widestOf } from '../../derive/window.ts'

const MOST = 2000

/** Ids of the readings in the widest window of an incident; of more than 2,000, evenly spread ones. */
export async function measurementsOf(
  { series, detected }: Shown,
  until: Instant,
  { warehouse }: DetectSources,
): Promise<readonly Sha256[]> {
  const window = widestOf(detected)
  const period = {
    since: window.from,
    until: instant(Math.min(window.until, until) + 1),
    simulated: series.simulated,
  }
  const ids = (await warehouse.readings(series.service, series.asn, period)).flatMap(({ id }) => id ?? [])
  if (ids.length <= MOST) return ids
  return Array.from({ length: MOST }, (_, i) => ids[Math.floor((i * ids.length) / MOST)]!) // within the list
}

/** Measurements that revisions of these incidents name and the warehouse has no longer: they were erased. */
export async function erasedOf(
  incidents: readonly Incident[],
  { incidents: store, warehouse }: DetectSources,
): Promise<{ readonly ids: readonly Sha256[]; readonly named: ReadonlySet<string> }> {
  const ids = new Set<Sha256>()
  const named = new Set<string>()
  for (const incident of incidents) {
    const said = new Set((await store.revisions(incident.id)).flatMap(namedMeasurements))
    const { from, until } = widestOf(incident)
    for (const { id } of await warehouse.series(incident.service, incident.asn, { since: from, until })) said.delete(id)
    // What is left lies outside the window of the latest revision, stands under another series, or is erased.
    for (const id of said) {
      if ((await warehouse.measurement(id)) !== undefined) continue
      ids.add(id)
      named.add(incident.id)
    }
  }
  return { ids: [...ids], named }
}
