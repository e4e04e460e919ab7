import { group } from '../terminal/command.ts'

export const command = group({
  about: `
Sign the files that volunteers download, and their updates. Any server, mirror or USB stick can hold the folder of
updates. What is published and how keys are kept: docs/operating/release.md.`,
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
