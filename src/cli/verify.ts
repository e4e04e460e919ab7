import { Fault } from '../model/errors.ts'
import type { Command } from './command.ts'

export const command: Command = {
  help: 'Usage: kuager verify\n',
  run: () => Promise.reject(new Fault('Cannot run verify: it is not written yet')),
}
