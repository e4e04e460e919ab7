import { defined } from '../../core/model/defined.ts'
import { serviceName, type Names } from '../../core/text/names.ts'
import type { Demand } from '../../core/model/incident/demand.ts'
import { momentBounds } from '../../core/model/moment.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { OutsideRecord } from '../../runtime/tables/record.ts'
import { homeDayBounds } from '../../core/text/home-day.ts'
import type { LastData } from '../last-data.ts'
import type { WeekBar } from '../charts/weeks.ts'
import type { DemandsView, ReckonedDemand } from './page/if-it-continues.ts'
import { reckon } from '../now/restricted-hours.ts'

/** What demands are counted over. */
export interface DemandSources {
  readonly record: Pick<OutsideRecord, 'demands' | 'simulated'>
  readonly incidents: Pick<IncidentStore, 'current'>
  /** Tells a week without restriction from one without measurements. */
  readonly warehouse: Pick<Warehouse, 'matrix'>
  readonly names: Names
  readonly clock: Clock
  readonly lastData: LastData
}

/**
 * From when is counted: the time of the demand; of one known by its day alone the end of that day in Kazakhstan, so
 * that nothing counts that may have happened before.
 */
export const countedSince = ({ at }: Demand): Instant =>
  at.length > 10 ? momentBounds(at).from : homeDayBounds(at).until

/** Weeks with whether anything was measured in them, of the services of the demand where it names any. */
async function measuredWeeks(
  weeks: readonly WeekBar[],
  { services }: Demand,
  { warehouse, record: { simulated } }: DemandSources,
): Promise<readonly WeekBar[]> {
  const known: WeekBar[] = []
  // One after another: a page that is made once for all readers must not take every reader of the warehouse.
  for (const week of weeks) {
    const cells = week.measured ? [] : await warehouse.matrix({ since: week.from, until: week.until })
    const own = cells.filter((one) => services === undefined || services.includes(one.service))
    known.push({ ...week, measured: week.measured || own.some((one) => one.simulated === simulated) })
  }
  return known
}

/** Every demand of the record with what is counted since. Real ones are compared with real incidents only. */
export async function demandsView(options: DemandSources): Promise<DemandsView> {
  const { record, names, clock } = options
  const { simulated } = record
  const all = record.demands.length === 0 ? [] : await options.incidents.current()
  const incidents = all.filter((one) => one.simulated === simulated)
  const measuredUntil = record.demands.length === 0 ? undefined : await options.lastData()
  // A simulated world ends with its data; the real one continues whether it is measured or not.
  const until = simulated && measuredUntil !== undefined ? measuredUntil : clock.now()
  const demands: ReckonedDemand[] = []
  for (const demand of record.demands.toReversed()) {
    const since = instant(Math.min(countedSince(demand), until))
    const reckoning = reckon(incidents, { since, until, services: demand.services })
    demands.push({ demand, reckoning: { ...reckoning, weeks: await measuredWeeks(reckoning.weeks, demand, options) } })
  }
  return {
    demands,
    ...defined({ measuredUntil }),
    serviceNames: new Map([
      ...names.services.map(({ id, name }) => [id, name] as const),
      ...incidents.map(({ service }) => [service, serviceName(names, service)] as const),
    ]),
    networkName: (asn) => names.networkName(asn),
    simulated,
  }
}
