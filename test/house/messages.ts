import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IntlMessageFormat } from 'intl-messageformat'
import { LANGS, type Lang } from '../../src/core/text/lang.ts'
import { ROOT } from './sources.ts'

/** Types and imports written from the messages. */
export const GENERATED = 'src/core/text/messages.generated.ts'

/** Where the messages of a language are. */
const folderOf = (lang: string): string => join(ROOT, 'messages', lang)

/** Names of the areas: the files of English, which is the source. */
export const AREAS: readonly string[] = readdirSync(folderOf('en'))
  .filter((name) => /^[a-z-]+\.json$/.test(name))
  .map((name) => name.replace('.json', ''))
  .toSorted()

/** A node of a parsed message. */
export type MessageNode = ReturnType<IntlMessageFormat['getAst']>[number]

/** Types of nodes, as the parser numbers them. */
export const LITERAL = 0
const SELECT = 5
export const PLURAL = 6
const POUND = 7

/** Parses a message; throws where its syntax is wrong. */
export const parseMessage = (text: string, lang: string): readonly MessageNode[] => [
  ...nodes(new IntlMessageFormat(text, lang, undefined, { ignoreTag: true }).getAst()),
]

/** Every node of a message, those inside plural and select arms too. */
function* nodes(list: readonly MessageNode[]): Generator<MessageNode> {
  for (const node of list) {
    yield node
    if ('options' in node) for (const arm of Object.values(node.options)) yield* nodes(arm.value)
  }
}

