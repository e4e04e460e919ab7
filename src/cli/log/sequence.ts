import { logStudies } from '../../app/folder/log-frozen.ts'
import { folderStudies } from '../../app/observatory/studies.ts'
import { task } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { optional } from '../terminal/option.ts'
import { FOLDER, WAREHOUSE } from '../terminal/shared-options.ts'

export const command = task({
  about: `
Add all log entries and publish a checkpoint. Starts the log if there is none: whether it is of real or of simulated
measurements is then permanent, and so is its name. "kuager serve" does all this automatically.`,
  examples: ['--origin https://kuager.example'],
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    origin: optional(
      'URL',
      'Public address of the site, such as https://kuager.example, after which a new log is named.',
      {
        byDefault: 'a name under a reserved domain',
      },
    ),
  },
  run: ({ folder: path, origin }, call) =>
    onFolder(call, path, async (folder) => {
      const { world } = call
      const log = await folder.log(origin)
      await folder.logRevisions()
      await logStudies(log, await folderStudies(folder.path, { isPublic: false })())
      const checkpoint = await log.sequence()
      world.out.write(Buffer.from(checkpoint?.bytes ?? []).toString('utf8'))
      return 0
    }),
})
