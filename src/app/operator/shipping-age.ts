import { MINUTE_MS } from '../../core/model/duration.ts'
import { systemClock } from '../../runtime/clock.ts'
import { shippedLeaves } from '../../store/archive/ship/shipped-leaves.ts'
import type { OpenFolder } from '../folder/open.ts'
import { say } from '../../core/text/format.ts'
import { findingText, type CheckupFinding, type FindingText } from './checkup-finding.ts'

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
        ...{ about, state: 'bad', found: findingText('doctor.shipping.versions', { store: store.name }) },
        todo: findingText('doctor.shipping.versions-todo', { page: 'docs/operating/object-storage.md' }),
      },
    ]
  const there = await shippedLeaves(store)
  const archive = await folder.archive()
  if (there > archive.size)
    return [
      {
        ...{
          about,
          state: 'bad',
          found: findingText('doctor.shipping.behind', {
            store: store.name,
            there: String(there),
            here: String(archive.size),
          }),
        },
        todo: findingText('doctor.shipping.behind-todo', { page: 'docs/operating/standby.md' }),
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
        ...{
          about,
          state: 'bad',
          found: findingText('doctor.shipping.late', {
            left: String(left),
            here: String(archive.size),
            store: store.name,
          }),
        },
        todo: findingText('doctor.shipping.late-todo', { command: 'kuager serve' }),
      },
    ]
  const found: FindingText = findingText('doctor.shipping.found', {
    there: String(there),
    store: store.name,
    left: String(left),
  })
  return versions === 'no'
    ? [{ about, state: 'good', found }]
    : [
        {
          ...{ about, state: 'look', found: (lang) => say(lang, 'doctor.shipping.unknown', { found: found(lang) }) },
          todo: findingText('doctor.shipping.unknown-todo'),
        },
      ]
}
