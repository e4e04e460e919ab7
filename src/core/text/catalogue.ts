import type { Lang } from './lang.ts'
import { AREAS } from './messages.generated.ts'

type English = (typeof AREAS)['en']

/** Every key of every area of the English messages, which are the source. */
export type Key = { readonly [Area in keyof English]: MessageOf<English[Area]> }[keyof English]

/** Keys of an area; `@key` says to translators what the message is for. */
type MessageOf<Area> = Exclude<keyof Area, `@${string}`>

/** What follows a prefix in the keys that begin with it: `KeyEnd<'kind'>` is `'reachable' | 'interfered' …`. */
export type KeyEnd<Prefix extends string> =
  Extract<Key, `${Prefix}.${string}`> extends `${Prefix}.${infer End}` ? End : never

/** The areas of a language: all that English has, each with all its keys. */
type Areas = { readonly [Area in keyof English]: Readonly<Record<MessageOf<English[Area]>, string>> }

/**
 * The messages of all areas in one object. Made of entries: spreading some thousand fields makes the engine describe as
 * many shapes of the object, which costs every command 45 MB and a tenth of a second.
 */
const joined = (areas: Areas): Readonly<Record<Key, string>> =>
  // The areas together have every key, which the type of a list of entries cannot say.
  Object.fromEntries(
    Object.values(areas).flatMap((area) => Object.entries(area).filter(([key]) => !key.startsWith('@'))),
  ) as Record<Key, string>

/** All messages, as ICU MessageFormat. Terms: docs/vocabulary.md. */
export const CATALOGUE: Readonly<Record<Lang, Readonly<Record<Key, string>>>> = {
  kk: joined(AREAS.kk),
  ru: joined(AREAS.ru),
  en: joined(AREAS.en),
}
