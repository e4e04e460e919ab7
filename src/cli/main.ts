import type { World } from '../runtime/world.ts'
import { InputError } from '../core/model/errors.ts'
import { askResolversOnce, takeLookupThreads } from '../runtime/resolver-options.ts'
import type { Command } from './terminal/command.ts'
import { reportError, startProgram } from './terminal/start.ts'
import { packageVersion } from '../runtime/files/package-root.ts'

/** Readers of the first page, in its order. */
export const READERS = {
  volunteer: 'Volunteers',
  evidence: 'Journalists and lawyers',
  operator: 'Operators, the observatory',
  folder: 'Operators, its data folder',
  research: 'Researchers',
  shell: 'Shell',
}

interface NamedCommand {
  readonly reader: keyof typeof READERS
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Commands by name, each loaded only when called, so that one does not pay for the engines of another. */
export const COMMANDS = {
  probe: {
    reader: 'volunteer',
    summary: 'measure from this connection, with consent, once or regularly',
    load: async () => (await import('./probe/probe.ts')).command,
  },
  verify: {
    reader: 'evidence',
    summary: 'check evidence step by step, offline, without trusting anyone',
    load: async () => (await import('./verify/verify.ts')).command,
  },
  bundle: {
    reader: 'evidence',
    summary: 'export evidence that anyone can verify offline',
    load: async () => (await import('./bundle/bundle.ts')).command,
  },
  incidents: {
    reader: 'evidence',
    summary: 'list when a service was restricted on a network',
    load: async () => (await import('./incident/incidents.ts')).command,
  },
  incident: {
    reader: 'evidence',
    summary: 'show one incident, with what speaks against it',
    load: async () => (await import('./incident/incident.ts')).command,
  },
  series: {
    reader: 'evidence',
    summary: 'show one service on one network over time',
    load: async () => (await import('./series/series.ts')).command,
  },
  case: {
    reader: 'evidence',
    summary: 'keep a legal case: questionnaire, deadlines, documents',
    load: async () => (await import('./case/case.ts')).command,
  },
  custody: {
    reader: 'evidence',
    summary: 'record who did what with evidence',
    load: async () => (await import('./custody/custody.ts')).command,
  },
  mirror: {
    reader: 'evidence',
    summary: 'write the site as signed files, or verify a copy',
    load: async () => (await import('./mirror/mirror.ts')).command,
  },
  demo: {
    reader: 'operator',
    summary: 'open the observatory with a simulated month',
    load: async () => (await import('./demo/demo.ts')).command,
  },
  serve: {
    reader: 'operator',
    summary: 'serve the site, the API and the collector',
    load: async () => (await import('./serve/serve.ts')).command,
  },
  doctor: {
    reader: 'operator',
    summary: 'check this server and list what to fix',
    load: async () => (await import('./doctor/doctor.ts')).command,
  },
  import: {
    reader: 'operator',
    summary: 'store and judge measurements from files, folders or URLs',
    load: async () => (await import('./import/import.ts')).command,
  },
  follow: {
    reader: 'operator',
    summary: 'fetch new measurements from OONI and from your edges',
    load: async () => (await import('./import/follow.ts')).command,
  },
  detect: {
    reader: 'operator',
    summary: 'find and revise incidents in a data folder',
    load: async () => (await import('./detect/detect.ts')).command,
  },
  keys: {
    reader: 'operator',
    summary: 'list, invite and revoke the keys of senders',
    load: async () => (await import('./keys/keys.ts')).command,
  },
  reports: {
    reader: 'operator',
    summary: 'read, publish or hide reports from people',
    load: async () => (await import('./reports/reports.ts')).command,
  },
  record: {
    reader: 'operator',
    summary: 'check the lists of statements and legal acts',
    load: async () => (await import('./record/record.ts')).command,
  },
  log: {
    reader: 'operator',
    summary: 'the transparency log: state, keys, proofs, time stamps, monitor',
    load: async () => (await import('./log/log.ts')).command,
  },
  control: {
    reader: 'operator',
    summary: 'run a control server outside the country',
    load: async () => (await import('./control/control.ts')).command,
  },
  controls: {
    reader: 'operator',
    summary: 'check that control names are still at their providers',
    load: async () => (await import('./controls/controls.ts')).command,
  },
  services: {
    reader: 'operator',
    summary: 'check which listed hosts are alive, from abroad',
    load: async () => (await import('./services/services.ts')).command,
  },
  release: {
    reader: 'operator',
    summary: 'sign the files that volunteers download',
    load: async () => (await import('./release/release.ts')).command,
  },
  letter: {
    reader: 'operator',
    summary: 'run an open letter as a separate service',
    load: async () => (await import('./letter/letter.ts')).command,
  },
  backup: {
    reader: 'folder',
    summary: 'copy a data folder, encrypted, while it is served',
    load: async () => (await import('./backup/backup.ts')).command,
  },
  restore: {
    reader: 'folder',
    summary: 'restore a data folder from a backup',
    load: async () => (await import('./backup/restore.ts')).command,
  },
  upgrade: {
    reader: 'folder',
    summary: 'bring a data folder to the formats of this program',
    load: async () => (await import('./upgrade/upgrade.ts')).command,
  },
  rebuild: {
    reader: 'folder',
    summary: 'rebuild the warehouse from the archive by today’s rules',
    load: async () => (await import('./rebuild/rebuild.ts')).command,
  },
  archive: {
    reader: 'folder',
    summary: 'verify, thin or erase archived measurements',
    load: async () => (await import('./archive/archive.ts')).command,
  },
  registry: {
    reader: 'folder',
    summary: 'back up, restore and check keys, reports and signatures',
    load: async () => (await import('./registry/registry.ts')).command,
  },
  judge: {
    reader: 'research',
    summary: 'say what each measurement of a file shows',
    load: async () => (await import('./judge/judge.ts')).command,
  },
  date: {
    reader: 'research',
    summary: 'date the restrictions in a table from any source',
    load: async () => (await import('./date/date.ts')).command,
  },
  simulate: {
    reader: 'research',
    summary: 'simulate months of measurements with known truth',
    load: async () => (await import('./simulate/simulate.ts')).command,
  },
  events: {
    reader: 'research',
    summary: 'pre-register a list of events with its test',
    load: async () => (await import('./coincide/events.ts')).command,
  },
  coincide: {
    reader: 'research',
    summary: 'test whether restrictions begin when listed events do',
    load: async () => (await import('./coincide/coincide.ts')).command,
  },
  validate: {
    reader: 'research',
    summary: 'score the program on cases with known truth',
    load: async () => (await import('./validate/validate.ts')).command,
  },
  label: {
    reader: 'research',
    summary: 'label measurements without seeing a verdict',
    load: async () => (await import('./label/label.ts')).command,
  },
  evaluate: {
    reader: 'research',
    summary: 'compare the program with the labels of two reviewers',
    load: async () => (await import('./label/evaluate.ts')).command,
  },
  fit: {
    reader: 'research',
    summary: 'propose a table of causes from reviewed incidents',
    load: async () => (await import('./fit/fit.ts')).command,
  },
  completion: {
    reader: 'shell',
    summary: 'print a completion script for bash, zsh or fish',
    load: async (): Promise<Command> => (await import('./completion/completion.ts')).completionOf(COMMANDS),
  },
} satisfies Record<string, NamedCommand>
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

/** What a newcomer tries first. */
const FIRST_STEPS = [
  ['kuager demo', 'look around: the site with a simulated month'],
  ['kuager probe run', 'measure from your connection, after your consent'],
  ['kuager verify BUNDLE', 'check evidence that you were given'],
  ['kuager serve --folder DIR', 'run an observatory of your own'],
] as const

/** The first page; nothing is loaded for it. */
function overview(): string {
  const steps = FIRST_STEPS.map(([line, about]) => `  ${line.padEnd(25)}  ${about}\n`).join('')
  const groups = Object.entries(READERS).map(([reader, heading]) => {
    const rows = Object.entries(COMMANDS).filter(([, command]) => command.reader === reader)
    return `${heading}:\n${rows.map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}\n`).join('')}`
  })
  return `Measure, date and prove restrictions of internet services.

Usage: kuager COMMAND [options]
       kuager COMMAND --help
       kuager --version

Start here:
${steps}
${groups.join('\n')}
Exit codes:
  0  success
  1  internal error
  2  usage error
  3  finished with problems
`
}
