import { orUndefined } from '../../core/model/errors.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import type { World } from '../../runtime/world.ts'

/** Names the object storage of the archive for every command. */
export const ARCHIVE_STORE = 'KUAGER_ARCHIVE_STORE'

/** The store that the environment names; undefined for none, or one without its key: only what needs it says so. */
export function archiveStoreOf(env: World['env']): ObjectStore | undefined {
  const address = env[ARCHIVE_STORE]
  if (address === undefined || address === '') return undefined
  return orUndefined(() => openObjects(address, env))
}
