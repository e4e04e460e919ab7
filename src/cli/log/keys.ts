import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { begunLog } from './folder-task.ts'
import { task } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { FOLDER, json } from '../terminal/shared-options.ts'

export const command = task({
  about: 'Print the public keys of the log, newest last. Publish them where readers find them without this server.',
  examples: ['--folder /var/lib/kuager'],
  options: { folder: FOLDER, json: json() },
  run: ({ folder: path, json }, call) =>
    onFolder(call, path, async (folder) => {
      const { world } = call
      const { keys, origin } = await begunLog(folder)
      const all = keys.map(({ key, since, fromSize, until }) => ({
        key: formatVerifierKey(key),
        since_utc: formatInstantUtc(since),
        from_size: fromSize,
        until_utc: until === undefined ? null : formatInstantUtc(until),
      }))
      world.out.write(json ? `${JSON.stringify({ origin, keys: all })}\n` : all.map(({ key }) => `${key}\n`).join(''))
      return 0
    }),
})
