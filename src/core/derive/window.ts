import { HOUR_MS } from '../model/duration.ts'
import type { DetectedIncident, Edge } from '../model/incident/incident.ts'
import { instant, type Instant } from '../model/units.ts'

/** From when to when, as far as one instant each can say it. */
export interface IncidentWindow {
  readonly from: Instant
  readonly until: Instant
}

/** Later than every measurement: where a running incident ends. */
export const NEVER = instant(Date.UTC(2200, 0, 1))

const known = (...candidates: readonly (Instant | undefined)[]): Instant | undefined =>
  candidates.find((one) => one !== undefined)

const startOf = ({ median, bracket }: Edge): Instant => known(median, bracket[1], bracket[0]) ?? instant(0)
const endOf = ({ median, bracket }: Edge): Instant => known(median, bracket[0], bracket[1]) ?? NEVER

/** Medians of an incident; a running one has no end yet. */
export const windowOf = (incident: Pick<DetectedIncident, 'start' | 'end' | 'running'>): IncidentWindow => {
  const from = startOf(incident.start)
  const until = incident.running ? NEVER : endOf(incident.end)
  return { from, until: until < from ? from : until }
}

/** Widest window that an incident may have: both brackets and both intervals included. */
export function widestOf(incident: Pick<DetectedIncident, 'start' | 'end' | 'running'>): IncidentWindow {
  const { from, until } = windowOf(incident)
  const before = [incident.start.lo95, incident.start.bracket[0], from].filter((one) => one !== undefined)
  const after = [incident.end.hi95, incident.end.bracket[1], until].filter((one) => one !== undefined)
  return { from: instant(Math.min(...before)), until: instant(Math.max(...after)) }
}

/** Milliseconds that two windows share; negative is how far they lie apart. */
export const overlap = (a: IncidentWindow, b: IncidentWindow): number =>
  Math.min(a.until, b.until) - Math.max(a.from, b.from)

/** So long after its last failed measurement an incident is no longer said to be ongoing. */
const SILENT_MS = 48 * HOUR_MS

/**
 * An incident as of a time: one that was ongoing when the measurements ended, and of which nothing was heard
 * for two days, does not run; its end stays open. Wrong when: a series is measured less than once in two days.
 */
export function asOf(incident: DetectedIncident, now: Instant): DetectedIncident {
  const last = incident.end.bracket[0] ?? startOf(incident.start)
  return incident.running && now - last > SILENT_MS ? { ...incident, running: false } : incident
}
