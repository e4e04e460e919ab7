import { encodeBase64 } from '../../core/evidence/base64.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { writeHanging } from '../terminal/hanging.ts'
import { begunLog } from './folder-task.ts'
import { outsideLines, viewOutside } from '../../app/folder/outside-view.ts'
import { task } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'

/** Columns of the labels. */
const MARGIN = 12

export const command = task({
  about: `
Show the newest checkpoint, waiting entries, keys and failures. The checkpoint has an origin, a size and a root; shown
is who has stamped and cosigned it.`,
  examples: ['--folder /var/lib/kuager'],
  options: { folder: FOLDER, warehouse: WAREHOUSE, json: json() },
  run: ({ folder: path, json }, call) =>
    onFolder(call, path, async (folder) => {
      const { world } = call
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
      if (json) {
        world.out.write(`${JSON.stringify(status)}\n`)
        return 0
      }
      const at = (label: string, text: string): void => writeHanging(world, label.padEnd(MARGIN), text)
      at('Log:', `${status.origin}${status.simulated ? ' (simulated data)' : ''}`)
      at('Leaves:', `${size}; waiting for the next checkpoint: ${status.waiting}`)
      at('Root:', status.root ?? 'no checkpoint yet')
      for (const one of status.signatures) at('Signed by:', one)
      for (const { key, since_utc: since, from_size: from, until_utc: until } of status.keys) {
        at(until === null ? 'Key:' : 'Old key:', key)
        at('', `from entry ${from}, since ${since}${until === null ? '' : `, until ${until}`}`)
      }
      for (const [label, text] of outsideLines(outside)) at(label, text)
      return 0
    }),
})
