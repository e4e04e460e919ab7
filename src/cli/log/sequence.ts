import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { logStudies } from '../../app/folder/log-frozen.ts'
import { folderStudies } from '../../app/observatory/studies.ts'
import { withLogFolder } from './folder-task.ts'

/** `kuager log sequence`: brings the log up to date, and begins it where there is none. */
export function run(args: readonly string[], world: World): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { folder: { type: 'string' }, origin: { type: 'string' } } })
  return withLogFolder(world, { folder: values.folder, part: 'sequence', args }, async (folder) => {
    const log = await folder.log(values.origin)
    await folder.logRevisions()
    await logStudies(log, await folderStudies(folder.path, { isPublic: false })())
    const checkpoint = await log.sequence()
    world.out.write(Buffer.from(checkpoint?.bytes ?? []).toString('utf8'))
    return 0
  })
}
