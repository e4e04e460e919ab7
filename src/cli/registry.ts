import { InputError } from '../model/errors.ts'
import type { Command } from './command.ts'

const HELP = `Usage: kuager registry --help
`

async function run(): Promise<number> {
  throw new InputError('Cannot run registry: see "kuager registry --help"', {
    code: 'registry.usage',
    path: 'arguments',
    expected: 'a part of the command',
  })
}

export const command: Command = { help: HELP, run }
