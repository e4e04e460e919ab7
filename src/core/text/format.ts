import { IntlMessageFormat } from 'intl-messageformat'
import { CATALOGUE, type Key } from './catalogue.ts'
import type { Lang } from './lang.ts'
import type { Placeholders } from './messages.generated.ts'

/** What all members of a union have together. */
type AllOf<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer All) => void ? All : never

/**
 * Values for the placeholders of a message: exactly those that its English text has. Where the key is one of several,
 * those of all of them. Numbers of figures come formatted (number.ts): engines lack Kazakh ones.
 */
export type MessageValues<K extends Key> = AllOf<K extends keyof Placeholders ? Placeholders[K] : object>

/** Keys of messages without placeholders. */
export type PlainKey = Exclude<Key, keyof Placeholders>

/** What is given with a key: the values of its placeholders, or nothing where it has none. */
export type Given<K extends Key> = [K] extends [PlainKey] ? [] : [values: MessageValues<K>]

const compiled = new Map<string, IntlMessageFormat>()

/** Gives a message in a language. A value is inserted as it is, never read as a message or as markup. */
export function say<K extends Key>(lang: Lang, key: K, ...values: Given<K>): string
export function say(lang: Lang, key: Key, values?: Readonly<Record<string, string | number>>): string {
  return sayRecorded(lang, key, values ?? {})
}

/** The same where key and values are of a union whose members each have what their message needs: a missing one throws. */
export function sayRecorded(lang: Lang, key: Key, values: Readonly<Record<string, string | number>>): string {
  const name = `${lang} ${key}`
  let message = compiled.get(name)
  if (message === undefined) {
    message = new IntlMessageFormat(CATALOGUE[lang][key], lang, undefined, { ignoreTag: true })
    compiled.set(name, message)
  }
  return oneStop(String(message.format(values)))
}

/** A Russian date ends with the stop of its «г.», which is that of the sentence too. */
const oneStop = (text: string): string => text.replaceAll(/(?<=\d\sг)\.\./g, '.')

/** First letter as a capital, for a clause that stands as a sentence. */
export function capitalise(lang: Lang, text: string): string {
  const [first = ''] = text
  return first.toLocaleUpperCase(lang) + text.slice(first.length)
}
