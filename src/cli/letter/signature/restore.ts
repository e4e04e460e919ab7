import { parseArgs } from 'node:util'
import type { World } from '../../../runtime/world.ts'
import { jobOf } from './jobs.ts'
import { FOLDER_OPTIONS, withService } from '../../../app/letter/task.ts'
import { writeJob } from './removal-lines.ts'

/** Lays the way back of a removal before those who approve. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...FOLDER_OPTIONS, note: { type: 'string', default: '' } },
  })
  return withService(world, { ...values, part: 'restore', args }, async (service) => {
    const desk = await service.desk()
    const { job } = await jobOf(desk, positionals[0])
    writeJob({ ...(await desk.removals.planRestore(job.id, values.note)), state: 'waiting' }, values, world)
    return 0
  })
}
