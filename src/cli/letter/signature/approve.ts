import { resolve } from 'node:path'
import type { World } from '../../../runtime/world.ts'
import { InputError } from '../../../core/model/errors.ts'
import { approvalSchema, removalJobSchema } from '../../../letter/remove/contract.ts'
import { readBounded } from '../../../runtime/files/copy-folder.ts'
import { printable } from '../../../core/text/printable.ts'
import { ACTS, writeJob } from './removal-lines.ts'
import { approve, readReviewerKey } from '../../../app/letter/reviewer-key.ts'
import { task } from '../../terminal/command.ts'
import { optional } from '../../terminal/option.ts'
import { SERVICE_OUTPUT, onService } from '../options.ts'

const MOST_FILE = 100_000

export const command = task({
  about: `
Sign an approval of a removal, or record one. With --key, on the machine of a reviewer: sign a job and print the
approval. Without it, on the server: record an approval. The key of a reviewer is therefore never on the server.`,
  examples: ['job.json --key reviewer.key'],
  words: { 'JOB.json|APPROVAL.json': 'The job, as "kuager letter jobs JOB --sign" prints it, or the approval.' },
  usage: ['JOB.json --key FILE', 'APPROVAL.json [options]'],
  options: { ...SERVICE_OUTPUT, key: optional('FILE', 'The key of the reviewer.') },
  async run(values, call) {
    const {
      world,
      words: [path = ''],
    } = call
    const value = await readJson(path, world)
    if (values.key !== undefined) {
      const job = removalJobSchema.safeParse(value)
      if (!job.success) throw refuse(path, 'a job as "kuager letter jobs JOB --sign" gives it')
      const { act, count, letter, reason, note } = job.data
      world.err.write(
        `You approve: ${ACTS[act]} ${count} signatures of letter "${printable(letter)}", reason ${reason}${note === '' ? '' : `: ${printable(note)}`}\nIf you do not agree, do not pass on what is printed: nothing is done without it\n`,
      )
      world.out.write(`${JSON.stringify(approve(job.data, await readReviewerKey(values.key, world)))}\n`)
      return 0
    }
    const approval = approvalSchema.safeParse(value)
    if (!approval.success) throw refuse(path, 'an approval as "kuager letter approve JOB.json --key KEY" prints it')
    return onService(values, call, async (service) => {
      const desk = await service.desk()
      writeJob({ ...(await desk.removals.approve(approval.data)), state: 'waiting' }, values, world)
      return 0
    })
  },
})

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
