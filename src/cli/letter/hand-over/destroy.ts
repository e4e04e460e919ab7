import { defined } from '../../../core/model/defined.ts'
import { DAY_MS } from '../../../core/model/duration.ts'
import { encodeHex } from '../../../core/evidence/hex.ts'
import { parseLetterLeaf } from '../../../letter/core/leaf.ts'
import { Fault, wrongOption } from '../../../core/model/errors.ts'
import { mailboxKeysOf } from '../../../letter/mailbox-keys.ts'
import { systemClock } from '../../../runtime/clock.ts'
import type { LetterFolder } from '../../../app/letter/folder.ts'
import { letterOf } from '../../../app/letter/task.ts'
import { task } from '../../terminal/command.ts'
import { flag, optional } from '../../terminal/option.ts'
import { LETTER_WORD, SERVICE_OUTPUT, onService } from '../options.ts'

export const command = task({
  about: 'Destroy all encrypted signatures and check that they are gone. Prints the log entry that records it.',
  examples: ['--sure letter --folder letter --secrets secrets'],
  words: LETTER_WORD,
  usage: ['[ID] --sure ID [options]'],
  options: {
    ...SERVICE_OUTPUT,
    sure: optional('ID', 'The id again: nothing brings back what is destroyed.'),
    early: flag('Destroy it before the day that the letter promises.'),
  },
  run: (values, call) =>
    onService(values, call, async (service) => {
      const { world, words } = call
      const desk = await service.desk()
      const { letter, state } = letterOf(desk, words[0])
      if (values.sure !== letter.id)
        throw wrongOption(
          'sure',
          'nothing brings back what is destroyed',
          `--sure ${letter.id}, once it was handed over`,
        )
      if (state !== 'destroyed' && systemClock.now() < Date.parse(letter.destroys) + DAY_MS && !values.early)
        throw wrongOption(
          'early',
          `the letter promises to keep it until ${letter.destroys}`,
          '--early, to destroy it sooner',
        )
      await desk.destroy(letter.id)
      const { leaf, size, root } = await proveGone(service, letter.id)
      if (values.json) world.out.write(`${JSON.stringify({ letter: letter.id, leaf, log_size: size, root })}\n`)
      else
        world.out.write(
          [
            `Everything sealed of letter "${letter.id}" is destroyed, with the key of its mailboxes: none of it was found`,
            `Entry ${leaf} of the log says so; checkpoint over ${size} entries, root ${root}`,
            'Copies elsewhere are not reached by this: backups of the registry, handovers, what was opened from them',
            '',
          ].join('\n'),
        )
      return 0
    }),
})

/** Looks whether anything is left, and where the log says that nothing is. Throws Fault where something is. */
async function proveGone(
  service: LetterFolder,
  letter: string,
): Promise<{ readonly leaf: number; readonly size: number; readonly root: string }> {
  const [store, secrets] = [await service.store(), await service.secrets()]
  for (let after: Parameters<typeof store.find>[1]['after']; ;) {
    const rows = await store.find({ letter }, { most: 1000, ...defined({ after }) })
    for (const { ct, sealed, receipt, mailbox, hour } of rows)
      if (sealed !== null || receipt !== null || mailbox !== null || hour !== null)
        throw new Fault(`Cannot destroy letter "${letter}": signature ${ct} is still there`)
    after = rows.at(-1)?.ct
    if (after === undefined) break
  }
  if ((await mailboxKeysOf(secrets).key(letter)) !== undefined)
    throw new Fault(`Cannot destroy letter "${letter}": the key of its mailboxes is still there`)
  const log = await service.log()
  await log?.sequence()
  const checkpoint = await log?.latest()
  let index = 0
  for await (const bytes of store.leaves(0, store.size)) {
    const leaf = parseLetterLeaf(bytes)
    if (
      leaf.kind === 'letter-destroyed' &&
      leaf.letter === letter &&
      checkpoint !== undefined &&
      index < checkpoint.size
    )
      return { leaf: index, size: checkpoint.size, root: encodeHex(checkpoint.root) }
    index++
  }
  throw new Fault(`Cannot prove that letter "${letter}" is destroyed: its log does not say so yet`)
}
