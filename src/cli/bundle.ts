import { Fault } from '../model/errors.ts'
import type { Command } from './command.ts'

export const command: Command = {
  help: 'Usage: kuager bundle\n',
  run: () => Promise.reject(new Fault('Cannot run bundle: it is not written yet')),
}
