import type { DetectedIncident, Incident, RevisionReason } from '../../core/model/incident/incident.ts'
import type { Asn, Instant } from '../../core/model/units.ts'
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
 * The revision of an incident of which only the start with others taken into account has changed; undefined where a
 * reader would read the same.
 */
export function reviseStart(before: Incident, after: Incident, now: Instant): Incident | undefined {
  const stage = stageOf(after, now)
  if (!readerSeesChange(before, after, stage)) return undefined
  const { note: _, ...said } = after
  return next(before, said, { now, reason: stage === 'finished' ? 'late-data' : 'new-data' })
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

/**
 * `youtube-as9198-20250115T1502Z`: service, network, first failed observation (else the median start). A service of
 * other signs (`web:шай.kz`) keeps its letters, digits, points and hyphens. Where the id is taken, `-2` and so on follow.
 */
function incidentId(
  series: { readonly service: string; readonly asn: Asn },
  detected: Pick<DetectedIncident, 'start' | 'end' | 'running'>,
  taken: { has(id: string): boolean },
): string {
  const service = series.service
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .slice(0, 80)
  const first = detected.start.bracket[1] ?? windowOf(detected).from
  const minute = new Date(first).toISOString().slice(0, 16).replace(/[-:]/g, '')
  const plain = `${service}-as${series.asn}-${minute}Z`
  if (!taken.has(plain)) return plain
  for (let number = 2; ; number++) if (!taken.has(`${plain}-${number}`)) return `${plain}-${number}`
}

/** What was published of a series next to what the data show now. */
interface Matched<D> {
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
