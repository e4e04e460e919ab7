import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IntlMessageFormat } from 'intl-messageformat'
import { LANGS, type Lang } from '../../src/core/text/lang.ts'
import { ROOT } from './sources.ts'

/** Types and imports written from the messages. */
export const GENERATED = 'src/core/text/messages.generated.ts'

/** Where the messages of a language are. */
export const folderOf = (lang: Lang): string => join(ROOT, 'messages', lang)

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
export const parseMessage = (text: string, lang: Lang): readonly MessageNode[] => [
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

/** Messages of one area. */
export const readArea = (lang: Lang, area: string): Readonly<Record<string, string>> =>
  // The check of the messages looks at the type of every value.
  JSON.parse(readFileSync(join(folderOf(lang), `${area}.json`), 'utf8')) as Readonly<Record<string, string>>

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
