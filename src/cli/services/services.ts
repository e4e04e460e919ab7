import { group } from '../terminal/command.ts'

export const command = group({
  about: 'Check the list of services that probes measure.',
  commands: {
    check: async () => (await import('./check.ts')).command,
  },
})
