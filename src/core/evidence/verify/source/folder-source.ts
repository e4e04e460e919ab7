import { InputError } from '../../../model/errors.ts'
import type { FoundProblem } from '../bundle-report.ts'
import { LIMITS, type BundleSource, type FolderEntry, type OpenedContainer } from './bundle-source.ts'
import { foldedPath, isSafePath } from './safe-path.ts'

/** How the bytes of a folder are got: by `fs` in Node, from chosen files in a browser. */
export interface FolderReader {
  /** All bytes of a file, refused with InputError where they are more than `maxBytes`. */
  readonly read: BundleSource['read']
  readonly chunks: BundleSource['chunks']
}

/**
 * A folder from its contents. What is not a file, has a name that is not valid everywhere, or shares it with another
 * where case does not count, is named as a problem and is not in the source.
 */
export function openFolderEntries(
  name: string,
  entries: readonly FolderEntry[],
  reader: FolderReader,
): OpenedContainer {
  const problems: FoundProblem[] = []
  const files = new Map<string, number>()
  const folded = new Set<string>()
  let total = 0
  for (const { path, kind, size } of entries) {
    const same = folded.has(foldedPath(path))
    folded.add(foldedPath(path))
    if (kind === 'other') problems.push({ problem: 'link', about: path })
    else if (kind === 'too-deep') problems.push({ problem: 'too-deep', about: path })
    else if (!isSafePath(path)) problems.push({ problem: 'path', about: path })
    else if (same) problems.push({ problem: 'same-name', about: path })
    else files.set(path, size)
    total += size
  }
  if (entries.length > LIMITS.files) problems.push({ problem: 'too-many-files', about: String(entries.length) })
  if (total > LIMITS.totalBytes) problems.push({ problem: 'too-large', about: String(total) })
  const known = (path: string): void => {
    if (files.has(path)) return
    throw new InputError('Cannot read bundle: no such file', { code: 'bundle.missing', path, expected: 'a file of it' })
  }
  const source: BundleSource = {
    files,
    read: async (path, maxBytes) => {
      known(path)
      return reader.read(path, maxBytes)
    },
    chunks: async function* (path) {
      known(path)
      yield* reader.chunks(path)
    },
  }
  const bounded = entries.length <= LIMITS.files && total <= LIMITS.totalBytes
  return { kind: 'folder', name, source: bounded ? source : undefined, problems }
}