/** Placeholders of a message with the TypeScript type of each, by name. */
export function placeholdersOf(list: readonly MessageNode[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const node of list) {
    if (node.type === LITERAL || node.type === POUND || !('value' in node) || typeof node.value !== 'string') continue
    if (node.type === PLURAL) found.set(node.value, 'number')
    else if (node.type === SELECT && 'options' in node) found.set(node.value, cases(Object.keys(node.options)))
    else if (!found.has(node.value)) found.set(node.value, 'Value')
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** The closed set of the cases of a select; `other` is one of them by name. */
const cases = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(' | ')

/** What a file of messages is: texts by key, and with `@key` what a translator has to know of it. */
export type Area = Readonly<Record<string, unknown>>

/** Messages of one area, without what is said about them. */
const readArea = (lang: string, area: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(parseArea(readFileSync(join(folderOf(lang), `${area}.json`), 'utf8'))).flatMap(([key, text]) =>
      typeof text === 'string' ? [[key, text]] : [],
    ),
  )

/** All messages of a language, of every area. */
export const readMessages = (lang: string): Readonly<Record<string, string>> =>
  Object.fromEntries(AREAS.flatMap((area) => Object.entries(readArea(lang, area))))

const parseArea = (text: string): Area => {
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError('not an object')
  return { ...parsed }
}

/** What `src/core/text/messages.generated.ts` has to say for the messages as they are. */
export function generateTypes(): string {
  const imports = LANGS.flatMap((lang) =>
    AREAS.map(
      (area) => `import ${nameOf(lang, area)} from '../../../messages/${lang}/${area}.json' with { type: 'json' }`,
    ),
  )
  const areas = LANGS.map(
    (lang) => `  ${lang}: {\n${AREAS.map((area) => `    '${area}': ${nameOf(lang, area)},\n`).join('')}  },\n`,
  )
  const typed = AREAS.flatMap((area) => Object.entries(readArea('en', area))).flatMap(([key, text]) => {
    const placeholders = [...placeholdersOf(parseMessage(text, 'en'))]
    if (placeholders.length === 0) return []
    return [`  '${key}': { ${placeholders.map(([name, type]) => `readonly ${name}: ${type}`).join('; ')} }\n`]
  })
  return [
    '// Written by `npm run messages` from messages/: change those, not this file.\n',
    `${imports.join('\n')}\n`,
    '/** What a placeholder may hold: a word, or a number whose form no other word depends on. */\ntype Value = string | number\n',
    `/** The messages by language and area. */\nexport const AREAS = {\n${areas.join('')}} as const\n`,
    `/** Placeholders of every message that has some, from the English one. */\nexport interface Placeholders {\n${typed.toSorted().join('')}}\n`,
  ].join('\n')
}

const nameOf = (lang: Lang, area: string): string =>
  `${lang}${area.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`

/** What the check of a language found. */
export interface Checked {
  /** What is wrong: a line each. */
  readonly errors: readonly string[]
  /** Keys that are still to be translated. */
  readonly left: readonly string[]
  /** Keys whose text is the English one, although it has words that can be translated. */
  readonly same: readonly string[]
}

/** Languages that have a folder, those included that no page shows yet. */
export const languagesWritten = (): readonly string[] => readdirSync(join(ROOT, 'messages')).toSorted()

/** Checks the messages of one language against the English ones. */
export function checkMessages(lang: string): Checked {
  const [errors, left, same]: [string[], string[], string[]] = [[], [], []]
  const places = new Map<string, string>()
  for (const file of readdirSync(folderOf(lang)))
    if (!AREAS.some((area) => file === `${area}.json`)) errors.push(`${lang}/${file}: English has no such file`)
  for (const area of AREAS) {
    const english = readArea('en', area)
    const file = `${lang}/${area}.json`
    if (!existsSync(join(folderOf(lang), `${area}.json`))) {
      left.push(...Object.keys(english))
      continue
    }
    const raw = readFileSync(join(folderOf(lang), `${area}.json`), 'utf8')
    const messages = tryTo(errors, file, () => parseArea(raw)) ?? {}
    const written = [...raw.matchAll(/^ {2}"((?:[^"\\]|\\.)+)":/gm)].map(([, key = '']) => key)
    for (const key of new Set(written.filter((key, at) => written.indexOf(key) !== at)))
      errors.push(`${file} ${key}: is there twice`)
    for (const [key, text] of Object.entries(messages)) {
      if (key.startsWith('@')) {
        if (!(key.slice(1) in english)) errors.push(`${file} ${key}: describes no message`)
        continue
      }
      const source = english[key]
      const other = places.get(key)
      places.set(key, area)
      if (other !== undefined) errors.push(`${file} ${key}: is in ${other}.json too`)
      if (source === undefined) errors.push(`${file} ${key}: English has no such key`)
      else if (typeof text !== 'string') errors.push(`${file} ${key}: not a text`)
      else if (text !== '')
        errors.push(...checkMessage(lang, key, { text, source }).map((wrong) => `${file} ${key}: ${wrong}`))
      if (lang !== 'en' && source !== undefined && text === source && !isNameOnly(source)) same.push(key)
    }
    left.push(...Object.keys(english).filter((key) => (messages[key] ?? '') === ''))
  }
  return { errors, left, same }
}

/** What is wrong with one message of a language, given the English one. */
export function checkMessage(
  lang: string,
  key: string,
  { text, source }: { text: string; source: string },
): readonly string[] {
  const errors: string[] = []
  const parsed = tryTo(errors, 'syntax', () => parseMessage(text, lang))
  if (parsed === undefined) return errors
  const expected = placeholdersOf(parseMessage(source, 'en'))
  const found = placeholdersOf(parsed)
  for (const [name, type] of expected)
    if (!found.has(name)) errors.push(`lacks {${name}}`)
    else if (isClosed(type) && isClosed(found.get(name)) && type !== found.get(name))
      errors.push(`{${name}} has other cases than in English: ${type}`)
  for (const name of found.keys()) if (!expected.has(name)) errors.push(`English has no {${name}}`)
  const categories = new Intl.PluralRules(lang).resolvedOptions().pluralCategories.toSorted()
  for (const node of parsed)
    if (node.type === PLURAL && 'options' in node) {
      const arms = Object.keys(node.options).toSorted()
      if (arms.join() !== categories.join())
        errors.push(`plural needs ${categories.join(', ')}, has ${arms.join(', ')}`)
    }
  return [...errors, ...longSentences(lang, key, text)]
}

const isClosed = (type: string | undefined): boolean => type?.startsWith("'") === true

/** Most words of a sentence that speaks to people of themselves: they may be in a hurry, or afraid. */
const MOST_WORDS: Readonly<Record<string, number>> = { kk: 12, ru: 16, en: 19 }

function longSentences(lang: string, key: string, text: string): readonly string[] {
  const most = MOST_WORDS[lang]
  if (most === undefined || !/^(crowd|report|letter)\./u.test(key)) return []
  const values = Object.fromEntries([...placeholdersOf(parseMessage(text, lang)).keys()].map((name) => [name, 7]))
  return String(new IntlMessageFormat(text, lang, undefined, { ignoreTag: true }).format(values))
    .split(/(?<=[.!?])\s+|\n+/u)
    .map((sentence) => ({ sentence, words: (sentence.match(/[\p{L}\p{N}]\S*/gu) ?? []).length }))
    .filter(({ words }) => words > most)
    .map(({ sentence, words }) => `${words} words in a sentence, at most ${most}: ${sentence}`)
}

/** Names and abbreviations that no language translates. */
export const NAMES: ReadonlySet<string> = new Set(
  'Wi Fi PDF Signal Android Cllr min Atom CSV JSONL Parquet DataCite DOI URL IODA Onion onion BOCPD CUSUM DNS gzip HTTP https IP IPv JSON Kuager log N NXDOMAIN OONI OpenVPN WireGuard p PELT QR QUIC PEM RST SERVFAIL SHA tar TCP TLS Tor UTC VPN zstd Cloudflare Radar Google Transparency analysis_web_measurement PNG SVG API Apache arm Browser C Ctrl ENFSI ETag fault Linux macOS Node js OpenAPI true UTF Windows x kz ru zip Zip VERIFY html md kuager verify KR RFC ct epetition restored signature void'.split(
    ' ',
  ),
)

/** Whether a text has no words but names: such a one may be the same in every language. */
const isNameOnly = (text: string): boolean =>
  (text.replaceAll(/\{\w+\}/g, '').match(/\p{L}+/gu) ?? []).every((word) => NAMES.has(word))

/** The result, or an error more. */
function tryTo<T>(errors: string[], what: string, make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    errors.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}
