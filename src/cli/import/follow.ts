import { group } from '../terminal/command.ts'

export const command = group({
  about: 'Keeps up with what others measure: measurements of OONI, and counts and outages of OONI, IODA and Radar.',
  commands: {
    ooni: async () => (await import('./follow-ooni.ts')).command,
    others: async () => (await import('./follow-others.ts')).command,
  },
})
