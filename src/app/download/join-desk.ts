import type { Log } from '../../runtime/log.ts'
import { NO_JOIN_DESK, type JoinDesk } from '../../site/join/contract.ts'
import { openUpdateFiles } from './update-files.ts'
import { openReleaseShelf, type ReleaseSettings } from './shelf.ts'

/** What an operator sets for volunteers. */
export interface JoinSettings extends Omit<JoinDesk, 'releases' | 'updates'> {
  readonly release?: ReleaseSettings
  /** Folder of updates. */
  readonly updateFolder?: string
}

/** What the pages for volunteers offer. Throws InputError where the folder of releases has no list. */
export async function openJoinDesk(settings: JoinSettings | undefined, log: Log): Promise<JoinDesk> {
  const { release, updateFolder, ...desk }: JoinSettings = settings ?? NO_JOIN_DESK
  return {
    ...desk,
    ...(release === undefined ? {} : { releases: await openReleaseShelf(release, log) }),
    ...(updateFolder === undefined ? {} : { updates: openUpdateFiles(updateFolder) }),
  }
}
