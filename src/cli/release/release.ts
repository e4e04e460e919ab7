import { group } from '../terminal/command.ts'

export const command = group({
  about: `
Signs what "npm run release" built, and keeps a folder of updates that any server, mirror or USB stick can hold. What is
published and how keys are kept: docs/operating/release.md.`,
  commands: {
    key: async () => (await import('./files.ts')).makeKey,
    sign: async () => (await import('./files.ts')).sign,
    verify: async () => (await import('./files.ts')).verify,
    root: async () => (await import('./updates.ts')).root,
    targets: async () => (await import('./updates.ts')).targets,
    publish: async () => (await import('./updates.ts')).publishAll,
    timestamp: async () => (await import('./updates.ts')).timestamp,
    show: async () => (await import('./updates.ts')).show,
  },
})
