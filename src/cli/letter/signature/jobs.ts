import { InputError } from '../../../core/model/errors.ts'
import type { LetterDesk } from '../../../letter/contract.ts'
import type { RemovalPreview, RemovalState } from '../../../letter/remove/contract.ts'
import { printable } from '../../../core/text/printable.ts'
import { jobFile, writeJob } from './removal-lines.ts'
import { task } from '../../terminal/command.ts'
import { flag } from '../../terminal/option.ts'
import { SERVICE_OUTPUT, onService } from '../options.ts'

export const command = task({
  about: `
Show prepared removals: all of them, or one. More than 100 signatures in a day need the approval of two reviewers.`,
  examples: ['--folder letter --secrets secrets'],
  words: { '[JOB]': 'One job. Without it: all.' },
  options: { ...SERVICE_OUTPUT, sign: flag('Print the file that a reviewer signs.') },
  run: (values, call) =>
    onService(values, call, async (service) => {
      const { world, words } = call
      const desk = await service.desk()
      const [id] = words
      const ids = id === undefined ? (await desk.removals.jobs()).map(({ job }) => job.id) : [id]
      for (const one of ids) {
        const found = await jobOf(desk, one)
        if (values.sign) world.out.write(`${jobFile(found)}\n`)
        else writeJob(found, values, world)
      }
      if (ids.length === 0 && !values.json && !values.sign) world.out.write('No job\n')
      return 0
    }),
})

/** A job by its id. Throws InputError. */
export async function jobOf(
  desk: LetterDesk,
  id: string | undefined,
): Promise<RemovalPreview & { readonly state: RemovalState }> {
  const found = id === undefined ? undefined : await desk.removals.job(id)
  if (found !== undefined) return found
  throw new InputError(`Cannot find job "${printable((id ?? '').slice(0, 40))}": there is none`, {
    code: 'removal.unknown',
    path: 'JOB',
    expected: 'a job that "kuager letter jobs" shows',
  })
}
