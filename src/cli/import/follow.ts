import { group } from '../terminal/command.ts'

export const command = group({
  about: 'Fetch new measurements from OONI and from your edges.',
  commands: {
    edge: async () => (await import('./follow-edge.ts')).command,
    ooni: async () => (await import('./follow-ooni.ts')).command,
    others: async () => (await import('./follow-others.ts')).command,
  },
})
