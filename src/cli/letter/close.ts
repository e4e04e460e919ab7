import { wrongOption } from '../../core/model/errors.ts'
import { letterOf } from '../../app/letter/task.ts'
import { task } from '../terminal/command.ts'
import { optional } from '../terminal/option.ts'
import { LETTER_WORD, SERVICE_OPTIONS, onService } from './options.ts'

export const command = task({
  about: 'End the signing of a letter early, permanently. Waiting signatures are counted first.',
  examples: ['--sure letter --folder letter --secrets secrets'],
  words: LETTER_WORD,
  usage: ['[ID] --sure ID [options]'],
  options: { ...SERVICE_OPTIONS, sure: optional('ID', 'The id again: what is closed is never opened again.') },
  run: ({ sure, ...values }, call) =>
    onService(values, call, async (service) => {
      const {
        world,
        words: [id],
      } = call
      const desk = await service.desk()
      const { letter } = letterOf(desk, id)
      if (sure !== letter.id)
        throw wrongOption('sure', 'what is closed is never opened again', `--sure ${letter.id}, to end the signing now`)
      await desk.close(letter.id)
      world.out.write(`Letter "${letter.id}" takes no signatures any more; the log says so\n`)
      return 0
    }),
})
