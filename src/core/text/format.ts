import { IntlMessageFormat } from 'intl-messageformat'
import { CATALOGUE, type Key } from './catalogue.ts'
import type { Lang } from './lang.ts'
import type { Placeholders } from './messages.generated.ts'
import { formatNumber } from './number.ts'

/** What all members of a union have together. */
type AllOf<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer All) => void ? All : never

/**
 * Values for the placeholders of a message: exactly those that its English text has. Where the key is one of several,
 * those of all of them. A number is written as a whole number with its groups (number.ts), so that what is a name, as of
 * a network or a port, comes as a text.
 */
export type MessageValues<K extends Key> = AllOf<K extends keyof Placeholders ? Placeholders[K] : object>

/** Keys of messages without placeholders. */
export type PlainKey = Exclude<Key, keyof Placeholders>

/** What is given with a key: the values of its placeholders, or nothing where it has none. */
export type Given<K extends Key> = [K] extends [PlainKey] ? [] : [values: MessageValues<K>]

interface Compiled {
  readonly message: IntlMessageFormat
  /** Placeholders by which a plural form is chosen. */
  readonly counted: ReadonlySet<string>
}

const compiled = new Map<string, Compiled>()

/** Gives a message in a language. A value is inserted as it is, never read as a message or as markup. */
export function say<K extends Key>(lang: Lang, key: K, ...values: Given<K>): string
export function say(lang: Lang, key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  const { counted } = compile(lang, key)
  const shown: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(values))
    shown[name] = typeof value === 'number' && !counted.has(name) ? formatNumber(lang, value) : value
  return sayRecorded(lang, key, shown)
}

/**
 * The same where key and values are of a union whose members each have what their message needs: a missing one throws.
 * Values are written as they are.
 */
export function sayRecorded(lang: Lang, key: Key, values: Readonly<Record<string, string | number>>): string {
  return oneStop(String(compile(lang, key).message.format(values)))
}

function compile(lang: Lang, key: Key): Compiled {
  const name = `${lang} ${key}`
  const known = compiled.get(name)
  if (known !== undefined) return known
  const message = new IntlMessageFormat(CATALOGUE[lang][key], lang, undefined, { ignoreTag: true })
  const found = { message, counted: new Set(countedIn(message.getAst())) }
  compiled.set(name, found)
  return found
}

/** Engines lack Kazakh numbers, so no message formats one itself: a number is counted or written. */
const countedIn = (nodes: ReturnType<IntlMessageFormat['getAst']>): readonly string[] =>
  nodes.flatMap((node) =>
    'options' in node ? [node.value, ...Object.values(node.options).flatMap(({ value }) => countedIn(value))] : [],
  )

/** A Russian date ends with the stop of its «г.», which is that of the sentence too. */
const oneStop = (text: string): string => text.replaceAll(/(?<=\d\sг)\.\./g, '.')

/** First letter as a capital, for a clause that stands as a sentence. */
export function capitalise(lang: Lang, text: string): string {
  const [first = ''] = text
  return first.toLocaleUpperCase(lang) + text.slice(first.length)
}
