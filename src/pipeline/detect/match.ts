import type { DetectedIncident, Incident } from '../../core/model/incident/incident.ts'
import { overlap, windowOf } from '../../core/derive/window.ts'

/** What was published of a series next to what the data show now. */
export interface Matched<D> {
  readonly pairs: readonly { readonly published: Incident; readonly detected: D }[]
  /** Not yet published. */
  readonly fresh: readonly D[]
  /** Published, and shown no longer. */
  readonly gone: readonly Incident[]
}

type Dated = Pick<DetectedIncident, 'start' | 'end' | 'running'>

/**
 * Matches by time: an incident is the published one with which it shares most, or from which it is at most
 * `toleranceMs` apart; each is matched once, longest overlap first, a standing one before a withdrawn one, then the
 * earlier id. Where two published ones have become one, the other is gone; where one has become two, the shorter is
 * fresh.
 */
export function matchIncidents<D extends Dated>(
  published: readonly Incident[],
  detected: readonly D[],
  toleranceMs: number,
): Matched<D> {
  const candidates = published.flatMap((one) =>
    detected.map((other) => ({ one, other, shared: overlap(windowOf(one), windowOf(other)) })),
  )
  const ordered = candidates
    .filter(({ shared }) => shared >= -toleranceMs)
    .toSorted(
      (a, b) =>
        Number(a.one.withdrawn) - Number(b.one.withdrawn) || b.shared - a.shared || (a.one.id < b.one.id ? -1 : 1),
    )
  const byPublished = new Map<Incident, D>()
  const taken = new Set<D>()
  for (const { one, other } of ordered) {
    if (byPublished.has(one) || taken.has(other)) continue
    byPublished.set(one, other)
    taken.add(other)
  }
  return {
    pairs: [...byPublished].map(([one, other]) => ({ published: one, detected: other })),
    fresh: detected.filter((one) => !taken.has(one)),
    gone: published.filter((one) => !byPublished.has(one)),
  }
}
