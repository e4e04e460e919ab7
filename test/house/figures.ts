// What the house counts about the project: sizes, names with two meanings, and how plain its English is.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { NAMED_TWICE } from './names.ts'
import { forbiddenWords, longSentences, openedInCode, proseOfCode, proseOfMessages, proseOfPage } from './prose.ts'
import { listFiles, readSource, resolveImport, ROOT } from './sources.ts'
import type { Source } from './sources.ts'
import { LONG_FILES } from './table.ts'

/** What `npm run --silent house -- --json` ends with. */
export interface Figures {
  /** TypeScript files of src/ without tests, and their lines. */
  readonly files: number
  readonly lines: number
  /** Words, strings and signs of those files, without comments and imports. */
  readonly tokens: number
  /** The same of every test, and of what tests share: `*.test.ts` and test/. */
  readonly test_tokens: number
  /** Words of docs/ that have a letter or a digit. */
  readonly doc_words: number
  /** Seconds of `npm test`, as the last run with --weights noted them. */
  readonly npm_test_s: number
  /** Most such files directly in one folder; catalogues and tables aside. */
  readonly largest_folder: number
  /** Exported type and function names declared in two modules, outside the list with reasons. */
  readonly double_names: number
  readonly forbidden_words: number
  readonly long_sentences: number
  readonly single_use_files: number
}

/** The findings behind the figures, each as `path: what`. */
export interface Findings {
  readonly largestFolder: { readonly folder: string; readonly files: number }
  readonly doubleNames: readonly string[]
  readonly forbiddenWords: readonly string[]
  readonly longSentences: readonly string[]
  readonly openedInCode: readonly string[]
  readonly singleUseFiles: readonly string[]
}

/** Pages of English that a reader of the project opens. */
export const pages = (): readonly string[] =>
  ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...listFiles('docs')].filter((path) =>
    path.endsWith('.md'),
  )

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const isTest = (path: string): boolean => path.endsWith('.test.ts')

