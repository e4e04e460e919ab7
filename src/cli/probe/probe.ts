import { keepHeapSmall } from '../../runtime/small-heap.ts'
import { group } from '../terminal/command.ts'
import { commandLang, translatedHelp, wrongUseIn, type HelpCommand } from './consent/explain.ts'
import { commandLine } from '../terminal/command-line.ts'

export const command = group({
  about: `
Measure from this connection, with consent, once or regularly. The program checks whether services can be reached and, if
not, what prevents it. The connection itself is tested first: a failure because of it is never reported for a service.
Nothing is measured before its owner has read what the program does and agreed; the first "${commandLine('probe', 'run')}" shows the text.`,
  commands: {
    join: async () => (await import('./join/join.ts')).command,
    run: async () => (await import('./run/run.ts')).command,
    status: async () => (await import('./status.ts')).command,
    install: async () => (await import('./install.ts')).command,
    page: async () => (await import('./page/page.ts')).command,
    pause: async () => (await import('./pause.ts')).command,
    limit: async () => (await import('./pause.ts')).limit,
    forget: async () => (await import('./forget.ts')).command,
    export: async () => (await import('./export.ts')).command,
    invite: async () => (await import('./join/invite.ts')).command,
    update: async () => (await import('./update/update.ts')).command,
    'ooni-run': async () => (await import('./ooni-run.ts')).command,
    extra: async () => (await import('./run/run.ts')).extra,
    daemon: async () => (await import('./daemon.ts')).command,
  } satisfies Record<HelpCommand, unknown>,
  translatedHelp: (args, world) => translatedHelp(commandLang(args, world), (world.outColumns?.() ?? 80) - 1),
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
