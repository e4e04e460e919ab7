import { parseArgs } from 'node:util'
import type { World } from '../../../runtime/world.ts'
import { InputError } from '../../../core/model/errors.ts'
import type { LetterDesk } from '../../../letter/contract.ts'
import type { RemovalPreview, RemovalState } from '../../../letter/remove/contract.ts'
import { printable } from '../../../core/text/printable.ts'
import { FOLDER_OPTIONS, withService } from '../../../app/letter/task.ts'
import { jobFile, writeJob } from './removal-lines.ts'

/** Jobs of removal: all of them, or one; `--sign` gives the file that a reviewer signs. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...FOLDER_OPTIONS, sign: { type: 'boolean', default: false } },
  })
  return withService(world, { ...values, part: 'jobs', args }, async (service) => {
    const desk = await service.desk()
    const [id] = positionals
    const ids = id === undefined ? (await desk.removals.jobs()).map(({ job }) => job.id) : [id]
    for (const one of ids) {
      const found = await jobOf(desk, one)
      if (values.sign) world.out.write(`${jobFile(found)}\n`)
      else writeJob(found, values, world)
    }
    if (ids.length === 0 && !values.json && !values.sign) world.out.write('No job\n')
    return 0
  })
}

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
