import { Fault } from '../model/errors.ts'
import type { Command } from './command.ts'

export const command: Command = {
  help: 'Usage: kuager case\n',
  run: () => Promise.reject(new Fault('Cannot run case: it is not written yet')),
}
