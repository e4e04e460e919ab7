import { MINUTE_MS } from '../../core/model/duration.ts'
import { systemClock } from '../../runtime/clock.ts'
import { shippedLeaves } from '../../store/archive/ship/shipped-leaves.ts'
import type { OpenFolder } from '../folder/open.ts'
import type { CheckupFinding } from './checkup-finding.ts'

/** What is here for longer and not on the store shows that shipping does not go on. */
const LATE_MS = 10 * MINUTE_MS

/** How far a folder is shipped; nothing where it is not. Throws Fault where the store does not answer. */
export async function lookAtShipping(folder: OpenFolder): Promise<readonly CheckupFinding[]> {
  const { archiveStore: store } = folder
  if (store === undefined) return []
  const about = 'shipping'
  const versions = await store.keepsVersions()
  if (versions === 'yes')
    return [
      {
        ...{ about, state: 'bad', found: `${store.name} keeps versions, or kept them once: nothing is shipped there` },
        todo: 'use another bucket (docs/operating/object-storage.md)',
      },
    ]
  const there = await shippedLeaves(store)
  const archive = await folder.archive()
  if (there > archive.size)
    return [
      {
        ...{ about, state: 'bad', found: `${store.name} has ${there} entries, and this folder only ${archive.size}` },
        todo: 'this folder is behind, or another one ships there: docs/operating/standby.md',
      },
    ]
  const left = archive.size - there
  const first = left === 0 ? undefined : await archive.readLeaf(there)
  const since =
    first === undefined || first.kind === 'erased'
      ? 0
      : 'provenance' in first
        ? first.provenance.receivedAt
        : first.receivedAt
  const waited = systemClock.now() - since
  if (left > 0 && waited > LATE_MS)
    return [
      {
        ...{ about, state: 'bad', found: `${left} of ${archive.size} entries are not on ${store.name}` },
        todo: 'start "kuager serve" with that address; the log of the server says what it meets',
      },
    ]
  const found = `${there} entries are on ${store.name}; ${left} follow`
  return versions === 'no'
    ? [{ about, state: 'good', found }]
    : [
        {
          ...{ about, state: 'look', found: `${found}; it does not say whether it keeps versions` },
          todo: 'see that it keeps none, and let the key ask: an erasure would erase nothing there',
        },
      ]
}
