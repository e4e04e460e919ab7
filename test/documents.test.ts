import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { commandsPage } from './house/commands-page.ts'
import { listFiles, ROOT } from './house/sources.ts'
import { MODULES } from './house/table.ts'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...listFiles('docs')].filter((path) =>
  path.endsWith('.md'),
)

/** Everything on a page that stands in code: blocks and words between backticks. */
function codeOf(page: string): readonly string[] {
  const text = read(page)
  const blocks = [...text.matchAll(/^```[^\n]*\n(.*?)^```/gms)].map((match) => match[1] ?? '')
  const words = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')
  return [...blocks.flatMap((block) => block.split('\n')), ...words]
}

function scripts(): readonly string[] {
  const block = /"scripts": \{(.*?)\}/s.exec(read('package.json'))?.[1] ?? ''
  return [...block.matchAll(/"([\w:]+)":/g)].map((match) => match[1] ?? '')
}

function commands(): readonly string[] {
  const block = /export const COMMANDS = \{(.*?)\n\}/s.exec(read('src/cli/main.ts'))?.[1] ?? ''
  return ['help', 'version', ...[...block.matchAll(/^ {2}'?([\w-]+)'?:/gm)].map((match) => match[1] ?? '')]
}

describe('the documents', () => {
  it('every npm script that a page names exists', () => {
    const known = scripts()
    assert.ok(known.includes('test'))
    const missing = PAGES.flatMap((page) =>
      codeOf(page).flatMap((line) =>
        [...line.matchAll(/\bnpm (?:run (?:--silent )?([\w:]+)|(test|start)\b)/g)]
          .map((match) => match[1] ?? match[2] ?? '')
          .filter((name) => !known.includes(name))
          .map((name) => `${page}: npm run ${name}`),
      ),
    )
    assert.deepEqual(missing, [])
  })

  it('every command of kuager that a page names exists', () => {
    const known = commands()
    assert.ok(known.length > 1)
    const missing = PAGES.flatMap((page) =>
      codeOf(page).flatMap((line) =>
        [...line.matchAll(/(?:^\s*|\bnpx |npm run kuager -- |&& )kuager ([a-z][\w-]*)/g)]
          .map((match) => match[1] ?? '')
          .filter((name) => !known.includes(name))
          .map((name) => `${page}: kuager ${name}`),
      ),
    )
    assert.deepEqual([...new Set(missing)], [])
  })

  it('every benchmark that a page names exists', () => {
    const missing = PAGES.flatMap((page) =>
      codeOf(page).flatMap((line) =>
        [...line.matchAll(/\bnpm run (?:--silent )?bench ([a-z][\w-]*)/g)]
          .map((match) => match[1] ?? '')
          .filter((name) => !existsSync(join(ROOT, 'bench', `${name}.ts`)))
          .map((name) => `${page}: bench ${name}`),
      ),
    )
    assert.deepEqual(missing, [])
  })

  it('every link between pages leads to a file', () => {
    const dead = PAGES.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !existsSync(join(ROOT, page, '..', target)))
        .map((target) => `${page}: ${target}`),
    )
    assert.deepEqual(dead, [])
  })

  it('every file that a page names exists, but in the history', () => {
    const dead = PAGES.filter((page) => page !== 'CHANGELOG.md').flatMap((page) =>
      codeOf(page)
        .filter((word) => /^(src|data|test|docs|lab|bench|scripts)\/[\w./-]*$/.test(word))
        // A bundle has a folder data/ of its own, and NAME is any name.
        .filter((path) => !/\bNAME\b/.test(path) && !(page.includes('bundle') && path.startsWith('data/')))
        .filter((path) => !existsSync(join(ROOT, path)))
        .map((path) => `${page}: ${path}`),
    )
    assert.deepEqual(dead, [])
  })

  it('every page or test that a page names, with or without its folder, exists', () => {
    const folders = ['docs', 'src', 'test', 'lab', 'bench', 'scripts', 'data']
    const names = new Set([...PAGES, ...folders.flatMap(listFiles)].map((path) => basename(path)))
    const dead = PAGES.filter((page) => page !== 'CHANGELOG.md').flatMap((page) =>
      [...read(page).matchAll(/\b[\w/-]+\.(?:md|test\.ts)\b/g)]
        .filter(([path]) => !names.has(basename(path)))
        .map(([path]) => `${page}: ${path}`),
    )
    assert.deepEqual([...new Set(dead)], [])
  })

  it('no page holds both sides of a merge', () => {
    assert.deepEqual(
      PAGES.filter((page) => /^(<{7}|>{7}) /m.test(read(page))),
      [],
    )
  })

  it('docs/commands.md is what scripts/commands.ts writes from the help of the commands', async () => {
    assert.equal(read('docs/commands.md'), await commandsPage())
  })

  it('docs/README.md lists every page but the single decisions', () => {
    const index = read('docs/README.md')
    const pages = PAGES.filter((page) => page.startsWith('docs/') && !/^docs\/(README\.md|decisions\/)/.test(page))
    assert.deepEqual(
      pages.filter((page) => !index.includes(`](${page.slice('docs/'.length)})`)),
      [],
    )
  })

  it('docs/architecture.md describes every module of the import table', () => {
    const page = read('docs/architecture.md')
    assert.deepEqual(
      Object.keys(MODULES).filter((name) => !page.includes(`\`${name}/\``)),
      [],
    )
  })

  it('README.md gives each feature one of four statuses, with one clause', () => {
    const table = read('README.md').split('| feature | command | status |')[1]?.split('\n\n')[0] ?? ''
    const cells = table
      .split('\n')
      .slice(2)
      .map((row) => row.split(' | ')[2] ?? row)
    assert.ok(cells.length > 10)
    const form = /^(?:works|tested in the lab only|simulated only|not run)(?:: [^:;.]{3,90})? \|$/
    assert.deepEqual(
      cells.filter((cell) => !form.test(cell)),
      [],
    )
  })

  it('README.md fits 120 lines', () => {
    assert.ok(read('README.md').trimEnd().split('\n').length <= 120)
  })

  it('every page of docs/ that a source cites exists', () => {
    const cited = listFiles('src').filter((path) => path.endsWith('.ts'))
    const dead = cited.flatMap((path) =>
      [...read(path).matchAll(/\bdocs\/[\w/-]+\.md\b/g)]
        .map(([page]) => page)
        .filter((page) => !existsSync(join(ROOT, page)))
        .map((page) => `${path}: ${page}`),
    )
    assert.deepEqual([...new Set(dead)], [])
  })
})

