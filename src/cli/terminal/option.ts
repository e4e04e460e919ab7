import { defined } from '../../core/model/defined.ts'
import { wrongOption } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { printable } from '../../core/text/printable.ts'

/** One option of a command, declared once: reading, help, suggestions and shell completion come from it. */
export interface DeclaredOption<T> {
  /** Name of its value in the help; absent: a switch. */
  readonly value?: string
  /** What it does, in sentences. Line breaks count as spaces. */
  readonly about: string
  /** What applies without it, as the help says it. */
  readonly byDefault?: string
  readonly repeated: boolean
  /** Heading in the help under which it is listed. */
  readonly group?: string
  /** Variable of the environment that says the same: given, the option counts as the variable in the whole command. */
  readonly twin?: string
  /** Its values, where they are a short closed list, for shell completion. */
  readonly choices?: readonly string[]
  /** Its value from all that was given, in order. Throws InputError. */
  read(given: readonly string[], at: OptionPlace): T
}

export interface OptionPlace {
  /** Name of the option, without dashes. */
  readonly name: string
  readonly world: World
}

export type DeclaredOptions = Readonly<Record<string, DeclaredOption<unknown>>>

/** What a command gets of the options that it declares. */
export type OptionValues<O extends DeclaredOptions> = {
  readonly [K in keyof O]: O[K] extends DeclaredOption<infer T> ? T : never
}

/** Reads one given text. Throws InputError. */
export type OptionReader<T> = ((text: string, at: OptionPlace) => T) & { readonly choices?: readonly string[] }

/** The text itself: T is string wherever no reader is given. */
const asGiven = <T>(text: string): T => text as T

interface Described<T> {
  /** Absent: its text as given. */
  readonly read?: OptionReader<T>
  /** What applies without it, as the help says it. */
  readonly byDefault?: string
}

type Said = Omit<DeclaredOption<unknown>, 'read'>

const said = <T>(value: string, about: string, { read, byDefault }: Described<T>): Said => ({
  ...{ value, about, repeated: false },
  ...defined({ choices: read?.choices, byDefault }),
})

/** A switch: true if it is given. */
export const flag = (about: string): DeclaredOption<boolean> => ({
  ...{ about, repeated: false },
  read: (given) => given.length > 0,
})

/** An option with a value; undefined without it. */
export const optional = <T = string>(
  value: string,
  about: string,
  how: Described<T> = {},
): DeclaredOption<NoInfer<T> | undefined> => ({
  ...said(value, about, how),
  read: (given, at) => last(given, (text) => (how.read ?? asGiven<T>)(text, at)),
})

/** An option with a value, and the text that is read without it. */
export const withDefault = <T = string>(
  value: string,
  about: string,
  byDefault: string,
  read?: OptionReader<T>,
): DeclaredOption<NoInfer<T>> => ({
  ...said(value, about, { byDefault, ...defined({ read }) }),
  read: (given, at) => (read ?? asGiven<T>)(given.at(-1) ?? byDefault, at),
})

/** An option that a command does not work without; `expected` says in a few words what is missing. */
export const required = <T = string>(
  value: string,
  about: string,
  expected: string,
  read?: OptionReader<T>,
): DeclaredOption<NoInfer<T>> => ({
  ...said(value, about, defined({ read })),
  read(given, at) {
    const text = given.at(-1)
    if (text === undefined) throw wrongOption(at.name, 'it is missing', expected)
    return (read ?? asGiven<T>)(text, at)
  },
})

/** An option that may be given several times. */
export const repeatable = <T = string>(
  value: string,
  about: string,
  how: Described<T> = {},
): DeclaredOption<readonly NoInfer<T>[]> => ({
  ...said(value, about, how),
  repeated: true,
  read: (given, at) => given.map((text) => (how.read ?? asGiven<T>)(text, at)),
})

/** An option whose absence is read from the environment; `byDefault` says how. */
export const fromEnvironment = <T = string>(
  value: string,
  about: string,
  how: Described<T> & { readonly byDefault: string; readonly without: (world: World) => T },
): DeclaredOption<NoInfer<T>> => ({
  ...said(value, about, how),
  read: (given, at) => last(given, (text) => (how.read ?? asGiven<T>)(text, at)) ?? how.without(at.world),
})

/** An option that says what a variable of the environment says too; what needs it reads the variable. */
export const twin = (variable: string, value: string, about: string): DeclaredOption<string | undefined> => ({
  ...said(value, about, { byDefault: variable }),
  twin: variable,
  read: (given, at) => given.at(-1) ?? at.world.env[variable],
})

/** The environment of a command with what its options say of it. */
export function withTwins(
  options: DeclaredOptions,
  given: (name: string) => readonly string[],
  env: World['env'],
): World['env'] {
  const said = Object.entries(options).flatMap(([name, { twin: variable }]) => {
    const value = given(name).at(-1)
    return variable === undefined || value === undefined ? [] : [[variable, value] as const]
  })
  return said.length === 0 ? env : { ...env, ...Object.fromEntries(said) }
}

const last = <T>(given: readonly string[], read: (text: string) => T): T | undefined => {
  const text = given.at(-1)
  return text === undefined ? undefined : read(text)
}

/** The same options under a heading of their own in the help. */
export const under = <O extends DeclaredOptions>(group: string, options: O): O =>
  Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { ...option, group }])) as O

/** Reads all options of a command. Throws InputError. */
export const readOptions = <O extends DeclaredOptions>(
  options: O,
  given: (name: string) => readonly string[],
  world: World,
): OptionValues<O> =>
  Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, option.read(given(name), { name, world })]),
  ) as OptionValues<O>

/** Reads one of a closed list of words. */
export const wordOf = <T extends string>(choices: readonly T[]): OptionReader<T> =>
  Object.assign(
    (text: string, { name }: OptionPlace): T => {
      const found = choices.find((one) => one === text)
      if (found === undefined) throw wrongOption(name, `found "${printable(text)}"`, choices.join(', '))
      return found
    },
    { choices },
  )

/** Reads a whole number within bounds. */
export const wholeNumber =
  (least: number, most: number): OptionReader<number> =>
  (text, { name }) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    throw wrongOption(name, `found "${printable(text)}"`, `a whole number from ${least} to ${most}`)
  }
