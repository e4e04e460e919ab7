import { namedOf, namedPeriod } from '../../core/derive/named.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { SeriesOf } from '../../core/model/measured/series.ts'
import { namedMeasurements } from '../../core/model/measured/named-measurements.ts'
import { instant, type Instant, type Sha256 } from '../../core/model/units.ts'
import type { ShownIncident } from '../../core/derive/shown.ts'
import { seriesOf, type DetectSources } from './sources.ts'
import { widestOf } from '../../core/derive/window.ts'

/** Ids of the readings in the widest window of an incident; of more than 2,000, evenly spread ones. */
export async function measurementsOf(
  { series, detected }: ShownIncident,
  until: Instant,
  { warehouse }: Pick<DetectSources, 'warehouse'>,
): Promise<readonly Sha256[]> {
  const period = { ...namedPeriod(detected, until), simulated: series.simulated }
  return namedOf((await warehouse.readings(series.service, series.asn, period)).flatMap(({ id }) => id ?? []))
}

/**
 * Published incidents in whose time measurements were taken out since their series was last detected, because their
 * sender was revoked.
 */
export async function revokedOf(
  incidents: readonly Incident[],
  lastInsertion: (series: SeriesOf) => number,
  { warehouse }: Pick<DetectSources, 'warehouse'>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const one of incidents) {
    const { from, until } = widestOf(one)
    const asked = {
      since: from,
      until: instant(until + 1),
      simulated: one.simulated,
      after: lastInsertion(seriesOf(one)),
    }
    if ((await warehouse.revoked(one.service, one.asn, asked)) > 0) found.add(one.id)
  }
  return found
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
    // What is left is outside the window of the latest revision, is in another series, or is erased.
    for (const id of said) {
      if ((await warehouse.measurement(id)) !== undefined) continue
      ids.add(id)
      named.add(incident.id)
    }
  }
  return { ids: [...ids], named }
}
