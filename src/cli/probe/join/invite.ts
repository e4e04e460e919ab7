import type { World } from '../../../runtime/world.ts'
import { Introduction } from '../../../probe/identity/introduction.ts'
import { ProbeKeys } from '../../../probe/identity/keys.ts'
import { teller } from '../tell.ts'
import { task } from '../../terminal/command.ts'
import { readAsked, someOptions, type Asked } from '../options.ts'

export const command = task({
  about: 'Save an invitation code from the operator of a collector. New keys use it.',
  examples: ['7KQ2-M4XD-9RTV'],
  words: { CODE: 'The invitation.' },
  options: someOptions('new-keys'),
  run: async (values, call) => runInvite(await readAsked(values, call), call.world),
})

/**
 * keeps the invitation of a collector's operator for the keys to come. With `--new-keys` the
 * present keys are deleted: one that was stolen was revoked, and must not vouch for the next.
 */
async function runInvite(asked: Asked, world: World): Promise<number> {
  const keys = new ProbeKeys(asked.folder)
  const introduction = new Introduction(asked.folder, keys)
  await introduction.invite(asked.positionals[0] ?? '')
  if (asked.newKeys) await keys.forgetAll()
  teller(asked.lang, world)('probe.invite.kept')
  return 0
}
