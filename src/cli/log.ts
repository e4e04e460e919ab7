import { Fault } from '../model/errors.ts'
import type { Command } from './command.ts'

export const command: Command = {
  help: 'Usage: kuager log\n',
  run: () => Promise.reject(new Fault('Cannot run log: it is not written yet')),
}
