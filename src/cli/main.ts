import type { World } from '../runtime/world.ts'
import { InputError } from '../core/model/errors.ts'
import { askResolversOnce, takeLookupThreads } from '../runtime/resolver-options.ts'
import type { Command } from './terminal/command.ts'
import { reportError, startProgram } from './terminal/start.ts'
import { packageVersion } from '../runtime/files/package-root.ts'

/** Commands by name, each loaded only when called, so that one does not pay for the engines of another. */
const COMMANDS = {
  archive: {
    summary: 'verify or erase archived raw measurements',
    load: async () => (await import('./archive/archive.ts')).command,
  },
  backup: {
    summary: 'copy a folder, sealed, while it is served; prove that it can be restored',
    load: async () => (await import('./backup/backup.ts')).command,
  },
  bundle: {
    summary: 'write evidence of an incident or of measurements as one bag that anyone verifies',
    load: async () => (await import('./bundle/bundle.ts')).command,
  },
  case: {
    summary: 'keep a case: questionnaire, deadlines, documents for authorities and courts',
    load: async () => (await import('./case/case.ts')).command,
  },
  coincide: {
    summary: 'test whether restrictions begin when listed events do, by a pre-registered plan',
    load: async () => (await import('./coincide/coincide.ts')).command,
  },
  completion: {
    summary: 'print a script by which a shell completes commands and options',
    load: async (): Promise<Command> => (await import('./completion/completion.ts')).completionOf(COMMANDS),
  },
  control: {
    summary: 'run a control abroad: an OONI test helper that also repeats pairs of names',
    load: async () => (await import('./control/control.ts')).command,
  },
  controls: {
    summary: 'check from abroad that control names are still at their providers',
    load: async () => (await import('./controls/controls.ts')).command,
  },
  custody: {
    summary: 'record who did what with evidence, and list it',
    load: async () => (await import('./custody/custody.ts')).command,
  },
  date: {
    summary: 'date the restrictions of series from anywhere',
    load: async () => (await import('./date/date.ts')).command,
  },
  demo: {
    summary: 'open the observatory with a simulated month',
    load: async () => (await import('./demo/demo.ts')).command,
  },
  detect: {
    summary: 'find incidents in the measurements of a data folder, and revise published ones',
    load: async () => (await import('./detect/detect.ts')).command,
  },
  doctor: {
    summary: 'look at what an operator must keep in order, and say what to do',
    load: async () => (await import('./doctor/doctor.ts')).command,
  },
  evaluate: {
    summary: 'compare the verdicts of the program with the labels of two reviewers',
    load: async () => (await import('./label/evaluate.ts')).command,
  },
  events: {
    summary: 'pre-register a list of events with its test, or verify one',
    load: async () => (await import('./coincide/events.ts')).command,
  },
  fit: {
    summary: 'propose a table of causes from incidents whose cause was reviewed; never applied',
    load: async () => (await import('./fit/fit.ts')).command,
  },
  follow: {
    summary: 'keep up with OONI’s measurements, and with what OONI, IODA and Radar publish',
    load: async () => (await import('./import/follow.ts')).command,
  },
  import: {
    summary: 'import files, folders or URLs of measurements into a data folder, and judge them',
    load: async () => (await import('./import/import.ts')).command,
  },
  incident: {
    summary: 'show one incident: when, where, how sure, and what speaks against it',
    load: async () => (await import('./incident/incident.ts')).command,
  },
  incidents: {
    summary: 'list incidents: when a service was restricted on a network',
    load: async () => (await import('./incident/incidents.ts')).command,
  },
  judge: {
    summary: 'say what each measurement of a file shows, and store nothing',
    load: async () => (await import('./judge/judge.ts')).command,
  },
  keys: {
    summary: 'list, invite and revoke keys of those who submit measurements',
    load: async () => (await import('./keys/keys.ts')).command,
  },
  label: {
    summary: 'label measurements without seeing a verdict, as one of two reviewers',
    load: async () => (await import('./label/label.ts')).command,
  },
  letter: {
    summary: 'an open letter as a service of its own: signatures sealed, and counted in a log',
    load: async () => (await import('./letter/letter.ts')).command,
  },
  log: {
    summary: 'the transparency log: its state, keys, proofs, time stamps, and a monitor',
    load: async () => (await import('./log/log.ts')).command,
  },
  mirror: {
    summary: 'write the site as signed files that open without a server, or verify such a copy',
    load: async () => (await import('./mirror/mirror.ts')).command,
  },
  probe: {
    summary: 'measure from this connection, after consent, once or on a schedule',
    load: async () => (await import('./probe/probe.ts')).command,
  },
  rebuild: {
    summary: 'make the warehouse again from the archive by today’s rules',
    load: async () => (await import('./rebuild/rebuild.ts')).command,
  },
  record: {
    summary: 'check the files of what was said and reported outside',
    load: async () => (await import('./record/record.ts')).command,
  },
  registry: {
    summary: 'back up, restore and check what is stored about people, while the server runs',
    load: async () => (await import('./registry/registry.ts')).command,
  },
  release: {
    summary: 'sign the files that volunteers download, and check their signatures',
    load: async () => (await import('./release/release.ts')).command,
  },
  reports: {
    summary: 'read, publish and set aside what people reported',
    load: async () => (await import('./reports/reports.ts')).command,
  },
  restore: {
    summary: 'make a folder from a backup, whole or not at all',
    load: async () => (await import('./backup/restore.ts')).command,
  },
  series: {
    summary: 'show the verdicts of one service on one network over time',
    load: async () => (await import('./series/series.ts')).command,
  },
  serve: {
    summary: 'serve the site and the JSON interface from a data folder',
    load: async () => (await import('./serve/serve.ts')).command,
  },
  services: {
    summary: 'check from abroad which hosts of the list of services are alive',
    load: async () => (await import('./services/services.ts')).command,
  },
  simulate: {
    summary: 'simulate months of measurements with known truth',
    load: async () => (await import('./simulate/simulate.ts')).command,
  },
  upgrade: {
    summary: 'bring a folder to the formats of this program, or ready it for the one before',
    load: async () => (await import('./upgrade/upgrade.ts')).command,
  },
  validate: {
    summary: 'validate the program on known cases: predictions first, labels later',
    load: async () => (await import('./validate/validate.ts')).command,
  },
  verify: {
    summary: 'verify a bundle step by step, without trust in anyone',
    load: async () => (await import('./verify/verify.ts')).command,
  },
} satisfies Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>
type CommandName = keyof typeof COMMANDS

