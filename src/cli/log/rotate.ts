import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { systemClock } from '../../runtime/clock.ts'
import { begunLog } from './folder-task.ts'
import { task } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { flag } from '../terminal/option.ts'
import { FOLDER, WAREHOUSE } from '../terminal/shared-options.ts'

export const command = task({
  about: `
Create a new signing key for the log. The change is logged, signed by both keys. Both sign from then on, until
--retire ends the old one.`,
  examples: ['--folder /var/lib/kuager'],
  options: { folder: FOLDER, warehouse: WAREHOUSE, retire: flag('End the old key.') },
  run: ({ folder: path, retire }, call) =>
    onFolder(call, path, async (folder) => {
      const { world } = call
      const log = await begunLog(folder)
      const now = systemClock.now()
      if (retire) {
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
    }),
})
