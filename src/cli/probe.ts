import { InputError } from '../model/errors.ts'
import type { Command, World } from './command.ts'
import { printable } from './printable.ts'

/** Commands of the probe, each loaded only when called. */
const COMMANDS: Readonly<Record<string, (args: readonly string[], world: World) => Promise<number>>> = {
  run: async (args, world) => (await import('./probe/run.ts')).runOnce(args, world, 'manual'),
  extra: async (args, world) => (await import('./probe/run.ts')).runOnce(args, world, 'extra'),
}

const help = `Usage: kuager probe run [options]

Measures from this line whether services can be reached and, where not, what stands in the way. The line itself is looked
at first: what fails because of it is never said of a service. Nothing is measured before its owner agreed.

`

export const command: Command = {
  help,
  run: async (args, world) => {
    const [name, ...rest] = args
    const run = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (run !== undefined) return run(rest, world)
    throw new InputError(
      `Cannot run the probe: found ${name === undefined ? 'no command' : `"${printable(name)}"`}; "kuager probe --help" lists them`,
      { code: 'command.unknown', path: 'command', expected: Object.keys(COMMANDS).join(', ') },
    )
  },
}
