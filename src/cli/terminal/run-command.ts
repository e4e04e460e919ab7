import { Argument, Command as Program, CommanderError, Help, Option as ProgramOption } from 'commander'
import { InputError } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import type { World } from '../../runtime/world.ts'
import { summaryOf, type Command, type CommandGroup, type Task } from './command.ts'
import { commandLine } from './command-line.ts'
import { readOptions, withTwins, type DeclaredOption } from './option.ts'

/** Longer lines are hard to read. */
const MOST_COLUMNS = 100

/** A command line as it is worked through: `path` holds the names before `args`. */
interface Line {
  readonly path: readonly string[]
  readonly args: readonly string[]
  readonly world: World
}

/** Runs a command line, or writes the help that it asks for, and gives the exit code. Throws InputError for wrong use. */
export async function runCommandLine(command: Command, line: Line): Promise<number> {
  const { args, world } = line
  const [name, ...rest] = args
  const asksHelp = args.includes('--help') || args.includes('-h')
  const below =
    command.kind === 'task' && name !== undefined && Object.hasOwn(command.commands ?? {}, name)
      ? command.commands?.[name]
      : undefined
  if (below !== undefined) return runCommandLine(await below(), { path: [...line.path, name ?? ''], args: rest, world })
  if (command.kind === 'task') {
    if (asksHelp) return writeHelp(command, line)
    const { given, words, values } = readCommandLine(command, line)
    const [first = '', ...more] = line.path
    const env = withTwins(command.options, given, world.env)
    return command.run(values, {
      world: env === world.env ? world : { ...world, env },
      words,
      name: first,
      args: [...more, ...args],
    })
  }
  if (asksHelp && (name === undefined || !Object.hasOwn(command.commands, name))) return writeHelp(command, line)
  const run = async (): Promise<number> =>
    runCommandLine(await oneCommand(command, line), { path: [...line.path, name ?? ''], args: rest, world })
  return command.around === undefined ? run() : command.around(run, { args, world })
}

/** The command of a group that a line names. Throws InputError with the most similar name for one that it does not have. */
async function oneCommand({ commands }: CommandGroup, { path, args: [name] }: Line): Promise<Command> {
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load !== undefined) return load()
  const found = name === undefined ? 'nothing to do is named' : `there is no command "${printable(name)}"`
  throw wrongCommand(path, { found, similar: similarName(Object.keys(commands), name), names: Object.keys(commands) })
}

interface NoSuchCommand {
  readonly found: string
  readonly similar: string | undefined
  readonly names: readonly string[]
}

const wrongCommand = (path: readonly string[], { found, similar, names }: NoSuchCommand): InputError =>
  new InputError(
    `Cannot run ${path.join(' ')}: ${found}; ${didYouMean(similar)}see "${commandLine(...path, '--help')}"`,
    { code: 'command.unknown', path: 'command', expected: names.join(', ') },
  )

const didYouMean = (similar: string | undefined): string => (similar === undefined ? '' : `did you mean ${similar}? `)

/** The name that a misspelt one is most similar to; undefined where none is near. */
export function similarName(names: readonly string[], misspelt: string | undefined): string | undefined {
  if (misspelt === undefined) return undefined
  const program = silent(new Program())
  for (const name of names) program.command(name)
  return suggested(() => program.parse([misspelt], { from: 'user' }))
}

/** What the library suggests when it refuses a command line: `(Did you mean --folder?)`, of several the first. */
function suggested(parsing: () => unknown): string | undefined {
  try {
    parsing()
    return undefined
  } catch (error) {
    return similarIn(error)
  }
}

const similarIn = (error: unknown): string | undefined =>
  error instanceof CommanderError ? /\(Did you mean (?:one of )?([^,?)]+)/.exec(error.message)?.[1] : undefined

/** A program of the library that throws and never prints. */
const silent = (program: Program): Program =>
  program
    .exitOverride()
    .helpOption(false)
    .helpCommand(false)
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })

