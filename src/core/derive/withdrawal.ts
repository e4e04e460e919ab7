import { defined } from '../model/defined.ts'
import { orUndefined } from '../model/errors.ts'
import { readIncident, type ReadIncident } from '../model/incident/incident-read.ts'
import type { ShownIncident } from './shown.ts'
import { overlap, windowOf, type IncidentWindow } from './window.ts'

/** A revision as it was logged, as far as it is read here. */
export interface LoggedIncident extends ReadIncident {
  /** What stands beside its reason: of a withdrawn one the id of the incident that took its place, where there is one. */
  readonly note?: string
}

/** What the measurements show at the time of an incident that was withdrawn. */
export interface Withdrawal {
  /** Incidents of the series at that time; none where the withdrawal follows from the measurements. */
  readonly shown: number
  /** Id of the standing incident that took its place, by the word of the log. */
  readonly successor?: string
}

/** Incidents that are shown at any time of a window, its ends included. */
export const shownAt = (window: IncidentWindow, shown: readonly ShownIncident[]): readonly ShownIncident[] =>
  shown.filter(({ detected }) => overlap(windowOf(detected), window) >= 0)

/** What is shown at the time of a withdrawn incident; its successor is one of the logged revisions, and stands. */
export function withdrawalOf(
  latest: LoggedIncident,
  shown: readonly ShownIncident[],
  logged: readonly LoggedIncident[],
): Withdrawal {
  const standing = logged.find(({ id, withdrawn }) => id === latest.note && id !== latest.id && !withdrawn)
  return {
    shown: shownAt(windowOf(latest), shown).length,
    ...defined({ successor: standing?.id }),
  }
}

/** A logged revision; undefined for a value that is none. */
export function revisionOf(value: unknown): LoggedIncident | undefined {
  const read = orUndefined(() => readIncident(value))
  const note = typeof value === 'object' && value !== null && 'note' in value ? value.note : undefined
  return read !== undefined && typeof note === 'string' ? { ...read, note } : read
}

/** The newest revision of an incident. */
export const latestOf = (incident: string, logged: readonly LoggedIncident[]): LoggedIncident | undefined =>
  logged.filter(({ id }) => id === incident).toSorted((a, b) => b.revision - a.revision)[0]
