import type { World } from '../../runtime/world.ts'
import { Introduction } from '../../probe/identity/introduction.ts'
import { ProbeKeys } from '../../probe/identity/keys.ts'
import { readAsked } from './options.ts'
import { teller } from './tell.ts'

/**
 * `kuager probe invite CODE`: keeps the invitation of a collector's operator for the keys to come. With `--new-keys` the
 * present keys are deleted: one that was stolen was revoked, and must not vouch for the next.
 */
export async function runInvite(args: readonly string[], world: World): Promise<number> {
  const asked = await readAsked(args, world, { options: ['new-keys'], positionals: 1 })
  const keys = new ProbeKeys(asked.folder)
  const introduction = new Introduction(asked.folder, keys)
  await introduction.invite(asked.positionals[0] ?? '')
  if (asked.newKeys) await keys.forgetAll()
  teller(asked.lang, world)('probe.invite.kept')
  return 0
}
