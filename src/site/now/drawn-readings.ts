import type { Incident } from '../../core/model/incident/incident.ts'
import type { Reading } from '../../core/model/measured/reading.ts'

/** An incident names at most so many measurements; of more it names a sample, which tells nothing of the others. */
const MOST_NAMED = 2000

/** What the axis of one revision draws. */
export interface DrawnAxis {
  readonly readings: readonly Reading[]
  /** Measurements of the time of the incident that the revision does not count: they arrived after it. */
  readonly later: number
}

/**
 * Tells the measurements that a revision counts from those that arrived after it. The newest revision draws all that are
 * held; an earlier one only what it was made from, so that its figures and its drawing say the same.
 */
export function drawnOf(published: Incident, held: readonly Reading[], isNewest: boolean): DrawnAxis {
  const named = new Set<string>(published.measurements)
  if (named.size === 0 || named.size >= MOST_NAMED) return { readings: held, later: 0 }
  const { from, until } = spanOf(published)
  const isLater = ({ at, id }: Reading): boolean => at >= from && at <= until && id !== undefined && !named.has(id)
  const later = held.filter(isLater).length
  if (isNewest) return { readings: held, later }
  return { readings: held.filter((one) => one.at <= published.revisedAt && !isLater(one)), later }
}

/** From when to when a measurement counts in an incident, by the outermost of its bounds; one that runs has no end. */
function spanOf({ start, end, running }: Incident): { readonly from: number; readonly until: number } {
  const known = (times: readonly (number | undefined)[]): readonly number[] => times.filter((one) => one !== undefined)
  return {
    from: Math.min(...known([start.lo95, start.bracket[0], start.median, start.bracket[1]])),
    until: running ? Infinity : Math.max(...known([end.median, end.bracket[0], end.bracket[1], end.hi95])),
  }
}
