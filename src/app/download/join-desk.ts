import type { Log } from '../../runtime/log.ts'
import { NO_JOIN_DESK, type JoinDesk } from '../../site/join/contract.ts'
import { openReleaseShelf, type ReleaseSettings } from './shelf.ts'

/** What an operator sets for volunteers. */
export interface JoinSettings extends Omit<JoinDesk, 'releases'> {
  readonly release?: ReleaseSettings
}

/** What the pages for volunteers offer. Throws InputError where the folder of releases has no list. */
export async function openJoinDesk(settings: JoinSettings | undefined, log: Log): Promise<JoinDesk> {
  const { release, ...desk }: JoinSettings = settings ?? NO_JOIN_DESK
  return release === undefined ? desk : { ...desk, releases: await openReleaseShelf(release, log) }
}
