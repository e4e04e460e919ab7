import { parseCustodyEvent } from '../../core/evidence/custody/custody-event.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { policyText } from '../../core/evidence/witness/policy.ts'
import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import { decodeReview } from '../../core/model/incident/review.ts'
import type { EntryKind } from '../../core/model/log-entry.ts'
import { readPolicyText } from '../../pipeline/bundle/read-stamps.ts'
import type { ProvenLeaf } from '../../pipeline/log/contract.ts'
import type { ReadLog } from '../../pipeline/log/read-log.ts'
import { checkpointToGive } from '../../pipeline/log/outside/witnesses.ts'
import type { ServedLog } from '../../web/answer/log-routes.ts'
import type { SiteFolder } from '../reader/site-folder.ts'

/**
 * Entries whose bytes are served: what is published anyway, and what a reader follows keys by. Saved checks go
 * only to those whom they concern, and so do custody events, except acts of people on published incidents.
 */
const SERVED_ENTRIES: readonly EntryKind[] = ['incident-revision', 'frozen-events', 'key-change', 'frozen-validation']

/** Whether an event of custody is an act of a person on a published incident: pages and `/api/v1/reviews` show each. */
function isPublishedAct(bytes: Uint8Array): boolean {
  try {
    return decodeReview(parseCustodyEvent(bytes)) !== undefined
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

/** The log of a folder as its site serves it; undefined where there is none. */
export async function servedLog(
  folder: Pick<SiteFolder, 'begunLog' | 'logFolder'> &
    Partial<Pick<SiteFolder, 'archive' | 'revisionLeaf' | 'logDisk'>>,
): Promise<ServedLog | undefined> {
  const log = await folder.begunLog()
  if (log === undefined) return undefined
  return {
    folder: log.folder,
    ...defined({ disk: folder.logDisk }),
    keys: log.keys,
    latest: () => log.latest(),
    revisionLeaf: async (incident, revision) => folder.revisionLeaf?.(incident, revision),
    entry: async (leaf) => {
      const found = await (await folder.archive?.())?.readLeaf(leaf)
      if (found?.kind !== 'entry') return undefined
      const served =
        SERVED_ENTRIES.includes(found.entry) || (found.entry === 'custody-event' && isPublishedAct(found.bytes))
      return served ? found.bytes : undefined
    },
    policy: () => publishedPolicy(log, folder.logFolder),
    prove: (leaves) => proveToCosigned(log, folder.logFolder, leaves),
  }
}

/** The policy that a log publishes: its operator's, with a quorum and without addresses, else one that demands no witness. */
export const publishedPolicy = async ({ keys }: Pick<ReadLog, 'keys'>, folder: string): Promise<string> =>
  (await readPolicyText(folder)) ?? policyText(keys.map(({ key }) => formatVerifierKey(key)))

/**
 * Proofs to the last checkpoint that witnesses have cosigned as the policy demands, where it holds the leaves: a log that
 * grows serves newer ones before they have seen them. Else, and where the kept one is of another tree, to the newest. Throws InputError for a leaf that no checkpoint holds.
 */
export async function proveToCosigned(
  log: ReadLog,
  folder: string,
  leaves: readonly number[],
): Promise<readonly ProvenLeaf[]> {
  const least = leaves.reduce((most, leaf) => Math.max(most, leaf + 1), 0)
  try {
    return await log.prove(leaves, await checkpointToGive(folder, { log, least }))
  } catch (error) {
    if (error instanceof InputError) return log.prove(leaves)
    throw error
  }
}
