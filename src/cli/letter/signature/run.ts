import { jobOf } from './jobs.ts'
import { task } from '../../terminal/command.ts'
import { JOB_WORD, SERVICE_OUTPUT, onService } from '../options.ts'

/** What the public log holds of each act. */
const LOGGED = {
  void: 'the log says how many, and why',
  restore: 'the log says which count again',
  release: 'they are counted in the log as any other',
  refuse: 'the log never held them',
} as const

export const command = task({
  about: 'Carry out a removal that has every approval it needs.',
  examples: ['job-1 --folder letter --secrets secrets'],
  words: JOB_WORD,
  options: SERVICE_OUTPUT,
  run: (values, call) =>
    onService(values, call, async (service) => {
      const { world, words } = call
      const desk = await service.desk()
      const { job } = await jobOf(desk, words[0])
      const changed = await desk.removals.run(job.id)
      if (values.json) world.out.write(`${JSON.stringify({ job: job.id, act: job.act, changed })}\n`)
      else world.out.write(`${changed} signatures changed by job ${job.id}; ${LOGGED[job.act]}\n`)
      return 0
    }),
})