/** An option under its own name: the library would read `--no-x` as the absence of `x`. */
class Named extends ProgramOption {
  constructor(name: string, { value, about, byDefault, group, repeated }: DeclaredOption<unknown>) {
    super(
      value === undefined ? `--${name}` : `--${name} <value>`,
      sentences(
        about,
        repeated ? 'May be given several times.' : '',
        byDefault === undefined ? '' : `Default: ${byDefault}.`,
      ),
    )
    this.negate = false
    if (group !== undefined) this.helpGroup(`${group}:`)
    if (value !== undefined) this.argParser<readonly string[] | undefined>((text, before) => [...(before ?? []), text])
  }

  override attributeName(): string {
    return this.name()
  }
}

/** One paragraph of sentences, without the line breaks of the source. */
const sentences = (...said: readonly string[]): string => said.join(' ').replaceAll(/\s+/g, ' ').trim()

function programOf({ options, words = {} }: Task): Program {
  const program = silent(new Program()).allowExcessArguments()
  for (const [name, option] of Object.entries(options)) program.addOption(new Named(name, option))
  for (const [name, about] of Object.entries(words)) program.addArgument(new NamedWord(name, about))
  return program
}

class NamedWord extends Argument {
  readonly said: string

  constructor(name: string, about: string) {
    super('[word]', sentences(about))
    this.said = name
  }

  override name(): string {
    return this.said.replace(/^\[(.*)\]$/, '$1')
  }
}

interface Parsed {
  /** Values of an option in order; one empty text for a switch. */
  readonly given: (option: string) => readonly string[]
  readonly words: readonly string[]
  /** What the options read, by name. */
  readonly values: Readonly<Record<string, unknown>>
}

/** Reads the words and options of a command. Throws InputError. */
export function readCommandLine(command: Task, { path, args, world }: Line): Parsed {
  const program = programOf(command)
  refuseAmbiguous(command, { path, args })
  try {
    program.parse(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw wrongLine(path, error)
    throw error
  }
  const { args: words } = program
  refuseCount(command, { path, words })
  const given = (option: string): readonly string[] => {
    const found: unknown = program.getOptionValue(option)
    return found === undefined ? [] : Array.isArray(found) ? (found as string[]) : ['']
  }
  return { given, words, values: readOptions(command.options, given, world) }
}

/** A value that looks like an option is a value that was forgotten. `--x=-1` says that it is meant. */
function refuseAmbiguous({ options }: Task, { path, args }: Omit<Line, 'world'>): void {
  for (const [at, word] of args.entries()) {
    if (word === '--') return
    const next = args[at + 1]
    const name = word.startsWith('--') ? word.slice(2) : ''
    if (!Object.hasOwn(options, name) || options[name]?.value === undefined) continue
    if (next === undefined || /^-./.test(next)) throw wrongUse(path, `--${name}`, `option --${name} has no value`)
  }
}

/** Throws InputError where there are more or fewer words besides the options than the command takes. */
function refuseCount(
  { words: declared = {} }: Task,
  { path, words }: { readonly path: readonly string[]; readonly words: readonly string[] },
): void {
  const names = Object.keys(declared)
  const least = names.filter((name) => !name.startsWith('[')).length
  const most = names.some((name) => name.includes('…')) ? Infinity : names.length
  if (words.length >= least && words.length <= most) return
  const extra = words[most]
  const found =
    extra === undefined ? `${names[words.length]} is missing` : `found "${printable(extra)}" besides the options`
  throw wrongUse(path, 'arguments', found)
}

/** The refusal of the library in our words: one sentence, with the most similar name if there is one. */
function wrongLine(path: readonly string[], error: CommanderError): InputError {
  const [, name = ''] = /'([^']*)'/s.exec(error.message) ?? []
  return error.code === 'commander.unknownOption'
    ? wrongUse(path, name, `unknown option ${printable(name)}`, similarIn(error))
    : wrongUse(path, 'arguments', printable(error.message.replace(/^error: /, '')))
}

const wrongUse = (path: readonly string[], place: string, found: string, similar?: string): InputError =>
  new InputError(
    `Cannot run ${path.join(' ')}: ${found}; ${didYouMean(similar)}see "${commandLine(...path, '--help')}"`,
    { code: 'command.usage', path: place, expected: 'what the help of the command lists' },
  )

