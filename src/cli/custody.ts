import { Fault } from '../model/errors.ts'
import type { Command } from './command.ts'

export const command: Command = {
  help: 'Usage: kuager custody\n',
  run: () => Promise.reject(new Fault('Cannot run custody: it is not written yet')),
}
