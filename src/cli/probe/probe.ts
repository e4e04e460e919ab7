import { keepHeapSmall } from '../../runtime/small-heap.ts'
import { group } from '../terminal/command.ts'
import { commandLang, shortHelp, wrongUseIn } from './consent/explain.ts'
import { commandLine } from '../terminal/command-line.ts'

export const command = group({
  about: `
Measures from this connection whether services can be reached and, if not, what prevents it. The connection itself is
tested first: a failure because of it is never reported for a service. Nothing is measured before its owner has read what
the program does and agreed; the first "${commandLine('probe', 'run')}" shows the text.`,
  commands: {
    run: async () => (await import('./run/run.ts')).command,
    extra: async () => (await import('./run/run.ts')).extra,
    daemon: async () => (await import('./daemon.ts')).command,
    install: async () => (await import('./install.ts')).command,
    join: async () => (await import('./join/join.ts')).command,
    status: async () => (await import('./status.ts')).command,
    page: async () => (await import('./page/page.ts')).command,
    pause: async () => (await import('./pause.ts')).command,
    limit: async () => (await import('./pause.ts')).limit,
    export: async () => (await import('./export.ts')).command,
    invite: async () => (await import('./join/invite.ts')).command,
    update: async () => (await import('./update/update.ts')).command,
    forget: async () => (await import('./forget.ts')).command,
    'ooni-run': async () => (await import('./ooni-run.ts')).command,
  },
  helpAbove: (args, world) => shortHelp(commandLang(args, world), (world.outColumns?.() ?? 80) - 1),
  async around(run, { args, world }) {
    keepHeapSmall()
    try {
      return await run()
    } catch (error) {
      const sentence = wrongUseIn(commandLang(args, world), error)
      if (sentence !== undefined) world.err.write(`${sentence}\n`)
      throw error
    }
  },
})
