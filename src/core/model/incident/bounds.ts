import { HOUR_MS, MINUTE_MS } from '../duration.ts'
import { instant, type Instant } from '../units.ts'
import type { Edge, Incident } from './incident.ts'

/** How long after its last failed measurement an incident may still be spoken of in the present. */
const PRESENT_MS = 6 * HOUR_MS

/**
 * Whether an incident may be called ongoing: it is not over, and its last failed measurement is not older than six
 * hours at the time of the revision. Without newer data this is unknown, and the end is reported as open. A simulated
 * one has a present of its own, which the time of a revision says nothing of.
 */
export function goesOn(incident: Incident): boolean {
  const last = incident.end.bracket[0]
  if (!incident.running || incident.withdrawn || last === undefined) return false
  return incident.simulated || incident.revisedAt - last <= PRESENT_MS
}

/** Measurement nearest to an open edge: the first that failed, or the last. */
export const nearest = (edge: Edge): Instant | undefined => edge.bracket[1] ?? edge.bracket[0]

/** The time an incident is filed under: its start, or the measurement nearest to an open one. */
export const anchor = (incident: Incident): Instant | undefined =>
  incident.start.median ?? nearest(incident.start) ?? incident.end.bracket[0] ?? incident.end.median

/** The last time that is known to belong to an incident; for a running one its last failed measurement. */
export const lastKnown = (incident: Incident): Instant | undefined =>
  incident.end.median ?? incident.end.bracket[0] ?? incident.curve.at(-1)?.at

/** Window of the axis: the incident with an hour, or a quarter of its length, on either side. */
export function axisWindow(incident: Incident): { readonly from: Instant; readonly until: Instant } | undefined {
  const [first, last] = [anchor(incident), lastKnown(incident)]
  if (first === undefined) return undefined
  const until = last === undefined || last < first ? first : last
  const aside = Math.max(HOUR_MS, (until - first) / 4)
  const earliest = Math.min(first, incident.start.lo95 ?? first)
  const latest = Math.max(until, goesOn(incident) ? until : (incident.end.hi95 ?? until))
  return {
    from: instant(Math.floor((earliest - aside) / MINUTE_MS) * MINUTE_MS),
    until: instant(Math.ceil((latest + aside) / MINUTE_MS) * MINUTE_MS),
  }
}
