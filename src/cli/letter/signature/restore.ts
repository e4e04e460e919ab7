import { jobOf } from './jobs.ts'
import { writeJob } from './removal-lines.ts'
import { task } from '../../terminal/command.ts'
import { withDefault } from '../../terminal/option.ts'
import { JOB_WORD, SERVICE_OUTPUT, onService } from '../options.ts'

export const command = task({
  about: 'Prepare the reversal of a removal. Withdrawn and refused signatures stay removed.',
  examples: ['job-1 --folder letter --secrets secrets'],
  words: JOB_WORD,
  options: { ...SERVICE_OUTPUT, note: withDefault('TEXT', 'Why, for those who approve.', '') },
  run: (values, call) =>
    onService(values, call, async (service) => {
      const { world, words } = call
      const desk = await service.desk()
      const { job } = await jobOf(desk, words[0])
      writeJob({ ...(await desk.removals.planRestore(job.id, values.note)), state: 'waiting' }, values, world)
      return 0
    }),
})
