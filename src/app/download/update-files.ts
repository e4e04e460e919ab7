import { join } from 'node:path'
import type { UpdateFiles } from '../../site/join/contract.ts'
import { openFile, sendPart } from '../web/file-stream.ts'
import { readingPlaces } from '../web/reading-places.ts'

/** What a client of The Update Framework asks for (docs/operating/release.md); drafts are not published. */
const PATH =
  /^(?:metadata\/(?:\d{1,9}\.(?:root|targets|snapshot)|timestamp)\.json|targets\/[0-9a-f]{64}\.[\w.-]{1,80})$/
/** Files that are read at once, by all and by one part of the network: a program is some 40 MB. */
const MOST_READ = { all: 32, ofOne: 3 }

/**
 * The folder of updates as it is on the disk when asked for: nothing of it is trusted or verified here, because a probe
 * believes signatures only.
 */
export function openUpdateFiles(folder: string): UpdateFiles {
  const take = readingPlaces(MOST_READ)
  return {
    async find(path) {
      if (!PATH.test(path)) return undefined
      await using handle = await openFile(join(folder, path))
      if (handle === undefined) return undefined
      const { size, mtimeMs, ino } = await handle.stat()
      return { bytes: size, tag: `${ino.toString(36)}-${size.toString(36)}-${Math.round(mtimeMs).toString(36)}` }
    },
    open: async (path, part, from = '') =>
      PATH.test(path) ? sendPart(join(folder, path), { part, take, from }) : undefined,
  }
}
