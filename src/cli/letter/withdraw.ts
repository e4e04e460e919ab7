import { parseReceipt } from '../../letter/core/signature.ts'
import { InputError } from '../../core/model/errors.ts'
import { task } from '../terminal/command.ts'
import { SERVICE_OPTIONS, onService } from './options.ts'

export const command = task({
  about: 'Withdraw a signature by its receipt. Use it for a signer who asks by another way than the page.',
  examples: ['--folder letter --secrets secrets'],
  words: { '[CODE]': 'The receipt. Without it: it is asked for.' },
  options: SERVICE_OPTIONS,
  exit: { 3: 'there is no signature of this receipt' },
  async run(values, call) {
    const {
      world,
      words,
      args: [part = '', ...args],
    } = call
    // What is typed as an argument is in the history of the shell and in the list of processes.
    const typed = words[0] ?? (await world.ask?.('Receipt: ', world.signal))
    if (typed === undefined)
      throw new InputError('Cannot withdraw: found no receipt', {
        code: 'argument.missing',
        path: 'CODE',
        expected: 'the receipt of one signature',
      })
    const code = parseReceipt(typed)
    const passed = words.length === 0 ? [part, code, ...args] : call.args
    return onService(values, { ...call, args: passed }, async (service) => {
      const done = await (await service.desk()).withdraw(code)
      world.out.write(
        done === 'withdrawn' ? 'Withdrawn: what was sealed is erased\n' : 'There is no signature of this receipt\n',
      )
      return done === 'withdrawn' ? 0 : 3
    })
  },
})
