import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { begunLog, withLogFolder } from './folder-task.ts'

/** `kuager log keys`: verifier keys of the log, the newest last. */
export function run(args: readonly string[], world: World): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { folder: { type: 'string' }, json: { type: 'boolean' } } })
  return withLogFolder(world, { folder: values.folder, part: 'keys', args }, async (folder) => {
    const { keys, origin } = await begunLog(folder)
    const all = keys.map(({ key, since, fromSize, until }) => ({
      key: formatVerifierKey(key),
      since_utc: formatInstantUtc(since),
      from_size: fromSize,
      until_utc: until === undefined ? null : formatInstantUtc(until),
    }))
    world.out.write(
      values.json === true ? `${JSON.stringify({ origin, keys: all })}\n` : all.map(({ key }) => `${key}\n`).join(''),
    )
    return 0
  })
}
