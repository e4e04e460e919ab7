import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { parseReceipt } from '../../letter/core/signature.ts'
import { InputError } from '../../core/model/errors.ts'
import { FOLDER_OPTIONS, withService } from '../../app/letter/task.ts'

/** Withdraws a signature by its receipt, for a signer who asks by another way than the page. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: FOLDER_OPTIONS })
  // What is typed as an argument stands in the history of the shell and in the list of processes.
  const typed = positionals[0] ?? (await world.ask?.('Receipt: ', world.signal))
  if (typed === undefined || positionals.length > 1)
    throw new InputError('Cannot withdraw: found no receipt', {
      code: 'argument.missing',
      path: 'CODE',
      expected: 'the receipt of one signature',
    })
  const code = parseReceipt(typed)
  const passed = positionals.length === 0 ? [code, ...args] : args
  return withService(world, { ...values, part: 'withdraw', args: passed }, async (service) => {
    const done = await (await service.desk()).withdraw(code)
    world.out.write(
      done === 'withdrawn' ? 'Withdrawn: what was sealed is erased\n' : 'There is no signature of this receipt\n',
    )
    return done === 'withdrawn' ? 0 : 3
  })
}
