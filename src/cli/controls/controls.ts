import { group } from '../terminal/command.ts'

export const command = group({
  about: 'Check the control names that measurements are compared with.',
  commands: {
    check: async () => (await import('./check.ts')).command,
  },
})
