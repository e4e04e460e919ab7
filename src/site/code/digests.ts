import type { Incident } from '../../core/model/incident/incident.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { digestOf } from '../incident/around.ts'
import type { ReadableIncidents } from '../incident/route.ts'

/** SHA-256 of a revision as the journal has it; undefined where the journal no longer has that revision. */
export type RevisionDigest = (
  incident: Pick<Incident, 'id' | 'revision' | 'measurements'>,
) => Promise<Sha256 | undefined>

/** Digests that are remembered: each costs a read of the journal and a hash of the whole revision. */
const MOST_DIGESTS = 5000

/**
 * Digests as pages cite them: of the revision as the journal has it. The list of current incidents tells the newest
 * episode next to it, which is no part of what was published. A revision that lost measurements by erasure has a digest
 * of its own.
 */
export function rememberDigests(incidents: Pick<ReadableIncidents, 'revisions'>): RevisionDigest {
  const known = new Map<string, Sha256>()
  return async ({ id, revision, measurements }) => {
    const key = `${revision} ${measurements.length} ${id}`
    const found = known.get(key)
    if (found !== undefined) return found
    const published = (await incidents.revisions(id)).find((one) => one.revision === revision)
    if (published === undefined) return undefined
    const digest = await digestOf(published)
    if (known.size >= MOST_DIGESTS) known.clear()
    known.set(key, digest)
    return digest
  }
}
