import { HOUR_MS } from '../../model/duration.ts'
import { localHours } from './local-hours.ts'

export interface HourSpan {
  readonly from: number
  readonly until: number
}

/** Hours of a span by local hour of the day: 24 sums that add up to its length. Empty and backward spans give zeros. */
export function hoursCovered({ from, until }: HourSpan, zone: string): readonly number[] {
  const covered = Array.from({ length: 24 }, () => 0)
  const hours = localHours(zone)
  let at = from
  while (at < until) {
    const next = Math.min(hours.nextHour(at), until)
    const hour = hours.hourAt(at)
    covered[hour] = (covered[hour] ?? 0) + (next - at) / HOUR_MS
    at = next
  }
  return covered
}

/**
 * Share of a service's users who would have used it at least once in the hours covered: `least` if it is always the same
 * people, the share of the busiest hour; `most` if every hour brings others, independently. `hours` are hours of use per
 * user. The activity is taken `factor` times, at most 1; part of an hour counts as that part.
 */
export function activeShare(
  covered: readonly number[],
  activity: readonly number[],
  factor = 1,
): { readonly least: number; readonly most: number; readonly hours: number } {
  let least = 0
  let none = 1
  let hours = 0
  for (let hour = 0; hour < covered.length; hour++) {
    const length = covered[hour] ?? 0
    if (length === 0) continue
    const active = Math.min(1, (activity[hour] ?? 0) * factor)
    least = Math.max(least, active * Math.min(1, length))
    none *= (1 - active) ** length
    hours += active * length
  }
  return { least, most: 1 - none, hours }
}
