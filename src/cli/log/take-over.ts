import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { COPY_WORDS } from '../../pipeline/log/lead/fence.ts'
import { refuseBehind, takeOver, viewTakeOver, type TakeOverView } from '../../pipeline/log/lead/take-over.ts'
import { systemClock } from '../../runtime/clock.ts'
import { thisMachine } from '../../runtime/files/machine.ts'
import { openReadArchive } from '../../store/archive/read-segments.ts'
import { task } from '../terminal/command.ts'
import { flag, optional, required } from '../terminal/option.ts'
import { refuseTraces } from '../terminal/options.ts'
import { filePath, FOLDER } from '../terminal/shared-options.ts'

export const command = task({
  about: `
Let a copied, moved or restored folder sign its log. Two folders that both sign make two histories of one log, and
anyone who sees both can prove it: use this only if the folder that signed before will never run again.`,
  examples: ['--other-is-gone --reason "The disk of the first server failed."'],
  options: {
    folder: FOLDER,
    'other-is-gone': flag('You have made sure that the folder which signed before will never run again.'),
    reason: required('WORDS', 'Why, in at most 500 characters: it is published in the log.', 'why', (text) => {
      refuseTraces('reason', text)
      return text.slice(0, 500)
    }),
    checkpoint: optional(
      'FILE',
      `The newest checkpoint that anyone else has of this log: a reader, a mirror or a witness. The folder is refused if
it lacks entries that are in it.`,
      { read: filePath },
    ),
  },
  exit: { 3: 'it was not stated that the other folder is gone; nothing was changed' },
  notes: `
A server that serves this folder for reading meanwhile starts again with everything. The act is logged as an event of
custody. docs/operating/standby.md says what to check first.`,
  async run({ folder, 'other-is-gone': isGone, reason, checkpoint }, { world }) {
    const log = join(resolve(world.cwd, folder), 'log')
    const machine = thisMachine()
    const view = await viewTakeOver(log, machine)
    if (view.finding.kind !== 'copy') {
      world.out.write('This folder may sign its log already: nothing was changed\n')
      return 0
    }
    if (checkpoint !== undefined) {
      const archive = await openReadArchive(join(resolve(world.cwd, folder), 'archive'))
      await refuseBehind(log, await readFile(checkpoint), archive)
    }
    world.out.write(describe(view, checkpoint !== undefined))
    const typed = isGone ? 'gone' : await world.ask?.('Type "gone" if it will never run again: ', world.signal)
    if (typed?.trim() !== 'gone') {
      world.out.write('Nothing was changed. Say it with --other-is-gone\n')
      return 3
    }
    const fence = await takeOver(log, machine, { at: systemClock.now(), reason })
    world.out.write(`This folder signs from now on, as generation ${fence?.generation ?? view.size}\n`)
    return 0
  },
})

function describe({ finding, origin, size }: TakeOverView, compared: boolean): string {
  const why = finding.kind === 'copy' ? COPY_WORDS[finding.sign] : ''
  const lines = [
    `Log ${origin}, ${size} entries. It is not signed here: ${why}.`,
    'The folder that signed before must never run again: its disk erased, its machine ended, its start removed.',
    compared
      ? 'This folder has everything that the given checkpoint covers.'
      : 'No checkpoint was given: whether this folder has everything that was published was not checked (--checkpoint).',
  ]
  return `${lines.join('\n')}\n`
}
