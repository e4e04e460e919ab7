import { group } from '../terminal/command.ts'

export const command = group({
  about: 'Keep a legal case: questionnaire, deadlines and documents.',
  commands: {
    new: async () => (await import('./new.ts')).command,
    add: async () => (await import('./add.ts')).command,
    status: async () => (await import('./status.ts')).command,
    build: async () => (await import('./build.ts')).command,
    law: async () => (await import('./law.ts')).command,
  },
  notes: `
The folder of a case holds names: keep it on an encrypted disk and nowhere else. How to: docs/operating/case.md`,
})
