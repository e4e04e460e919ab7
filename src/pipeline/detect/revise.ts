import type { Incident, RevisionReason } from '../../core/model/incident/incident.ts'
import type { Instant } from '../../core/model/units.ts'
import { incidentId } from './incident-id.ts'
import { matchIncidents } from './match.ts'
import type { Draft } from '../../core/derive/draft.ts'
import { readerSeesChange, stageOf } from '../../core/derive/reader-sees.ts'
import { overlap, windowOf } from '../../core/derive/window.ts'

export interface ReviseAbout {
  readonly now: Instant
  /** How far apart a published and a detected incident may be and still be the same one. */
  readonly toleranceMs: number
  /** Ids in use, of any series. */
  readonly taken: { has(id: string): boolean }
  /** Published incidents with a measurement that was erased. */
  readonly erased: ReadonlySet<string>
  /** Those in whose time measurements were taken out because their sender was revoked. */
  readonly revoked?: ReadonlySet<string>
  /** The series was detected under these rules before: what differs now differs by its data. */
  readonly rulesKnown?: boolean
}

/**
 * The revisions that make the published incidents of one series say what the data show now; none where a reader would
 * read the same. An incident whose time no longer shows any is withdrawn, and the note names what took its place.
 */
export function reviseSeries(
  published: readonly Incident[],
  drafts: readonly Draft[],
  about: ReviseAbout,
): readonly Incident[] {
  const { pairs, fresh, gone } = matchIncidents(published, drafts, about.toleranceMs)
  const used = new Set<string>()
  const taken = { has: (id: string): boolean => used.has(id) || about.taken.has(id) }
  const first = fresh.filter(worthPublishing).map((draft): Incident => {
    const id = incidentId(draft, draft, taken)
    used.add(id)
    return { ...draft, id, revision: 1, revisedAt: about.now, reason: 'first', withdrawn: false }
  })
  const revised = pairs.flatMap(({ published: before, detected: draft }): readonly Incident[] => {
    const after = { ...draft, withdrawn: false }
    if (!readerSeesChange(before, after, stageOf(after, about.now))) return []
    return [next(before, after, { now: about.now, reason: reasonOf(before, draft, about) })]
  })
  const standing = [...pairs.map(({ published: one, detected }) => ({ id: one.id, ...detected })), ...first]
  const withdrawn = gone
    .filter((one) => !one.withdrawn)
    .map((one): Incident => {
      const successor = standing.find((other) => overlap(windowOf(one), windowOf(other)) > 0)?.id
      const reason = takenOut(one.id, about) ?? 'withdrawn'
      const { note: _, ...said } = one
      const revision = next(one, { ...said, withdrawn: true, running: false }, { now: about.now, reason })
      return successor === undefined ? revision : { ...revision, note: successor }
    })
  return [...first, ...revised, ...withdrawn]
}

/**
 * A running one is published when the live alarm has been raised (it has a hysteresis of its own), so that what one
 * measurement shows and the next one takes back is never on the page; a finished one always.
 */
const worthPublishing = (draft: Draft): boolean => !draft.running || draft.alarm !== undefined

interface Why {
  readonly now: Instant
  readonly reason: RevisionReason
}

/** The revision after `before`: what it says is all of `after`; of `before` it keeps the id. */
const next = (before: Incident, after: Draft & { readonly withdrawn: boolean }, { now, reason }: Why): Incident => ({
  ...after,
  id: before.id,
  revision: before.revision + 1,
  revisedAt: now,
  reason,
})

const takenOut = (id: string, { erased, revoked }: ReviseAbout): RevisionReason | undefined =>
  erased.has(id) ? 'erased-data' : revoked?.has(id) === true ? 'revoked-data' : undefined

/** Data that arrive when the revision before was the last word of a finished incident are late. */
function reasonOf(before: Incident, after: Draft, about: ReviseAbout): RevisionReason {
  const { rulesKnown } = about
  const taken = takenOut(before.id, about)
  if (taken !== undefined) return taken
  if (before.rulesVersion !== after.rulesVersion && rulesKnown !== true) return 'rules'
  if (before.withdrawn) return 'late-data'
  return stageOf(before, before.revisedAt) === 'finished' ? 'late-data' : 'new-data'
}
