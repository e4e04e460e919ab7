import { parseArgs } from 'node:util'
import type { World } from '../../../runtime/world.ts'
import { jobOf } from './jobs.ts'
import { FOLDER_OPTIONS, withService } from '../../../app/letter/task.ts'

/** What the public log holds of each act. */
const LOGGED = {
  void: 'the log says how many, and why',
  restore: 'the log says which count again',
  release: 'they are counted in the log as any other',
  refuse: 'the log never held them',
} as const

/** Does a job of removal that nobody's approval is missing for. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: FOLDER_OPTIONS })
  return withService(world, { ...values, part: 'run', args }, async (service) => {
    const desk = await service.desk()
    const { job } = await jobOf(desk, positionals[0])
    const changed = await desk.removals.run(job.id)
    if (values.json) world.out.write(`${JSON.stringify({ job: job.id, act: job.act, changed })}\n`)
    else world.out.write(`${changed} signatures changed by job ${job.id}; ${LOGGED[job.act]}\n`)
    return 0
  })
}
