import type { Incident } from '../model/incident/incident.ts'

/** An incident as the data show it now, before it has a place among the published ones. */
export type Draft = Omit<Incident, 'id' | 'revision' | 'revisedAt' | 'reason' | 'note' | 'withdrawn' | 'episode'>
