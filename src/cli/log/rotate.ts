import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { systemClock } from '../../runtime/clock.ts'
import { begunLog, withLogFolder } from './folder-task.ts'

/** `kuager log rotate`: a new key beside the old one, or the end of the old one. */
export function run(args: readonly string[], world: World): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { folder: { type: 'string' }, retire: { type: 'boolean', default: false } },
  })
  return withLogFolder(world, { folder: values.folder, part: 'rotate', args }, async (folder) => {
    const log = await begunLog(folder)
    const now = systemClock.now()
    if (values.retire) {
      await log.retire(now)
      const newest = log.keys.at(-1)! // a log always has a key
      world.out.write(`From now on this key alone signs: ${formatVerifierKey(newest.key)}\n`)
      return 0
    }
    const key = await log.rotate(now)
    world.out.write(
      `New key: ${formatVerifierKey(key)}\nBoth keys sign from now on. Publish the new one, then end the old one: kuager log rotate --retire\n`,
    )
    return 0
  })
}
