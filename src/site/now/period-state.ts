import { anchor, lastKnown } from '../../core/model/incident/bounds.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { Kind } from '../../core/model/measured/verdict.ts'
import type { Period } from '../../store/warehouse/contract.ts'
import type { MarkName } from '../parts/mark.ts'
import { INCIDENT_MARKS, settledState } from './cell-at.ts'

// The state of days that a reader chose (docs/methods/present.md). As for the present, only the detector finds a
// restriction.

const WORST_FIRST: readonly MarkName[] = ['shut', 'part', 'slow']

/** Whether an incident is in a period, or reaches into it. */
export function touches(incident: Incident, { since, until }: Period): boolean {
  const first = anchor(incident)
  return first !== undefined && first < until && (incident.running || (lastKnown(incident) ?? first) >= since)
}

/** Whether an incident says of a period that the service was restricted in it. */
export const isRestriction = (incident: Incident, period: Period): boolean =>
  !incident.withdrawn && incident.state !== 'insufficient' && touches(incident, period)

/**
 * State of a series over a period: the worst of its restrictions; without one, what two of three of its measurements saw.
 * Interference in single measurements is not a restriction, as in a cell of now.
 */
export function periodState(
  kinds: Readonly<Record<Kind, number>>,
  incidents: readonly Incident[],
  period: Period,
): MarkName {
  const found = new Set(
    incidents.filter((one) => isRestriction(one, period)).map(({ state }): MarkName => INCIDENT_MARKS[state]),
  )
  const judged = kinds.reachable + kinds.interfered + kinds.unreachable + kinds.inconclusive
  return WORST_FIRST.find((state) => found.has(state)) ?? (judged === 0 ? 'none' : settledState(kinds))
}
