import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { World } from '../../../runtime/world.ts'
import { InputError } from '../../../core/model/errors.ts'
import { approvalSchema, removalJobSchema } from '../../../letter/remove/contract.ts'
import { readBounded } from '../../../runtime/files/copy-folder.ts'
import { printable } from '../../../core/text/printable.ts'
import { onePath } from '../check.ts'
import { FOLDER_OPTIONS, withService } from '../../../app/letter/task.ts'
import { ACTS, writeJob } from './removal-lines.ts'
import { approve, readReviewerKey } from '../../../app/letter/reviewer-key.ts'

const MOST_FILE = 100_000

/**
 * With a key: signs the file of a job, on the machine of a reviewer, and prints the approval. Without: takes an approval
 * on the server. So the key of a reviewer never has to be where the signatures are.
 */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...FOLDER_OPTIONS, key: { type: 'string' } },
  })
  const path = onePath(positionals)
  const value = await readJson(path, world)
  if (values.key !== undefined) {
    const job = removalJobSchema.safeParse(value)
    if (!job.success) throw refuse(path, 'a job as "kuager letter jobs JOB --sign" gives it')
    const { act, count, letter, reason, note } = job.data
    world.err.write(
      `You approve: ${ACTS[act]} ${count} signatures of letter "${printable(letter)}", reason ${reason}${note === '' ? '' : `: ${printable(note)}`}\nWhoever does not agree keeps what is printed to himself: without it nothing is done\n`,
    )
    world.out.write(`${JSON.stringify(approve(job.data, await readReviewerKey(values.key, world)))}\n`)
    return 0
  }
  const approval = approvalSchema.safeParse(value)
  if (!approval.success) throw refuse(path, 'an approval as "kuager letter approve JOB.json --key KEY" prints it')
  return withService(world, { ...values, part: 'approve', args }, async (service) => {
    const desk = await service.desk()
    writeJob({ ...(await desk.removals.approve(approval.data)), state: 'waiting' }, values, world)
    return 0
  })
}

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot approve with "${printable(path)}": it is none`, { code: 'approval.invalid', path, expected })

async function readJson(path: string, world: Pick<World, 'cwd'>): Promise<unknown> {
  const bytes = await readBounded(resolve(world.cwd, path), MOST_FILE)
  try {
    if (bytes !== undefined) return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // said below, as for a file that is missing
  }
  throw refuse(path, 'the file of a job, with --key, or of an approval')
}
