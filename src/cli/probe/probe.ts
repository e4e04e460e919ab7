import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import { keepHeapSmall } from '../../runtime/small-heap.ts'
import type { HandWritten as Command } from '../terminal/hand-written.ts'
import { printable } from '../../core/text/printable.ts'
import { commandLang, shortHelp, wrongUseIn } from './consent/explain.ts'

/** Commands of the probe, each loaded only when called. */
const COMMANDS: Readonly<Record<string, (args: readonly string[], world: World) => Promise<number>>> = {
  run: async (args, world) => (await import('./run/run.ts')).runOnce(args, world, 'manual'),
  extra: async (args, world) => (await import('./run/run.ts')).runOnce(args, world, 'extra'),
  daemon: async (args, world) => (await import('./daemon.ts')).runDaemon(args, world),
  install: async (args, world) => (await import('./install.ts')).runInstall(args, world),
  status: async (args, world) => (await import('./status.ts')).runStatus(args, world),
  export: async (args, world) => (await import('./export.ts')).runExport(args, world),
  invite: async (args, world) => (await import('./invite.ts')).runInvite(args, world),
  forget: async (args, world) => (await import('./forget.ts')).runForget(args, world),
  'ooni-run': async (args, world) => (await import('./ooni-run.ts')).runOoniRun(args, world),
}

const help = `Usage: kuager probe COMMAND [options]

Measures from this line whether services can be reached and, where not, what stands in the way. The
line itself is looked at first: what fails because of it is never said of a service. Nothing is
measured before its owner has read what the program does and agreed; the text is shown by the first
"kuager probe run".

  run        measure once, now
  extra      the same, marked as an extra run of the schedule; for scripts
  daemon     keep the schedule until stopped
  install    keep the options, and have the system start the daemon (systemd; launchd and Windows:
             files, untested)
  status     what may be measured, what waits, what was received this week, what it cost
  export     FILE|DIR: write what waits to a file that "kuager import" takes elsewhere
  invite     CODE: keep the invitation that the operator of a collector gave
  forget     stop, and delete keys, queue, receipts, copies, settings and consent
  ooni-run   print a descriptor of tier A for OONI's own app on a phone

What is measured (run, extra; the rest also daemon and install)
  --tiers A,B,C        groups of services (default: all that were agreed to)
  --scope core|full    core: names and connections alone, about 150 KB (default: full)
  --services ID,…      these services alone
  --service-list FILE  another list of services (docs/formats/measured-lists.md)
  --list FILE          URLs to add, in the CSV form of the Citizen Lab, as tier B; may be given
                       several times
  --controls FILE      another list of innocent names, canaries and resolvers
  --control URL        test helper abroad that measures the same in the same minute; may be given
                       several times
  --responders FILE    servers of ours that answer tunnel protocols; without them tier C is left out
  --extra-roots FILE   certificates trusted besides Mozilla's, for laboratories

Where it goes
  --collector URL      collector that takes the measurements; may be given several times, the
                       preferred first
  --route ROUTE        way to the collectors: direct (default), tor, http://HOST:PORT or
                       socks5://HOST:PORT; several times, in order. No route but those given is used
  --no-submit          keep the measurements here (run, extra, daemon)
  --asn N --cc CC      network and country, where neither collector nor control can say them
  --keep-copies        keep measurements as they were before anything was erased from them, on this
                       machine alone
  --copies-key KEY     seal those copies to this public key of age

How much (daemon, install)
  --metered            200 MB a month in place of 1,000: the schedule is stretched to fit
  --allowance MB       another number of megabytes a month

  --folder DIR         the probe's folder (default: KUAGER_PROBE_FOLDER, else kuager-probe in the
                       state folder of the system)
  --lang kk|ru|en      language (default: KUAGER_LANG, else what was chosen before, else the
                       system's, else kk)
  --yes                agree without being asked: to tier A, or to the tiers named by --tiers
  --json               run: one line of JSON for each service, and one about the run; status,
                       export: one line
  --print              install: show the service file and write nothing
  --no-start           install: write, do not start
  --refused            export: what collectors refused, too
  --delete             export: remove from the queue what was written and read back
  --new-keys           invite: delete the present keys and make new ones; when a key was stolen and
                       the operator revoked it

Exit code: 0 done; 3 the line bears no measuring, nobody agreed, nothing waits, or another process
keeps the schedule; 2 wrong use; 1 it broke or was stopped.
`

export const command: Command = {
  help,
  helpAbove: (args, world) => shortHelp(commandLang(args, world), (world.outColumns?.() ?? 80) - 1),
  run: async (args, world) => {
    keepHeapSmall()
    try {
      return await dispatch(args, world)
    } catch (error) {
      const sentence = wrongUseIn(commandLang(args, world), error)
      if (sentence !== undefined) world.err.write(`${sentence}\n`)
      throw error
    }
  },
}

async function dispatch([name, ...rest]: readonly string[], world: World): Promise<number> {
  const run = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (run !== undefined) return run(rest, world)
  throw new InputError(
    `Cannot run the probe: found ${name === undefined ? 'no command' : `"${printable(name)}"`}; "kuager probe --help" lists them`,
    { code: 'command.unknown', path: 'command', expected: Object.keys(COMMANDS).join(', ') },
  )
}
