import type { OpenFolder } from '../../app/folder/open.ts'
import { defined } from '../../core/model/defined.ts'

const REASONS = {
  import: 'measurements were imported',
  bucket: 'measurements were fetched from a public bucket',
} as const

interface CollectedWatch extends AsyncDisposable {
  /** Records what the log gained since the last time, if anything; `added` where it is known how many came this way. */
  note(added?: number): Promise<void>
}

/**
 * Watches what brings measurements into a folder, and records it as events of custody: now and then, and at the end also
 * where it was interrupted. An event names leaves and no file. What came in meanwhile on another way is in the same range.
 */
export async function watchCollected(folder: OpenFolder, source: keyof typeof REASONS): Promise<CollectedWatch> {
  const archive = await folder.archive()
  let first = archive.size
  const note = async (added?: number): Promise<void> => {
    const until = archive.size
    if (until === first) return
    const range = { first_leaf: first, last_leaf: until - 1 }
    first = until
    const { leafIndex } = await (
      await folder.custody()
    ).record({
      type: 'collected',
      evidence: { kind: 'measurements', id: `${range.first_leaf}-${range.last_leaf}` },
      actor: 'operator',
      reason: REASONS[source],
      detail: { source, ...range, ...defined({ added }) },
    })
    // Its own event is nothing that was collected.
    if (leafIndex === first) first++
  }
  return { note, [Symbol.asyncDispose]: () => note() }
}
