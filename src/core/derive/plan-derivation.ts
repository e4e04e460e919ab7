import { lookbackOf } from '../detect/series/detect-paired.ts'
import { DAY_MS, HOUR_MS } from '../model/duration.ts'
import { instant, type Instant } from '../model/units.ts'
import type { Begins } from './derive-incident.ts'
import type { StandingOf } from './shown.ts'
import { weighPeriods, type TimeStretch } from './weigh-shown.ts'
import { widestOf } from './window.ts'
import { canaryToleranceMs } from './with-canaries.ts'

/** So many readings of the series and of its comparison services are taken in from the first one on. */
export const MOST_WHOLE = 20_000
/** With more than these no reader would repeat it: such a series is taken up at a settled state or not at all. */
export const MOST_EVER = 100_000
/** A longer series is taken up at a state that it had so long before the incident; the next shorter where there is none. */
const SETTLED_BEFORE = [28 * DAY_MS, 16 * DAY_MS]
/** How long after its widest end an incident is looked at. It must read as published; where it does not, longer. */
const AFTER = [6 * HOUR_MS, 54 * HOUR_MS, 14 * DAY_MS]

/**
 * Until when readings are taken in, the shortest first. A running incident is derived from everything up to now, as it was
 * published; so is one that a shorter look leaves different.
 */
export function looksAt(incident: StandingOf['detected'], now: Instant): readonly Instant[] {
  const { until } = widestOf(incident)
  const ends = incident.running ? [] : AFTER.map((after) => until + after).filter((end) => end < now)
  return [...ends, now].map(instant)
}

/** Before which instants a long series may be taken up, the earliest first. */
export const settlesBefore = (incident: StandingOf['detected']): readonly Instant[] =>
  SETTLED_BEFORE.map((before) => instant(widestOf(incident).from - before))

/** Which measurements are taken in, and what for. */
export interface DerivationPeriods {
  /** Of the series itself. */
  readonly series: TimeStretch
  /** Of the comparison services of its network; undefined where the series is one of them. */
  readonly comparisons: TimeStretch | undefined
  /** Of every other series of its network and of its service. */
  readonly beside: TimeStretch
}

/**
 * The stretches of time of which every measurement is taken in, whether it passed or failed: what the detector reads, and
 * what the weighing looks at before and beside the incident.
 */
export function derivationPeriods(
  { series, detected }: StandingOf,
  about: {
    readonly begins: Begins
    readonly until: Instant
    readonly scheduleMinutes: number
    readonly comparisons: readonly string[]
  },
): DerivationPeriods {
  const { begins, comparisons, scheduleMinutes } = about
  const until = instant(about.until + 1)
  const periods = weighPeriods({ series, detected }, about.until)
  const widest = widestOf(detected)
  const weighed = Math.min(periods.watched.since, widest.from - 14 * DAY_MS)
  const settled = begins.kind === 'settled' ? begins.state : undefined
  const read = settled === undefined ? 0 : (lookbackOf(settled) ?? settled.at)
  const canaries = settled === undefined ? 0 : settled.at - canaryToleranceMs(scheduleMinutes)
  return {
    series: { since: instant(settled === undefined ? 0 : Math.min(read, weighed)), until },
    comparisons: comparisons.includes(series.service) ? undefined : { since: instant(canaries), until },
    beside: {
      since: instant(widest.from - 3 * HOUR_MS),
      until: instant(Math.min(widest.until, about.until) + 1),
    },
  }
}

/** Whether a published incident enters the weighing of another one: of the same network or service, at the same time or before. */
export function isBeside(other: StandingOf, own: StandingOf, begins: Begins): boolean {
  const { series } = own
  if (other.series.simulated !== series.simulated) return false
  const sameService = other.series.service === series.service
  const sameNetwork = other.series.asn === series.asn
  // Of the series itself everything from where it begins on is derived, not looked up.
  if (sameService && sameNetwork) return begins.kind === 'settled' && widestOf(other.detected).until < begins.state.at
  const [a, b] = [widestOf(other.detected), widestOf(own.detected)]
  return (sameService || sameNetwork) && a.from <= b.until && a.until >= b.from
}
