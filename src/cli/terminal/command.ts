import type { World } from '../../runtime/world.ts'
import type { DeclaredOptions, OptionValues } from './option.ts'

/** How a command is called. */
export interface CommandCall {
  readonly world: World
  /** Words besides the options, in order. */
  readonly words: readonly string[]
  /** The command line as typed, in two parts, so that another process may repeat it: the first name, and what is behind it. */
  readonly name: string
  readonly args: readonly string[]
}

interface Described {
  /**
   * What it does: paragraphs, with an empty line between them. Indented lines stay as they are. The first sentence, of at
   * most ten words, is what lists of commands say.
   */
  readonly about: string
  /** Below the options: what else its user must know. */
  readonly notes?: string
  /** The whole page for a reader of another language than English; undefined: the English page. */
  readonly translatedHelp?: (args: readonly string[], world: World) => string | undefined
}

/** A command that does something. */
export interface Task extends Described {
  readonly kind: 'task'
  /** Names of its words besides the options, each with what it is: `ID`, `[DIR]` if it may be missing, `FILE…` if there may be several. */
  readonly words?: Readonly<Record<string, string>>
  /** Ways to call it, behind its name; absent: its words, then `[options]`. */
  readonly usage?: readonly string[]
  /** Complete command lines, behind its name; the most common one first. */
  readonly examples: readonly [string, ...(readonly string[])]
  readonly options: DeclaredOptions
  /** Commands below it, by the word that is given instead of its first one. */
  readonly commands?: Readonly<Record<string, () => Promise<Command>>>
  /** Meaning of its exit codes, where it is more than success, internal error and usage error. */
  readonly exit?: Readonly<Partial<Record<0 | 1 | 2 | 3, string>>>
  /** Gives the exit code: 0 success, 3 finished with problems. Throws InputError for 2, anything else for 1. */
  run(values: Readonly<Record<string, unknown>>, call: CommandCall): Promise<number>
}

/** A command that is the name of several. */
export interface CommandGroup extends Described {
  readonly kind: 'group'
  /** Its commands, each loaded only when it is called or described. The examples of the first two are those of the group. */
  readonly commands: Readonly<Record<string, () => Promise<Command>>>
  /** Runs one of them: for what all of them need before and after. */
  readonly around?: (run: () => Promise<number>, call: Pick<CommandCall, 'args' | 'world'>) => Promise<number>
}

export type Command = Task | CommandGroup

/** Declares a command; its function gets what its options read. */
export const task = <O extends DeclaredOptions>(
  declared: Omit<Task, 'kind' | 'options' | 'run'> & {
    readonly options: O
    run(values: OptionValues<O>, call: CommandCall): Promise<number>
  },
): Task => ({ kind: 'task', ...declared })

export const group = (declared: Omit<CommandGroup, 'kind'>): CommandGroup => ({ kind: 'group', ...declared })

/** What lists say of a command: the first sentence about it, without its full stop. */
export function summaryOf({ about }: Command): string {
  const words = firstSentence(about).replace(/[.:]$/, '')
  return /^\p{Lu}{2}/u.test(words) ? words : words.charAt(0).toLowerCase() + words.slice(1)
}

export const firstSentence = (text: string): string =>
  /^.*?[.:](?=\s|$)/s.exec(text.trim())?.[0].replaceAll(/\s+/g, ' ') ?? ''
