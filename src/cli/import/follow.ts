import { group } from '../terminal/command.ts'

export const command = group({
  about: 'Keeps up with edges of the observatory, and with what others measure: OONI, IODA and Radar.',
  commands: {
    edge: async () => (await import('./follow-edge.ts')).command,
    ooni: async () => (await import('./follow-ooni.ts')).command,
    others: async () => (await import('./follow-others.ts')).command,
  },
})
