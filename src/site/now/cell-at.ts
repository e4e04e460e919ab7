import { defined } from '../../core/model/defined.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { Edge, Incident } from '../../core/model/incident/incident.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { RecentSeries } from '../../store/warehouse/contract.ts'
import type { MarkName } from '../parts/mark.ts'

/**
 * How long a measurement speaks of the present (docs/methods/present.md). After it the state is unknown, and the page
 * says so.
 */
export const PRESENT_MS = 3 * HOUR_MS
/** Share of devices that must agree before a cell says what they saw. */
const MOST_AGREE = 2 / 3

/** What a person sees of one service on one network at a time, and how much evidence it rests on. */
export interface CellAt {
  readonly state: MarkName
  /** The incident that the state comes from. */
  readonly incident?: Incident
  /** Distinct devices that measured, those unnamed left out, and measurements, in the three hours before. */
  readonly devices: number
  readonly measurements: number
  readonly latest?: Instant
}

/** Window of the measurements that speak of an instant. */
export const presentBefore = (at: Instant): { readonly since: Instant; readonly until: Instant } => ({
  since: instant(at - PRESENT_MS),
  until: at,
})

/** Mark of each state of an incident, the worst first. */
export const INCIDENT_MARKS = {
  restricted: 'shut',
  'partly-restricted': 'part',
  throttled: 'slow',
  insufficient: 'unkn',
} satisfies Record<Incident['state'], MarkName>
const WORST_FIRST = Object.keys(INCIDENT_MARKS)

const firstOf = (start: Edge): Instant | undefined => start.median ?? start.bracket[1] ?? start.lo95

/**
 * Whether an incident covers an instant. One without a dated end covers no more than three hours after its last failed
 * measurement: then it may be over, and nothing was measured.
 */
export function covers(incident: Incident, at: Instant): boolean {
  const { start, end, running, withdrawn } = incident
  if (withdrawn || at < (firstOf(start) ?? Number.NEGATIVE_INFINITY)) return false
  if (!running && end.median !== undefined) return at < end.median
  return !isOld(incident, at)
}

/**
 * An incident without a dated end as it may be spoken of at an instant, not as its last revision described the time
 * when that was made. It continues while its last failed measurement speaks of the present; once that is older than
 * three hours the state is unknown, and it is described in the past tense with its end left open. What was published
 * stays as it is.
 */
export function spokenAt(incident: Incident, at: Instant): Incident {
  const { running, withdrawn, end } = incident
  if (withdrawn || (!running && end.median !== undefined)) return incident
  if (isOld(incident, at)) return running ? { ...incident, running: false } : incident
  return !running && covers(incident, at) ? { ...incident, running: true } : incident
}

const isOld = ({ end }: Incident, at: Instant): boolean => {
  const last = end.bracket[0] ?? end.median
  return last === undefined || at - last > PRESENT_MS
}

/**
 * State of a cell at an instant, by what was measured in the three hours before (`recent`) and by the incidents of the
 * series. What counts as a restriction is decided only by the detector: without an incident, interference in single
 * measurements leaves a cell undetermined, and only where two of three devices agree it says what they saw.
 */
export function cellAt(
  at: Instant,
  { recent, incidents }: { readonly recent?: RecentSeries | undefined; readonly incidents: readonly Incident[] },
): CellAt {
  const counts = {
    devices: recent?.devices ?? 0,
    measurements: recent?.measurements ?? 0,
    ...defined({ latest: recent?.latest }),
  }
  const [incident] = incidents
    .filter((one) => covers(one, at))
    .toSorted((a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state))
  if (incident !== undefined) return { state: INCIDENT_MARKS[incident.state], incident, ...counts }
  return { state: recent === undefined ? 'none' : settledState(recent.kinds), ...counts }
}

/** What two of three agree on, without an incident. */
export function settledState({
  reachable,
  interfered,
  unreachable,
}: Pick<RecentSeries['kinds'], 'reachable' | 'interfered' | 'unreachable'>): MarkName {
  const settled = reachable + interfered + unreachable
  if (settled === 0) return 'unkn'
  if (reachable >= MOST_AGREE * settled) return 'open'
  return unreachable >= MOST_AGREE * settled ? 'fault' : 'unkn'
}
