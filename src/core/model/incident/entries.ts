import { anchor, goesOn, lastKnown } from './bounds.ts'
import type { Episode, Incident } from './incident.ts'

// One evening is one entry of a list: the incidents of an episode together, and an incident of no episode by itself.
// Method: docs/methods/episodes.md.

/** Incidents that are one entry of a list. */
export interface IncidentEntry<One = Incident> {
  /** Id of their episode; absent where it has no other incident that is shown. */
  readonly episode?: string
  /** Earliest start first; at least one. */
  readonly incidents: readonly One[]
  /** Incidents of the episode in all, of which a list may show a part. */
  readonly total: number
}

/** When an incident is filed: an incident without any time of its own by its revision. */
export const filedAt = (incident: Incident): number => anchor(incident) ?? incident.revisedAt

/** Whether any of a period, `until` exclusive, may belong to an incident: as far as the bounds of start and end reach. */
export function reaches(
  incident: Incident,
  { from, until }: { readonly from: number; readonly until: number },
): boolean {
  const { start, end, running } = incident
  const begun = filedAt(incident)
  const over = running ? Infinity : (end.hi95 ?? end.median ?? end.bracket[1] ?? begun)
  return Math.min(begun, start.lo95 ?? Infinity) < until && over >= from
}

const byStart = (a: Incident, b: Incident): number => filedAt(a) - filedAt(b) || (a.id < b.id ? -1 : 1)

/** Whether an incident of an entry is ongoing. */
export const entryGoesOn = ({ incidents }: IncidentEntry): boolean => incidents.some(goesOn)

/** Start of the earliest incident of an entry, by which it is sorted. */
export const entryBegan = ({ incidents: [first] }: IncidentEntry): number => (first === undefined ? 0 : filedAt(first))

/**
 * Entries of the shown incidents: ongoing ones first, each part newest start first. A withdrawn incident is an entry by
 * itself. `isWanted` says which of the shown ones a list is about; an entry then has only those.
 */
export function entriesOf(
  shown: readonly Incident[],
  episodes: readonly Episode[],
  isWanted: (incident: Incident) => boolean = () => true,
): readonly IncidentEntry[] {
  const episodeOf = new Map(episodes.flatMap(({ id, incidents }) => incidents.map((one) => [one, id] as const)))
  const groups = Map.groupBy(shown, ({ id, withdrawn }) => (withdrawn ? id : (episodeOf.get(id) ?? id)))
  const entries = [...groups].flatMap(([id, own]): readonly IncidentEntry[] => {
    const incidents = own.filter(isWanted).toSorted(byStart)
    if (incidents.length === 0) return []
    return own.length === 1 ? [{ incidents, total: 1 }] : [{ episode: id, incidents, total: own.length }]
  })
  return entries
    .toSorted((a, b) => entryBegan(b) - entryBegan(a) || (firstId(a) < firstId(b) ? -1 : 1))
    .toSorted((a, b) => Number(entryGoesOn(b)) - Number(entryGoesOn(a)))
}

const firstId = ({ incidents: [first] }: IncidentEntry): string => first?.id ?? ''

/**
 * The incident whose end is that of the entry: of ongoing ones the one seen last, else one of which no end is known,
 * else the one that ended last. `incidents` has at least one.
 */
export function lastOf(incidents: readonly Incident[]): Incident {
  const rank = (one: Incident): number => (goesOn(one) ? 2 : one.end.median === undefined ? 1 : 0)
  return incidents.reduce((last, one) =>
    rank(one) > rank(last) || (rank(one) === rank(last) && (lastKnown(one) ?? 0) > (lastKnown(last) ?? 0)) ? one : last,
  )
}

/** An entry as one span of time: the start of its first incident, the end of its last one. */
export function entrySpan({ incidents }: IncidentEntry): Incident {
  const [first] = incidents
  const last = lastOf(incidents)
  return first === undefined ? last : { ...last, start: first.start }
}
