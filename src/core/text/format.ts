import { IntlMessageFormat } from 'intl-messageformat'
import { CATALOGUE, type Key } from './catalogue.ts'
import type { Lang } from './lang.ts'

/** Values for the placeholders of a message. Numbers of figures come formatted (number.ts): engines lack Kazakh ones. */
export type MessageValues = Readonly<Record<string, string | number>>

const compiled = new Map<string, IntlMessageFormat>()

/**
 * Gives a message in a language. A value is inserted as it is, never read as a message or as markup;
 * a placeholder without a value throws, as a mistake of the caller.
 */
export function say(lang: Lang, key: Key, values: MessageValues = {}): string {
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
