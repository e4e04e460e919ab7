import { InputError } from '../model/errors.ts'
import type { Command } from './command.ts'

const HELP = `Usage: kuager reports --help
`

async function run(): Promise<number> {
  throw new InputError('Cannot run reports: see "kuager reports --help"', {
    code: 'reports.usage',
    path: 'arguments',
    expected: 'a part of the command',
  })
}

export const command: Command = { help: HELP, run }
