import type { Availability } from '../../core/detect/series/series-result.ts'
import { defined } from '../../core/model/defined.ts'
import type { ImpactTable } from '../../core/model/tables/impact-table.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { Period } from '../../store/warehouse/contract.ts'
import type { DetectCall, DetectReply } from './detect-calls.ts'
import type { SeriesOf } from '../../core/model/measured/series.ts'
import type { DetectSources } from './sources.ts'
import { canariesOf, canaryToleranceMs, withCanaries } from '../../core/derive/with-canaries.ts'

/** How much of a period a service was open, and whether hours of use were there to weigh it with. */
export interface PeriodAvailability extends Availability {
  readonly weighed: boolean
}

export interface AvailabilityAbout extends Pick<DetectSources, 'pool' | 'settings'> {
  readonly warehouse: Pick<DetectSources['warehouse'], 'readingColumns'>
  readonly comparisons: readonly string[]
  readonly people: ImpactTable
  readonly now: Instant
}

/**
 * Availability of one series in a period (docs/methods/detecting.md §7), detected only from the readings of the period.
 * Weighed by use where the table of people holds a profile of hours; bounds without hours weigh nothing.
 */
export async function seriesAvailability(
  series: SeriesOf,
  period: Period,
  about: AvailabilityAbout,
): Promise<PeriodAvailability | undefined> {
  const { warehouse, pool, settings, comparisons } = about
  const { service, asn, simulated } = series
  const tolerance = canaryToleranceMs(settings.scheduleMinutes)
  const within = { ...period, simulated }
  const [own] = await warehouse.readingColumns([{ service, asn }], within)
  if (own === undefined) return undefined
  const around = { since: instant(period.since - tolerance), until: instant(period.until + tolerance), simulated }
  const others = comparisons.includes(service) ? [] : comparisons.map((one) => ({ service: one, asn }))
  const compared = others.length === 0 ? [] : await warehouse.readingColumns(others, around)
  const columns = withCanaries(own.columns, canariesOf(compared.map((one) => one.columns)), tolerance)
  const usageHours = profileOf(about.people, simulated)
  const until = instant(Math.min(period.until, about.now))
  const call = {
    series: [{ columns }],
    until,
    ...defined({ usageHours }),
  } satisfies DetectCall
  const reply = (await pool.lease((lease) => lease.call('detect', call))) as DetectReply
  const availability = reply.results[0]?.availability
  return availability === undefined ? undefined : { ...availability, weighed: usageHours !== undefined }
}

/** Share of users by local hour, of the real or the simulated world; undefined where only bounds are held. */
function profileOf(people: ImpactTable, simulated: boolean): readonly number[] | undefined {
  const row = people.hours.find((one) => one.simulated === simulated)
  return row?.kind === 'profile' ? row.values : undefined
}