async function writeHelp(command: Command, { path, args, world }: Line): Promise<number> {
  const width = Math.min((world.outColumns?.() ?? MOST_COLUMNS + 1) - 1, MOST_COLUMNS)
  world.out.write(command.translatedHelp?.(args, world) ?? (await helpOf(command, path, width)))
  return 0
}

/** The whole help of a command in lines of at most `width` columns. */
async function helpOf(command: Command, path: readonly string[], width: number): Promise<string> {
  const name = commandLine(...path)
  const program = command.kind === 'task' ? programOf(command) : silent(new Program())
  const examples = (await examplesOf(command, path)).map((line) => `  ${line}\n`).join('')
  await addCommands(program, command.commands ?? {})
  program
    .description(`${flowing(command.about)}\n\nExamples:\n${examples.trimEnd()}`)
    .configureOutput({ getOutHelpWidth: () => width })
    .configureHelp({
      commandUsage: () => waysOf(command, name, width),
      optionTerm: (option) => termOf(option, command),
      subcommandTerm: (one) => one.usage(),
    })
  const notes = [
    command.commands === undefined ? '' : `"${name} COMMAND --help" describes a command and its options.`,
    exitCodes(command),
    command.notes === undefined ? '' : flowing(command.notes),
  ].filter((text) => text !== '')
  const below = notes.map((text) => `\n${new Help().boxWrap(text, width)}\n`)
  return `${program.helpInformation().trimEnd()}\n${below.join('')}`
}

/** Complete command lines of a task; of a group, one of each of its first two commands. */
export async function examplesOf(command: Command, path: readonly string[]): Promise<readonly string[]> {
  if (command.kind === 'task') return command.examples.map((line) => `${commandLine(...path)} ${line}`.trimEnd())
  const firstTwo = Object.entries(command.commands).slice(0, 2)
  const lines = firstTwo.map(async ([name, load]) => (await examplesOf(await load(), [...path, name])).slice(0, 1))
  return (await Promise.all(lines)).flat()
}

const termOf = (option: ProgramOption, command: Command): string => {
  const value = command.kind === 'task' ? command.options[option.name()]?.value : undefined
  return `--${option.name()}${value === undefined ? '' : ` ${value}`}`
}

/** Ways to call a command, one below the other; a long one goes on below its options. */
const waysOf = (command: Command, name: string, width: number): string =>
  usageOf(command)
    .map((way) =>
      new Help()
        .boxWrap(way, width - 'Usage: '.length - name.length - 1)
        .replaceAll('\n', `\n${' '.repeat(8 + name.length)}`),
    )
    .map((way) => `${name} ${way}`)
    .join(`\n${' '.repeat('Usage: '.length)}`)

/** Ways to call a command, behind its name. */
function usageOf(command: Command): readonly string[] {
  if (command.kind === 'group') return ['COMMAND [options]']
  const words = Object.keys(command.words ?? {})
  return command.usage ?? [[...words, ...(Object.keys(command.options).length === 0 ? [] : ['[options]'])].join(' ')]
}

async function addCommands(program: Program, commands: CommandGroup['commands']): Promise<void> {
  for (const [name, load] of Object.entries(commands)) {
    const command = await load()
    const words = command.kind === 'group' ? ['COMMAND'] : Object.keys(command.words ?? {})
    program
      .command(name)
      .usage([name, ...words].join(' '))
      .description(summaryOf(command))
  }
}

/** Paragraphs without the line breaks of the source; a paragraph that begins indented stays as it is. */
const flowing = (text: string): string =>
  text
    .trim()
    .split(/\n{2,}/)
    .map((one) => (one.startsWith(' ') ? one : one.replaceAll(/\s+/g, ' ')))
    .join('\n\n')

/** Meaning of the exit codes of every command that gives none of its own. */
const EXIT_CODES = { 0: 'success', 1: 'internal error', 2: 'usage error' }

function exitCodes(command: Command): string {
  const own = command.kind === 'group' ? { 3: 'finished with problems' } : command.exit
  const lines = Object.entries({ ...EXIT_CODES, ...own }).map(([code, meaning]) => `  ${code}  ${meaning}`)
  return `Exit codes:\n${lines.join('\n')}`
}
