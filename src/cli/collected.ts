import type { OpenFolder } from './folder.ts'

/**
 * Runs what brings measurements into a folder, and records how many leaves the log gained, also where it broke off. What
 * came in meanwhile on another way is counted too: the event names leaves, not a source, and no file.
 */
export async function recordCollected<T>(
  folder: OpenFolder,
  source: 'import' | 'bucket',
  run: () => Promise<T>,
): Promise<T> {
  const archive = await folder.archive()
  const first = archive.size
  try {
    return await run()
  } finally {
    const leaves = archive.size - first
    const last = archive.size - 1
    if (leaves > 0)
      await (
        await folder.custody()
      ).record({
        type: 'collected',
        evidence: { kind: 'measurements', id: `${first}-${last}` },
        actor: 'operator',
        reason: source === 'import' ? 'measurements were imported' : 'measurements were fetched from a public bucket',
        detail: { source, leaves, first_leaf: first, last_leaf: last },
      })
  }
}
