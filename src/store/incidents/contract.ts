import type { Episode, Incident } from '../../core/model/incident/incident.ts'
import type { Sha256 } from '../../core/model/units.ts'

/**
 * Published incidents: an append-only journal of revisions in the data folder. It is no derived data: what was once
 * published must still be found after a rebuild, beside what replaced it and the reason.
 */
export interface IncidentStore extends AsyncDisposable {
  /**
   * Latest revision of every incident, withdrawn ones included, newest start first, each with its episode of the latest
   * detection: the bytes that a digest or a check code is made of are those of `revisions`.
   */
  current(): Promise<readonly Incident[]>
  /** Every revision of one incident, oldest first; empty where it was never published. */
  revisions(id: string): Promise<readonly Incident[]>
  /** Revisions after the first, newest first: the page of corrections. */
  corrections(): Promise<readonly Incident[]>
  /** Episodes of the latest detection. */
  episodes(): Promise<readonly Episode[]>
  /**
   * A number that rises with every publication and every erasure that touches the journal, or that one incident:
   * a caller that remembers what was made from it knows by this when to make it again.
   */
  published(id?: string): number
  /** Appends revisions, durable before the promise is kept. Throws Fault for a revision that skips a number. */
  publish(revisions: readonly Incident[], episodes: readonly Episode[]): Promise<void>
  /** Takes ids of erased measurements out of every revision, off the disk too; gives how many revisions named them. */
  forget(ids: readonly Sha256[]): Promise<number>
}

/** What is asked of the published incidents without changing them. */
export type ReadIncidents = Omit<IncidentStore, 'publish' | 'forget'>
