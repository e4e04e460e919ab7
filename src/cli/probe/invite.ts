import { Introduction } from '../../probe/identity/introduction.ts'
import { ProbeKeys } from '../../probe/identity/keys.ts'
import type { World } from '../command.ts'
import { readAsked } from './options.ts'
import { teller } from './tell.ts'

/** `kuager probe invite CODE`: keeps the invitation of a collector's operator for the keys to come. */
export async function runInvite(args: readonly string[], world: World): Promise<number> {
  const asked = await readAsked(args, world, { options: [], positionals: 1 })
  const introduction = new Introduction(asked.folder, new ProbeKeys(asked.folder))
  await introduction.invite(asked.positionals[0] ?? '')
  teller(asked.lang, world)('probe.invite.kept')
  return 0
}
