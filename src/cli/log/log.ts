import { group } from '../terminal/command.ts'

export const command = group({
  about: 'Inspect and maintain the transparency log (docs/formats/log.md).',
  commands: {
    status: async () => (await import('./status.ts')).command,
    keys: async () => (await import('./keys.ts')).command,
    sequence: async () => (await import('./sequence.ts')).command,
    rotate: async () => (await import('./rotate.ts')).command,
    proof: async () => (await import('./proof.ts')).command,
    check: async () => (await import('./check.ts')).command,
    'take-over': async () => (await import('./take-over.ts')).command,
    stamp: async () => (await import('./stamp.ts')).command,
    witness: async () => (await import('./witness.ts')).command,
    monitor: async () => (await import('./monitor.ts')).command,
  },
})
