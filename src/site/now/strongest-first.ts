import { quotedOf } from '../../core/model/incident/cause.ts'
import type { Incident } from '../../core/model/incident/incident.ts'

/** Order of incidents that go on: the strongest evidence first, then those that most devices saw. */
export const strongestFirst = (a: Incident, b: Incident): number =>
  quotedOf(b.cause).log10Lr - quotedOf(a.cause).log10Lr || b.probesFailed - a.probesFailed
