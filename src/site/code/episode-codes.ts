import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { checkCode } from '../../core/evidence/check-code.ts'
import type { Episode } from '../../core/model/incident/incident.ts'
import type { NamedEntry } from '../../core/text/sentence/episode.ts'
import { parseSha256, type Instant, type Sha256 } from '../../core/model/units.ts'
import type { RevisionDigest } from './digests.ts'

// Check codes of episodes (docs/methods/check-codes.md): of the revisions that an episode had at a time. Former states
// are found again from the journal, so that a code outlives a revision and a new start of the server.

/** One revision of an incident, as far as the code of an episode needs it. */
export interface RevisionState {
  readonly id: string
  readonly revision: number
  readonly digest: Sha256
}

/** Code of an episode: that of the SHA-256 of the canonical JSON of its revisions, sorted by the id of the incident. */
export async function episodeCode(revisions: readonly RevisionState[]): Promise<string> {
  const rows = revisions
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, revision, digest: sha256 }) => ({ id, revision, sha256 }))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(encodeCanonical({ episode: rows })))
  return checkCode(parseSha256(Buffer.from(digest).toString('hex')))
}

/** Code of the revisions that an entry shows; empty where the journal no longer has one of them. */
export async function codeOfEntry({ incidents }: NamedEntry, digestOf: RevisionDigest): Promise<string> {
  const revisions = await Promise.all(
    incidents.map(async ({ incident }) => {
      const digest = await digestOf(incident)
      return digest === undefined ? [] : [{ id: incident.id, revision: incident.revision, digest }]
    }),
  )
  return revisions.some((own) => own.length === 0) ? '' : episodeCode(revisions.flat())
}

/** A revision with its time and whether it withdrew the incident. */
export interface DatedRevision extends RevisionState {
  readonly revisedAt: Instant
  readonly withdrawn: boolean
}

/** State of an episode that a code names. */
export interface CodedEpisode {
  readonly id: string
  /** Whether the episode still has these revisions. */
  readonly isNewest: boolean
  readonly revisions: readonly RevisionState[]
}

/**
 * Every state of an episode with its code, from the revisions of its incidents: one after each publication. A state has
 * the incidents that were published by then. `isShown`: pages show exactly these incidents.
 * BUG: an incident that left the episode since is in none of them, and one that joined it later than it was published is
 * in states that did not have it; codes of such states lead nowhere.
 */
export async function episodeStates(
  { id, incidents, isShown }: Pick<Episode, 'id' | 'incidents'> & { readonly isShown: boolean },
  revisionsOf: (incident: string) => readonly DatedRevision[],
): Promise<ReadonlyMap<string, CodedEpisode>> {
  const all = incidents.map(revisionsOf)
  const times = [...new Set(all.flat().map(({ revisedAt }) => revisedAt))].toSorted((a, b) => a - b)
  const states = new Map<string, CodedEpisode>()
  const last = times.at(-1)
  for (const time of times) {
    const revisions = all.flatMap((own) => {
      const newest = own.findLast(({ revisedAt }) => revisedAt <= time)
      return newest === undefined || newest.withdrawn ? [] : [newest]
    })
    // A single incident is quoted with its own code.
    if (revisions.length > 1)
      states.set(await episodeCode(revisions), { id, isNewest: isShown && time === last, revisions })
  }
  return states
}
