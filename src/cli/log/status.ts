import { parseArgs } from 'node:util'
import { encodeBase64 } from '../../evidence/base64.ts'
import { formatVerifierKey } from '../../evidence/signed-note.ts'
import { formatInstantUtc } from '../../model/units.ts'
import type { World } from '../command.ts'
import { begunLog, withLogFolder } from './folder-task.ts'
import { outsideLines, viewOutside } from './outside-view.ts'

/** `kuager log status`: what the log holds, who signs it, and what outsiders have said of it. */
export function run(args: readonly string[], world: World): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { folder: { type: 'string' }, json: { type: 'boolean' } } })
  return withLogFolder(world, { folder: values.folder, part: 'status', args }, async (folder) => {
    const log = await begunLog(folder)
    const checkpoint = await log.latest()
    const leaves = (await folder.archive()).size
    const size = checkpoint?.size ?? 0
    const outside = await viewOutside(folder.logFolder, log)
    const status = {
      origin: log.origin,
      simulated: log.simulated,
      size,
      root: checkpoint === undefined ? null : encodeBase64(checkpoint.root),
      waiting: leaves - size,
      signatures: checkpoint?.note.signatures.map(({ name, id }) => `${name}+${id}`) ?? [],
      keys: log.keys.map(({ key, since, fromSize, until }) => ({
        key: formatVerifierKey(key),
        since_utc: formatInstantUtc(since),
        from_size: fromSize,
        until_utc: until === undefined ? null : formatInstantUtc(until),
      })),
      ...outside,
    }
    if (values.json === true) {
      world.out.write(`${JSON.stringify(status)}\n`)
      return 0
    }
    const lines = [
      `Log:        ${status.origin}${status.simulated ? ' (simulated data)' : ''}`,
      `Leaves:     ${size}, ${status.waiting} more wait for the next checkpoint`,
      `Root:       ${status.root ?? 'no checkpoint yet'}`,
      ...status.signatures.map((one) => `Signed by:  ${one}`),
      ...status.keys.map(({ key, since_utc: since, until_utc: until }) =>
        until === null ? `Key:        ${key} since ${since}` : `Old key:    ${key} from ${since} until ${until}`,
      ),
      ...outsideLines(outside),
    ]
    world.out.write(`${lines.join('\n')}\n`)
    return 0
  })
}