const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name)

/** Runs one command line and sets the exit code of the process. */
export async function main(argv: readonly string[]): Promise<void> {
  if (argv[0] === 'probe') {
    askResolversOnce()
    takeLookupThreads()
  }
  await startProgram(argv, runCommand)
}

/** Runs one command line in a given world; errors become one sentence and an exit code. */
export async function runCommand(argv: readonly string[], world: World): Promise<number> {
  const [name, ...args] = argv
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      world.out.write(overview())
      return name === undefined ? 2 : 0
    }
    if (name === 'version' || name === '--version' || name === '-V') {
      world.out.write(`${packageVersion()}\n`)
      return 0
    }
    if (!isCommand(name)) throw await noSuchCommand(name)
    const command: Command = await COMMANDS[name].load()
    const { runCommandLine } = await import('./terminal/run-command.ts')
    return await runCommandLine(command, { path: [name], args, world })
  } catch (error) {
    return reportError(error, world)
  }
}

/** Only for a misspelt name is the library loaded. */
async function noSuchCommand(name: string): Promise<InputError> {
  const { similarName } = await import('./terminal/run-command.ts')
  const similar = similarName(Object.keys(COMMANDS), name)
  const ask = similar === undefined ? '' : `did you mean ${similar}? `
  return new InputError(`Cannot run "${name}": no such command; ${ask}"kuager help" lists them`, {
    code: 'command.unknown',
    path: 'command',
    expected: 'a command',
  })
}

/** The list of commands; nothing is loaded for it. */
function overview(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}\n`)
  return `Kuager judges network measurements: was a service interfered with, on which network, and what\nshows it.\n\nUsage: kuager <command> [--help]\n       kuager --version\n\n${rows.join('')}`
}
