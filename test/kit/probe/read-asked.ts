import { readAsked as read, someOptions, type Asked, type OptionName } from '../../../src/cli/probe/options.ts'
import { task } from '../../../src/cli/terminal/command.ts'
import { runCommandLine } from '../../../src/cli/terminal/run-command.ts'
import type { World } from '../../../src/runtime/world.ts'

/** What a command of the probe with these options would be asked for by a command line. */
export async function readAsked(
  args: readonly string[],
  world: World,
  { options }: { readonly options: readonly OptionName[] },
): Promise<Asked> {
  let asked: Asked | undefined
  const command = task({
    about: '',
    examples: [''],
    options: someOptions(...options),
    async run(values, call) {
      asked = await read(values, call)
      return 0
    },
  })
  await runCommandLine(command, { path: ['probe'], args, world })
  if (asked === undefined) throw new Error('the command line asks for help')
  return asked
}
