import { checkLog, type LogProblem } from '../../pipeline/log/check-log.ts'
import { InputError } from '../../core/model/errors.ts'
import { loadAuthorities } from '../../pipeline/log/outside/authorities.ts'
import { checkStamps, type CheckedStamps } from '../../pipeline/log/outside/check-stamps.ts'
import { wrongLogUse } from './folder-task.ts'
import { task } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'

/** Words for what does not fit. */
const SENTENCES = {
  lost: 'it is gone',
  unreadable: 'it is damaged',
  'other-entries': 'its entries are not the leaves of the archive',
  'other-digests': 'its digests are not those of the leaves of the archive',
  'other-root': 'its root is not that of the leaves of the archive',
  unsigned: 'no key of the log signed it',
  'short-archive': 'the archive has fewer leaves than it says',
  'other-places': 'it names other leaves than those that are no measurements; delete it, it is made again',
  stamp: 'it is no stamp of the checkpoint beside it under the chain of that authority',
  'key-change': 'a key does not follow from the one before it by a change that the log holds',
} as const satisfies Record<LogProblem['what'], string>

export const command = task({
  about: `
Rebuild the whole log from the archive and compare it. Every tile, checkpoint and change of keys is compared.`,
  examples: ['--folder /var/lib/kuager'],
  options: { folder: FOLDER, warehouse: WAREHOUSE, json: json() },
  exit: { 3: 'something differs; its file is named' },
  run: ({ folder: path, json }, call) =>
    onFolder(call, path, async (folder) => {
      const { world } = call
      const problems: LogProblem[] = []
      const checked = await checkLog(folder.logFolder, {
        archive: await folder.archive(),
        signal: world.signal,
        onProblem: (problem) => problems.push(problem),
      })
      if (checked === undefined) throw wrongLogUse('check', 'the folder has no log', 'a folder with a log')
      const stamps = await stampsOf(folder.logFolder, world.signal)
      for (const file of stamps.wrong) problems.push({ file, what: 'stamp' })
      const { good, unknown } = stamps
      if (json) world.out.write(`${JSON.stringify({ leaves: checked.leaves, stamps: { good, unknown }, problems })}\n`)
      else {
        for (const problem of problems) world.out.write(`${describe(problem)}\n`)
        if (unknown > 0)
          world.out.write(
            `Stamps that cannot be verified, since authorities.json names no chain for them: ${unknown}\n`,
          )
        world.out.write(`${checked.leaves} leaves, ${problems.length} problems\n`)
      }
      return problems.length === 0 ? 0 : 3
    }),
})

/** What is known of the stamps. Where the operator's list does not read, none can be verified: the status says why. */
async function stampsOf(folder: string, signal: AbortSignal): Promise<CheckedStamps> {
  const authorities = await loadAuthorities(folder).catch((error: unknown) => {
    if (error instanceof InputError) return []
    throw error
  })
  return checkStamps(folder, authorities, { signal })
}

const describe = ({ file, what, leaf }: LogProblem): string =>
  `${file}: ${SENTENCES[what]}${leaf === undefined ? '' : ` (leaf ${leaf})`}`
