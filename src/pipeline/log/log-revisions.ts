import { encodeLoggedRevision } from '../../core/evidence/log/logged-revision.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { namedMeasurements } from '../../core/model/measured/named-measurements.ts'
import type { Instant, Sha256 } from '../../core/model/units.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { TransparencyLog } from './contract.ts'
import { nameOfRevision } from './revision-name.ts'

export interface RevisionLogParts {
  readonly log: Pick<TransparencyLog, 'append' | 'entries' | 'simulated'>
  readonly incidents: Pick<IncidentStore, 'current' | 'revisions' | 'published'>
  readonly archive: Pick<Archive, 'leafOf'>
  readonly now: () => Instant
}

/**
 * Logs what the journal of incidents holds and the log does not. What is missing is found by comparing the two, so that
 * a crash between them, or a journal older than the log, leaves nothing out and logs nothing twice.
 */
export class RevisionLog {
  readonly #parts: RevisionLogParts
  /** Leaves of the revisions that are logged, by incident and number; undefined until the log was read. */
  #logged: Map<string, Map<number, number>> | undefined
  #compared = -1
  readonly #mutex = new Mutex()

  constructor(parts: RevisionLogParts) {
    this.#parts = parts
  }

  /** Logs every revision that is not, in the order of their publication; gives how many. */
  logNew(): Promise<number> {
    return this.#mutex.run(() => this.#logNew())
  }

  /** Leaf of a revision that was logged; undefined where none is known of it. */
  async leafOf(incident: string, revision: number): Promise<number | undefined> {
    await this.logNew()
    return this.#logged?.get(incident)?.get(revision)
  }

  async #logNew(): Promise<number> {
    const { incidents, log, archive, now } = this.#parts
    const published = incidents.published()
    if (published === this.#compared) return 0
    const logged = (this.#logged ??= await this.#readLogged())
    const missing: Incident[] = []
    for (const { id, revision } of await incidents.current()) {
      if ((logged.get(id)?.size ?? 0) >= revision) continue
      for (const one of await incidents.revisions(id)) if (logged.get(id)?.has(one.revision) !== true) missing.push(one)
    }
    // A folder whose log stands holds only one realm; a journal that was copied into it from elsewhere is none of its.
    const own = missing.filter(({ simulated }) => simulated === log.simulated)
    own.sort((a, b) => a.revisedAt - b.revisedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : a.revision - b.revision))
    for (const one of own) {
      // A leaf each, synced. Crash after some: the comparison above finds those that are missing.
      const leaves = await leavesOf(one, archive)
      const bytes = encodeLoggedRevision(one, (id) => leaves.get(id))
      const { leafIndex } = await log.append('incident-revision', bytes, now())
      addTo(logged, { incident: one.id, revision: one.revision, leafIndex })
    }
    this.#compared = published
    return own.length
  }

  async #readLogged(): Promise<Map<string, Map<number, number>>> {
    const logged = new Map<string, Map<number, number>>()
    for await (const entry of this.#parts.log.entries('incident-revision'))
      addTo(logged, { ...nameOfRevision(entry), leafIndex: entry.leafIndex })
    return logged
  }
}

/** Leaves of the measurements that a revision names. */
async function leavesOf(revision: Incident, archive: Pick<Archive, 'leafOf'>): Promise<ReadonlyMap<Sha256, number>> {
  const leaves = new Map<Sha256, number>()
  for (const id of namedMeasurements(revision)) {
    const leaf = await archive.leafOf(id)
    if (leaf !== undefined) leaves.set(id, leaf)
  }
  return leaves
}

/** A revision that is in the log twice is known by its first leaf. */
function addTo(
  logged: Map<string, Map<number, number>>,
  { incident, revision, leafIndex }: ReturnType<typeof nameOfRevision> & { readonly leafIndex: number },
): void {
  const leaves = logged.get(incident) ?? new Map<number, number>()
  if (!leaves.has(revision)) leaves.set(revision, leafIndex)
  logged.set(incident, leaves)
}
