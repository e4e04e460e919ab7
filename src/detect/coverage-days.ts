import type { CoverageDay } from '../model/claim.ts'
import type { Reading } from '../model/reading.ts'
import { instant, type Asn } from '../model/units.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

export interface CoverageSeries {
  readonly service: string
  readonly asn: Asn
  readonly simulated: boolean
}

/**
 * How well one series was watched, by day of UTC, oldest first: hours with a reading that would have shown a restriction,
 * and distinct probes behind them. A reading whose target was not tried shows nothing; nor does a failed one while the
 * line itself was down. Readings of nobody known count for the hours and are together at most one probe.
 */
export function coverageDays(series: CoverageSeries, readings: readonly Reading[]): readonly CoverageDay[] {
  const days = new Map<number, { readonly hours: Set<number>; readonly probes: Set<string> }>()
  for (const { at, probe, target, canary } of readings) {
    if (target === 'none' || (target === 'fail' && canary === 'fail')) continue
    const day = Math.floor(at / DAY)
    let known = days.get(day)
    if (known === undefined) {
      known = { hours: new Set(), probes: new Set() }
      days.set(day, known)
    }
    known.hours.add(Math.floor(at / HOUR) - day * 24)
    known.probes.add(probe)
  }
  return [...days]
    .toSorted(([a], [b]) => a - b)
    .map(([day, { hours, probes }]) => ({
      service: series.service,
      asn: series.asn,
      day: instant(day * DAY),
      hours: hours.size,
      probes: probes.size,
      simulated: series.simulated,
    }))
}
