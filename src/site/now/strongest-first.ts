import type { Incident } from '../../core/model/incident/incident.ts'

/** Order of incidents that go on: the strongest evidence first, then those that most devices saw. */
export const strongestFirst = (a: Incident, b: Incident): number =>
  b.cause.log10Lr - a.cause.log10Lr || b.probesFailed - a.probesFailed