/** An import statement with what it brings in; only the path of an import is in quotes at the beginning of a line. */
const IMPORT = /^import\b[^;]*?\bfrom\s*'[^'\n]*'|^import\s*'[^'\n]*'/gm
const TOKEN = /[\w$]+|'\s*'|"\s*"|=>|===|!==|\?\?=|\?\?|\?\.|\.\.\.|&&|\|\||[<>=!]=|\+\+|--|\+=|-=|\*\*|[^\s\w]/g

/** Tokens of code whose comments and strings are blanked (`Source.code`): a string is one, an import none. */
export const countTokens = (code: string): number => code.replace(IMPORT, '').match(TOKEN)?.length ?? 0

/** Words that have a letter or a digit. */
export const countWords = (text: string): number =>
  text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length

const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((so, item) => so + of(item), 0)

/** Counts the project as it is on disk. */
export function countHouse(): { readonly figures: Figures; readonly findings: Findings } {
  const sources = ['src', 'lab', 'bench', 'scripts', 'test']
    .flatMap(listFiles)
    .filter((path) => path.endsWith('.ts'))
    .map(readSource)
  const program = sources.filter(({ path }) => path.startsWith('src/') && !isTest(path))
  const written = pages().map((path) => ({ path, text: read(path) }))
  const messages = existsSync(join(ROOT, 'messages/en')) ? listFiles('messages/en') : []
  const prose = [
    ...sources
      .filter(({ path }) => path.startsWith('src/'))
      .map(({ path, text, code }) => ({ path, prose: proseOfCode(text, code) })),
    ...written.map(({ path, text }) => ({ path, prose: proseOfPage(text) })),
    ...messages.map((path) => ({ path, prose: proseOfMessages(read(path)) })),
  ]
  const findings: Findings = {
    largestFolder: largestFolder(program),
    doubleNames: doubleNames(program).filter((name) => NAMED_TWICE[name.split(':')[0] ?? ''] === undefined),
    forbiddenWords: prose.flatMap((file) =>
      forbiddenWords(file.path, file.prose).map(({ line, found }) => `${file.path}:${line} ${found}`),
    ),
    longSentences: written.flatMap(({ path, text }) =>
      longSentences(text).map(({ line, words }) => `${path}:${line} has ${words} words`),
    ),
    openedInCode: written.flatMap(({ path, text }) => openedInCode(text).map((line) => `${path}:${line}`)),
    singleUseFiles: singleUseFiles(program, sources),
  }
  return {
    findings,
    figures: {
      files: program.length,
      lines: sum(program, ({ text }) => text.trimEnd().split('\n').length),
      tokens: sum(program, ({ code }) => countTokens(code)),
      test_tokens: sum(
        sources.filter(({ path }) => isTest(path) || path.startsWith('test/')),
        ({ code }) => countTokens(code),
      ),
      doc_words: sum(
        written.filter(({ path }) => path.startsWith('docs/')),
        ({ text }) => countWords(text),
      ),
      npm_test_s: (JSON.parse(read('scripts/test-weights.json')) as Record<string, number>)['npm test'] ?? 0, // by scripts/test.ts
      largest_folder: findings.largestFolder.files,
      double_names: findings.doubleNames.length,
      forbidden_words: findings.forbiddenWords.length,
      long_sentences: findings.longSentences.length,
      single_use_files: findings.singleUseFiles.length,
    },
  }
}

function largestFolder(program: readonly Source[]): Findings['largestFolder'] {
  const counts = new Map<string, number>()
  for (const { path } of program)
    if (!LONG_FILES.test(path)) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
  const [folder, files] = [...counts].reduce((most, next) => (next[1] > most[1] ? next : most), ['', 0])
  return { folder, files }
}

/** Types and functions that a file exports, by name; `values` counts everything else that exists at run time. */
export function exportsOf(code: string): {
  readonly types: readonly string[]
  readonly functions: readonly string[]
  readonly values: readonly string[]
} {
  const names = (pattern: RegExp): readonly string[] => [
    ...new Set([...code.matchAll(pattern)].map((match) => match[1] ?? '')),
  ]
  const functions = [
    ...names(/^export (?:async )?function\b[ *]*(\w+)/gm),
    ...names(
      /^export const (\w+)(?::[^=\n]+(?:=>[^=\n]+)?)?\s*=\s*(?:async\s*)?(?:<[^>\n]*>\s*)?\([^()]*(?:\([^()]*\)[^()]*)*\)(?::[^=]+)?\s*=>/gm,
    ),
  ]
  return {
    types: names(/^export (?:declare )?(?:interface|type|enum) (\w+)/gm),
    functions,
    values: [
      ...names(/^export (?:const|let|class|abstract class) (\w+)/gm).filter((name) => !functions.includes(name)),
      ...[...code.matchAll(/^export (?:default\b|\*|\{(?!\s*type))/gm)].map(([found]) => found),
    ],
  }
}

/** Exported names of types and functions that two files declare, as `name: files`. */
function doubleNames(program: readonly Source[]): readonly string[] {
  const declared = new Map<string, string[]>()
  for (const { path, code } of program) {
    const { types, functions } = exportsOf(code)
    // A type and a value of one name in one file are one thing, such as a schema and what it parses to.
    for (const name of new Set([...types, ...functions])) declared.set(name, [...(declared.get(name) ?? []), path])
  }
  return [...declared]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name}: ${paths.join(', ')}`)
    .toSorted()
}

/**
 * Files that export one function, have one importer and no test: their function belongs to their importer. A file that
 * is loaded on demand (a command, a thread) has its reason.
 */
function singleUseFiles(program: readonly Source[], all: readonly Source[]): readonly string[] {
  const paths = new Set(all.map(({ path }) => path))
  const importers = new Map<string, { path: string; onDemand: boolean }[]>()
  for (const { path, text, imports } of all)
    for (const { specifier } of imports) {
      const target = resolveImport(path, specifier)
      if (target === undefined) continue
      const onDemand = ['import', 'URL'].some((word) => text.includes(`${word}('${specifier}'`))
      importers.set(target, [...(importers.get(target) ?? []), { path, onDemand }])
    }
  return program.flatMap(({ path, code }) => {
    const { functions, values } = exportsOf(code)
    const from = importers.get(path) ?? []
    const one = functions.length === 1 && values.length === 0 && new Set(from.map((each) => each.path)).size === 1
    if (!one || from.some(({ onDemand }) => onDemand) || paths.has(path.replace(/\.ts$/, '.test.ts'))) return []
    return [`${path}: only ${from[0]?.path} imports it`]
  })
}