describe('the decisions', () => {
  const DECISIONS = PAGES.filter((path) => path.startsWith('docs/decisions/'))

  it('each is numbered once and named NNNN-title.md', () => {
    const numbers = DECISIONS.map((path) => /^docs\/decisions\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1] ?? path)
    assert.ok(DECISIONS.length > 0)
    assert.deepEqual(
      numbers.filter((number, at) => !/^\d{4}$/.test(number) || numbers.indexOf(number) !== at),
      [],
    )
  })

  it('each has its four parts and fits a page', () => {
    const parts = [/^## Context/im, /^## Choice/im, /^## Consequences?/im, /^## What would reopen it/im]
    const lacking = DECISIONS.flatMap((path) =>
      parts.filter((part) => !part.test(read(path))).map((part) => `${path}: ${part.source}`),
    )
    assert.deepEqual(lacking, [])
    assert.deepEqual(
      DECISIONS.filter((path) => read(path).split('\n').length > 80),
      [],
    )
  })
})

describe('the rules of judging', () => {
  const absent = existsSync(join(ROOT, 'src/core/judge/rules.ts')) ? false : 'src/core/judge/rules.ts does not exist'

  it('each rule of the list stands in docs/methods/judging.md', { skip: absent }, async () => {
    const { RULES } = await import('../src/core/judge/rules.ts')
    const page = read('docs/methods/judging.md')
    assert.ok(Object.keys(RULES).length > 0)
    assert.deepEqual(
      Object.keys(RULES).filter((id) => !page.includes(`\`${id}\``)),
      [],
    )
  })

  it('each rule is named by the judge itself, so that the list holds no dead one', { skip: absent }, async () => {
    const { RULES } = await import('../src/core/judge/rules.ts')
    const judge = listFiles('src/core/judge')
      .filter((path) => !path.endsWith('.test.ts') && path !== 'src/core/judge/rules.ts')
      .map(read)
      .join('\n')
    assert.deepEqual(
      Object.keys(RULES).filter((id) => !judge.includes(`'${id}'`)),
      [],
    )
  })
})
