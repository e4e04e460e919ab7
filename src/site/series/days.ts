import { HOUR_MS } from '../../core/model/duration.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { MeasuredDay, SeriesName, SeriesPoint } from '../../store/warehouse/contract.ts'

const HOURS = 24

/**
 * Hours of a series in which it was measured, by days of 24 hours from `since`: what the warehouse counts for all
 * series (sql/measured-hours.sql), counted here from the points of one that were read already.
 */
export function measuredDays(of: SeriesName, points: readonly SeriesPoint[], since: Instant): readonly MeasuredDay[] {
  const judged = points.filter(({ kind, at }) => kind !== 'not-judged' && at >= since)
  const hourOf = ({ at }: SeriesPoint): number => Math.floor((at - since) / HOUR_MS)
  return [...Map.groupBy(judged, (point) => Math.floor(hourOf(point) / HOURS))].map(([day, own]) => {
    const bits = { measured: 0, unreached: 0, unsettled: 0 }
    for (const [hour, list] of Map.groupBy(own, (point) => hourOf(point) % HOURS)) {
      const unreachable = list.filter(({ kind }) => kind === 'unreachable').length
      const reachable = list.filter(({ kind }) => kind === 'reachable').length
      const interfered = list.filter(({ kind }) => kind === 'interfered').length
      bits.measured |= 1 << hour
      if (unreachable > reachable + interfered) bits.unreached |= 1 << hour
      else if (interfered >= reachable) bits.unsettled |= 1 << hour
    }
    const latest = instant(own.reduce((most, { at }) => Math.max(most, at), 0))
    return { service: of.service, asn: of.asn, day, ...bits, measurements: own.length, latest }
  })
}
